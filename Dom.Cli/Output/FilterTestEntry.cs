namespace Dom.Cli.Output;

/// <summary>What a filter says of one path.</summary>
/// <param name="Path">The path.</param>
/// <param name="Filtered">True when it is left alone.</param>
/// <param name="At">The path that decides: this one or a directory above it.</param>
/// <param name="Line">Number of the line that matches; null when none does.</param>
/// <param name="Expression">That line.</param>
/// <param name="Why">The same for people.</param>
internal sealed record FilterTestEntry(string Path, bool Filtered, string At, int? Line, string? Expression, string Why);
