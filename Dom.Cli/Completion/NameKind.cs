namespace Dom.Cli.Completion;

/// <summary>Names that servers know and people type.</summary>
internal enum NameKind
{
    /// <summary>Images of the image server.</summary>
    Image,

    /// <summary>Directories of image names that somebody made.</summary>
    ImageDirectory,

    /// <summary>Directories in which there are images, made or not.</summary>
    DirectoryOfImages,

    /// <summary>What <c>dom image push</c> takes: <c>image:NAME</c> and <c>sub:HOST</c>.</summary>
    PushSource,

    /// <summary>Images that stopped rolling.</summary>
    HaltedImage,

    /// <summary>Machines of the master.</summary>
    Machine,

    /// <summary>Machines of mdb-sync.</summary>
    ListedMachine,

    /// <summary>Sources of mdb-sync.</summary>
    MachineSource,

    /// <summary>Groups of the lock-manager.</summary>
    LockGroup,
}
