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

        if (IsInLibraryDirectory(path) || IsSharedObject(path[(path.LastIndexOf((byte)'/') + 1)..]))
        {
            return StepClass.Libraries;
        }

        var isFile = wanted.Kind is InodeKind.Regular or InodeKind.Computed;
        return IsInProgramDirectory(path) || (isFile && (wanted.Mode & AnyExecute) != 0) ? StepClass.Executables : StepClass.Other;
    }

    private static bool IsBelow(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.StartsWith(directory) && (path.Length == directory.Length || path[directory.Length] == '/');

    /// <summary><c>/lib</c>, <c>/lib64</c>, <c>/libx32</c> and so on, the same below <c>/usr</c> and <c>/usr/local</c>; not <c>libexec</c>, which holds programs.</summary>
    private static bool IsInLibraryDirectory(ReadOnlySpan<byte> path)
    {
        path = path.StartsWith("/usr/"u8) ? path[4..] : path;
        path = path.StartsWith("/local/"u8) ? path[6..] : path;
        if (!path.StartsWith("/lib"u8))
        {
            return false;
        }

        var rest = path[4..];
        var end = rest.IndexOf((byte)'/');
        var suffix = end < 0 ? rest : rest[..end];
        return suffix.IsEmpty || suffix.EndsWith("32"u8) || suffix.EndsWith("64"u8);
    }

    private static bool IsSharedObject(ReadOnlySpan<byte> name) => name.EndsWith(".so"u8) || name.IndexOf(".so."u8) > 0;

    private static bool IsInProgramDirectory(ReadOnlySpan<byte> path)
    {
        var directory = path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];
        return directory.EndsWith("/bin"u8) || directory.EndsWith("/sbin"u8) || path.IndexOf("/libexec/"u8) >= 0;
    }
}
