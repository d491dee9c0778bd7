namespace Dom.Core.Linux;

/// <summary>Whether what is synced really is. There is one use for switching it off: to prove that tests of power failures would notice a missing sync.</summary>
public static class Durability
{
    private static volatile bool _off;

    /// <summary>True when syncs of files, directories and file systems do nothing in this process. Never set outside of tests.</summary>
    public static bool IsOff
    {
        get => _off;
        set => _off = value;
    }
}
