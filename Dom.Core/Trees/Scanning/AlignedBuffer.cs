using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dom.Core.Trees.Scanning;

/// <summary>A buffer that begins at a multiple of the page size, as reading past the page cache wants it.</summary>
internal readonly struct AlignedBuffer
{
    private const int Alignment = 4096;

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly int _length;

    /// <summary>A buffer of so many bytes, a multiple of the page size.</summary>
    internal unsafe AlignedBuffer(int length)
    {
        _bytes = GC.AllocateUninitializedArray<byte>(length + Alignment, pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_bytes));
        _start = (int)((Alignment - (address % Alignment)) % Alignment);
        _length = length;
    }

    internal Span<byte> Span => _bytes.AsSpan(_start, _length);
}
