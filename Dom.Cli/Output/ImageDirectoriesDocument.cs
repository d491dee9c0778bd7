namespace Dom.Cli.Output;

/// <summary>What <c>dom image list-directories --json</c> and the verbs that change a directory print.</summary>
internal sealed record ImageDirectoriesDocument(IReadOnlyList<ImageDirectoryEntry> Directories);
