namespace Dom.Roles.MdbSync.Sources;

/// <summary>The kinds of sources.</summary>
public enum SourceDriver
{
    /// <summary>A JSON array of machines, in a file or at an http(s) address.</summary>
    Json,

    /// <summary>Lines of host and images.</summary>
    Text,

    /// <summary>Lines of hosts that all get the same images.</summary>
    Hostlist,

    /// <summary>A directory of YAML and JSON files.</summary>
    Directory,

    /// <summary>A program that prints one of the forms above.</summary>
    Command,
}
