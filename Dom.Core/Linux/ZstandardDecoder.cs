using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>Decompresses Zstandard with the system's library, bounded memory: windows over 128 MiB are refused by it.</summary>
internal sealed unsafe class ZstandardDecoder : SafeHandle
{
    /// <summary>Begins.</summary>
    /// <exception cref="DllNotFoundException">The library is not installed.</exception>
    internal ZstandardDecoder()
        : base(0, ownsHandle: true)
    {
        if (!LibZstd.IsInstalled)
        {
            throw new DllNotFoundException($"{LibZstd.Name} is not installed");
        }

        SetHandle(LibZstd.ZSTD_createDStream());
        if (IsInvalid)
        {
            throw new IOException("no memory for decompressing");
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>True between frames, where the input may end.</summary>
    internal bool IsAtFrameEnd { get; private set; } = true;

    /// <summary>Decompresses some input.</summary>
    /// <returns>What is wrong with the input; null when nothing is.</returns>
    internal string? Decompress(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        fixed (byte* source = input, target = output)
        {
            var from = new LibZstd.Buffer { Start = source, Size = (nuint)input.Length };
            var to = new LibZstd.Buffer { Start = target, Size = (nuint)output.Length };
            var result = LibZstd.ZSTD_decompressStream(handle, &to, &from);
            consumed = (int)from.Position;
            written = (int)to.Position;
            if (LibZstd.ZSTD_isError(result) != 0)
            {
                return Marshal.PtrToStringUTF8((nint)LibZstd.ZSTD_getErrorName(result)) ?? "unknown error";
            }

            IsAtFrameEnd = result == 0;
            return null;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        LibZstd.ZSTD_freeDStream(handle);
        return true;
    }
}
