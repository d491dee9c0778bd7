using System.Net;

namespace Dom.Core.Locks.Etcd;

/// <summary>What a member answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
internal sealed record EtcdReply(HttpStatusCode Status, byte[] Body)
{
    /// <summary>The beginning of the body, for a message.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, 300))).Trim();
}
