namespace Dom.Cli.Output;

/// <summary>What <c>dom image get-file --json</c> prints.</summary>
/// <param name="Image">The image.</param>
/// <param name="File">The file that was written.</param>
/// <param name="Entry">The file of the image, links followed.</param>
internal sealed record ImageFileDocument(string Image, string File, TreeEntry Entry);
