namespace Dom.Cli.Output;

/// <summary>Something that was asked for and would not be done.</summary>
/// <param name="Target">The machine, image, directory, file or setting.</param>
/// <param name="Message">Why not.</param>
internal sealed record DryRunFailure(string Target, string Message);
