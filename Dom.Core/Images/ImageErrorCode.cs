namespace Dom.Core.Images;

/// <summary>Stable codes of the errors of an image server. They are part of the protocol.</summary>
public static class ImageErrorCode
{
    /// <summary>The name breaks the rules of names.</summary>
    public const string BadName = "BadName";

    /// <summary>Another image has the name.</summary>
    public const string NameInUse = "NameInUse";

    /// <summary>An image had the name and was deleted; names are not used again.</summary>
    public const string NameDeleted = "NameDeleted";

    /// <summary>No image has the name.</summary>
    public const string NoSuchImage = "NoSuchImage";

    /// <summary>The manifest does not decode or breaks a rule.</summary>
    public const string BadManifest = "BadManifest";

    /// <summary>A block of the tree does not follow the format.</summary>
    public const string BadTree = "BadTree";

    /// <summary>Blocks or objects are not stored.</summary>
    public const string MissingObjects = "MissingObjects";

    /// <summary>Bytes do not have the digest or size they should have.</summary>
    public const string CorruptObject = "CorruptObject";

    /// <summary>The lease ended or never was; begin the upload anew.</summary>
    public const string LeaseEnded = "LeaseEnded";

    /// <summary>The upload does not begin where the server has bytes up to; ask again how many it has.</summary>
    public const string WrongOffset = "WrongOffset";

    /// <summary>The directory's rule does not allow that expiry.</summary>
    public const string ExpiryRefused = "ExpiryRefused";

    /// <summary>Nobody made that directory.</summary>
    public const string NoSuchDirectory = "NoSuchDirectory";

    /// <summary>The directory exists, or is not empty.</summary>
    public const string DirectoryInUse = "DirectoryInUse";

    /// <summary>The server's disk has not enough free space.</summary>
    public const string DiskFull = "DiskFull";

    /// <summary>A file of a machine is another than its snapshot says.</summary>
    public const string FileChanged = "FileChanged";
}
