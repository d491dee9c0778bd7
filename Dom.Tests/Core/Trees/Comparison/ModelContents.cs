using System.Collections.Concurrent;
using System.Text;
using Dom.Core.Objects;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>The contents that occur in the models, by object.</summary>
public static class ModelContents
{
    private static readonly ConcurrentDictionary<ObjectId, string> Known = new(
        Enumerable.Range(0, 100).Select(i => $"content {i}").Append("").Append("x").Append("y").Append("z")
            .Select(c => KeyValuePair.Create(ModelInode.ObjectOf(c), c)));

    public static string Of(ObjectId id) => Known.TryGetValue(id, out var content) ? content : throw new KeyNotFoundException($"no content for {id}");

    public static byte[]? BytesOf(ObjectId id) => Known.TryGetValue(id, out var content) ? Encoding.UTF8.GetBytes(content) : null;
}
