using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>A name or path with the zero byte that system calls want, on the stack when it is short.</summary>
/// <remarks>The buffer given must be <c>stackalloc</c>ed: it is not pinned. A rented one is.</remarks>
internal unsafe ref struct NativeName
{
    /// <summary>Room for every file name (255 bytes), rounded up.</summary>
    internal const int StackSize = 272;

    private byte[]? _rented;
    private GCHandle _pin;

    internal NativeName(scoped ReadOnlySpan<byte> name, Span<byte> stack)
    {
        if (name.Contains((byte)0))
        {
            throw new ArgumentException($"the name '{NameText.Escape(name)}' contains a zero byte", nameof(name));
        }

        var buffer = stack;
        if (name.Length >= stack.Length)
        {
            _rented = ArrayPool<byte>.Shared.Rent(name.Length + 1);
            _pin = GCHandle.Alloc(_rented, GCHandleType.Pinned);
            buffer = _rented;
        }

        name.CopyTo(buffer);
        buffer[name.Length] = 0;
        Pointer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(buffer));
    }

    /// <summary>The bytes and the zero byte, valid until <see cref="Dispose"/>.</summary>
    internal byte* Pointer { get; }

    /// <summary>Returns what was rented.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
        {
            _rented = null;
            _pin.Free();
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
