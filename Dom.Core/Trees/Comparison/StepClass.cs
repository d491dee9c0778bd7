namespace Dom.Core.Trees.Comparison;

/// <summary>Rule 15's order inside a swap.</summary>
internal enum StepClass : byte
{
    /// <summary>What stands where nothing stood, directories before what is in them.</summary>
    New,

    /// <summary>Shared libraries.</summary>
    Libraries,

    /// <summary>Programs.</summary>
    Executables,

    /// <summary>Data.</summary>
    Other,

    /// <summary>Below /etc.</summary>
    Configuration,

    /// <summary>Below /boot.</summary>
    Boot,

    /// <summary>What goes away, deepest first, and what takes the place of a directory.</summary>
    Removal,
}
