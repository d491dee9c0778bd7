namespace Dom.Core.Linux;

/// <summary>What a rename does when the new name exists.</summary>
public enum RenameMode
{
    /// <summary>It is replaced atomically.</summary>
    Replace = 0,

    /// <summary>The rename fails with EEXIST.</summary>
    NoReplace = 1,

    /// <summary>Both names change places atomically; both must exist.</summary>
    Exchange = 2,
}
