namespace Dom.Roles.MdbSync.Sources;

/// <summary>One source of machines as it is configured: <c>[option=value …] driver arguments…</c>.</summary>
public sealed record SourceDefinition
{
    /// <summary>The line as written.</summary>
    public required string Text { get; init; }

    /// <summary>What it is called in statuses and controls: given by <c>name=</c>, else driver and place.</summary>
    public required string Name { get; init; }

    /// <summary>True when the name was given: then machines carry it as their data source.</summary>
    public bool IsNamed { get; init; }

    /// <summary>The kind.</summary>
    public required SourceDriver Driver { get; init; }

    /// <summary>The form of the content; for a directory each file's own.</summary>
    public SourceDriver Format { get; init; }

    /// <summary>A path or an http(s) address; the program of a command.</summary>
    public required string Location { get; init; }

    /// <summary>What follows the location: a location prefix, images, or the arguments of a program.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How often it is looked at; null for the role's default.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long one look may take; null for the role's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A file with a token that is sent as <c>Authorization: Bearer</c>; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Authorities the https server's certificate must lead to; null for those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The address, for sources that are read over http(s); null otherwise.</summary>
    public Uri? Address { get; init; }
}
