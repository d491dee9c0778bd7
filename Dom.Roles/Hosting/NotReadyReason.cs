namespace Dom.Roles.Hosting;

/// <summary>Why a role is not ready.</summary>
/// <param name="What">What is wrong, as everybody may read it: no paths, no words of the system.</param>
/// <param name="Detail">The rest, for those with a certificate; empty when there is none.</param>
public sealed record NotReadyReason(string What, string Detail = "")
{
    /// <inheritdoc/>
    public override string ToString() => Detail.Length > 0 ? $"{What}: {Detail}" : What;
}
