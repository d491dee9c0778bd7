namespace Dom.Core.Images;

/// <summary>No image server delivered what was asked for. What arrived is kept, so that trying again goes on from there.</summary>
public sealed class ImageFetchException(string message, IReadOnlyList<Exception> causes)
    : Exception(message, causes.Count > 0 ? causes[^1] : null)
{
    /// <summary>What went wrong, in the order it was tried.</summary>
    public IReadOnlyList<Exception> Causes { get; } = causes;
}
