namespace Dom.Cli.Output;

/// <summary>What <c>dom image build-log --json</c> prints.</summary>
internal sealed record BuildLogDocument(string Image, string File, long Bytes);
