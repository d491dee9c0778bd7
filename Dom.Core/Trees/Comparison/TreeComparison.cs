namespace Dom.Core.Trees.Comparison;

/// <summary>Compares a machine with an image (rules 3 and 8 to 15). Pure: reads blocks, changes nothing, asks no clock.</summary>
public static class TreeComparison
{
    /// <summary>The plan that makes the machine equal to the image.</summary>
    /// <exception cref="MissingBlockException">A block of either tree is not stored.</exception>
    /// <exception cref="CorruptTreeException">A block does not follow the format.</exception>
    public static Plan Compare(ComparisonInput input, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        throw new NotSupportedException($"comparing {input.Machine.Root} is not written yet");
    }
}
