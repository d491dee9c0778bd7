namespace Dom.Cli.Output;

/// <summary>One thing that would change.</summary>
/// <param name="Target">The machine, image, directory, file or setting.</param>
/// <param name="Now">What it is now.</param>
/// <param name="Then">What it would be.</param>
internal sealed record DryRunChange(string Target, string Now, string Then);
