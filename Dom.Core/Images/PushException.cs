namespace Dom.Core.Images;

/// <summary>A push could not be finished. What was sent is kept on the server, so that pushing again sends the rest.</summary>
public sealed class PushException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Code of a push that was given up because files changed again and again.</summary>
    public const string FilesChange = "FilesChange";

    /// <summary>Code of an image that lacks what it must have.</summary>
    public const string MissingPaths = "MissingPaths";

    /// <summary>Code of an image of which a file that was to be computed for each machine cannot be.</summary>
    public const string NotComputable = "NotComputable";

    /// <summary>Code of trees that cannot be laid on each other.</summary>
    public const string Conflict = "TreesConflict";

    /// <summary>A stable word for programs.</summary>
    public string Code { get; init; } = FilesChange;
}
