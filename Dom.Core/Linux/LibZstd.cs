using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>The part of libzstd that decompresses a stream. The library is loaded by the first call.</summary>
internal static unsafe partial class LibZstd
{
    /// <summary>File name of the library; part of every Debian system.</summary>
    internal const string Name = "libzstd.so.1";

    /// <summary>True when the library can be loaded.</summary>
    internal static bool IsInstalled => NativeLibrary.TryLoad(Name, out _);

    [LibraryImport(Name)]
    internal static partial nint ZSTD_createDStream();

    [LibraryImport(Name)]
    internal static partial nuint ZSTD_freeDStream(nint stream);

    /// <summary>Returns 0 when a frame ended, an error, or a hint how much input comes next.</summary>
    [LibraryImport(Name)]
    internal static partial nuint ZSTD_decompressStream(nint stream, Buffer* output, Buffer* input);

    [LibraryImport(Name)]
    internal static partial uint ZSTD_isError(nuint code);

    [LibraryImport(Name)]
    internal static partial byte* ZSTD_getErrorName(nuint code);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which look alike.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Buffer
    {
        internal byte* Start;
        internal nuint Size;
        internal nuint Position;
    }
}
