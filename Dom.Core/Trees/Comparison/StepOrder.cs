namespace Dom.Core.Trees.Comparison;

/// <summary>Which class of rule 15 a path that changes belongs to.</summary>
internal static class StepOrder
{
    private const uint AnyExecute = 0b001_001_001;

    /// <summary>The class of a path that exists before and after.</summary>
    public static StepClass Of(ReadOnlySpan<byte> path, in Inode wanted)
    {
        if (IsBelow(path, "/boot"u8))
        {
            return StepClass.Boot;
        }

        if (IsBelow(path, "/etc"u8))
        {
            return StepClass.Configuration;
        }

        if (path.StartsWith("/lib"u8) || path.StartsWith("/usr/lib"u8) || IsSharedObject(path[(path.LastIndexOf((byte)'/') + 1)..]))
        {
            return StepClass.Libraries;
        }

        var isFile = wanted.Kind is InodeKind.Regular or InodeKind.Computed;
        return IsInProgramDirectory(path) || (isFile && (wanted.Mode & AnyExecute) != 0) ? StepClass.Executables : StepClass.Other;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == '/');

    private static bool IsSharedObject(ReadOnlySpan<byte> name) => name.EndsWith(".so"u8) || name.IndexOf(".so."u8) > 0;

    private static bool IsInProgramDirectory(ReadOnlySpan<byte> path)
    {
        var directory = path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];
        return directory.EndsWith("/bin"u8) || directory.EndsWith("/sbin"u8);
    }
}
