namespace Dom.Cli.Commands;

/// <summary>What a role may send before it is not believed any more.</summary>
internal static class LogsLimits
{
    /// <summary>Lines of one log; more than any version of a role keeps.</summary>
    public const int Lines = 65_536;

    /// <summary>Characters of the messages of one log.</summary>
    public const int Characters = 16 << 20;
}
