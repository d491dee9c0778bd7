using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub.Images;

namespace Dom.Roles.Sub.Health;

/// <summary>Which commands tell whether the machine is healthy: this machine's own, and that of the image (rule 21: only from its manifest).</summary>
/// <param name="own">The command of the configuration; null for none.</param>
/// <param name="runsImages">False where a directory is managed that no services run from: what an image says of its machine is not so there.</param>
/// <param name="library">The images.</param>
internal sealed class HealthChecks(string? own, bool runsImages, ImageLibrary library)
{
    /// <summary>The commands to run for an image, the machine's own first.</summary>
    public IReadOnlyList<string> CommandsFor(ImageReference image)
    {
        var ofImage = runsImages ? library.TryFind(image.Manifest)?.Manifest.HealthCommand ?? "" : "";
        return [.. new[] { own ?? "", ofImage }.Where(static command => command.Length > 0).Distinct()];
    }
}
