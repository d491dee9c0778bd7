namespace Dom.Core.Contracts.ObjectServer;

/// <summary>The three things an image server stores by digest. Numbers are part of the protocol.</summary>
public enum ObjectKind : byte
{
    /// <summary>Content of a regular file.</summary>
    Object = 0,

    /// <summary>A block of a tree.</summary>
    Block = 1,

    /// <summary>A manifest.</summary>
    Manifest = 2,
}
