using System.Buffers;

namespace Dom.Core.Trees.Filters;

/// <summary>Room for the path of a directory with its slash.</summary>
internal ref struct PathBuffer
{
    /// <summary>Length of the scratch space that suits nearly all paths.</summary>
    public const int ScratchLength = 512;

    private readonly Span<byte> _scratch;
    private byte[]? _rented;

    /// <summary>A buffer with scratch space of the caller.</summary>
    public PathBuffer(Span<byte> scratch) => _scratch = scratch;

    /// <summary>The path with exactly one slash at its end.</summary>
    public ReadOnlySpan<byte> WithSlash(ReadOnlySpan<byte> directory)
    {
        if (directory.EndsWith((byte)'/'))
        {
            return directory;
        }

        var room = directory.Length < _scratch.Length ? _scratch : _rented = ArrayPool<byte>.Shared.Rent(directory.Length + 1);
        directory.CopyTo(room);
        room[directory.Length] = (byte)'/';
        return room[..(directory.Length + 1)];
    }

    /// <summary>Gives rented space back.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
            _rented = null;
        }
    }
}
