namespace Dom.Core.Contracts.Logger;

/// <summary>Stable codes of the errors of <c>Logger</c>.</summary>
public static class LoggerErrorCode
{
    /// <summary>Too many readers follow the log.</summary>
    public const string TooManyWatchers = "TooManyWatchers";

    /// <summary>There is no such level.</summary>
    public const string BadLevel = "BadLevel";

    /// <summary>The level would last too short or too long.</summary>
    public const string BadLifetime = "BadDuration";

    /// <summary>The name of a category is too long.</summary>
    public const string BadCategory = "BadCategory";

    /// <summary>As many categories have levels of their own as may have.</summary>
    public const string TooManyLevels = "TooManyLevels";

    /// <summary>A reason must not be that long.</summary>
    public const string BadReason = "BadReason";
}
