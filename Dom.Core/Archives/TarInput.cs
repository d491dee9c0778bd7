namespace Dom.Core.Archives;

/// <summary>The bytes of an uncompressed archive with a buffer in front of them and a count of those that were read.</summary>
internal sealed class TarInput(Stream stream)
{
    private const int BufferSize = 256 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _start;
    private int _end;

    /// <summary>Bytes taken so far.</summary>
    internal long Position { get; private set; }

    /// <summary>Reads until the destination is full or the archive ends; returns the bytes read.</summary>
    internal async ValueTask<int> FillAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < destination.Length)
        {
            var count = await ReadAsync(destination[filled..], cancellationToken);
            if (count == 0)
            {
                break;
            }

            filled += count;
        }

        return filled;
    }

    /// <summary>Reads some bytes; 0 is the end.</summary>
    internal async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            // A large destination is filled without a copy.
            if (destination.Length >= BufferSize)
            {
                var direct = await stream.ReadAsync(destination, cancellationToken);
                Position += direct;
                return direct;
            }

            _start = 0;
            _end = await stream.ReadAsync(_buffer, cancellationToken);
        }

        var count = Math.Min(destination.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(destination.Span);
        _start += count;
        Position += count;
        return count;
    }

    /// <summary>Passes over bytes; returns how many there were.</summary>
    internal async ValueTask<long> SkipAsync(long count, CancellationToken cancellationToken)
    {
        var skipped = 0L;
        while (skipped < count)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await stream.ReadAsync(_buffer, cancellationToken);
                if (_end == 0)
                {
                    break;
                }
            }

            var step = (int)Math.Min(count - skipped, _end - _start);
            _start += step;
            skipped += step;
        }

        Position += skipped;
        return skipped;
    }

    /// <summary>Reads to the end; false when a byte is not zero.</summary>
    internal async ValueTask<bool> RestIsZeroAsync(CancellationToken cancellationToken)
    {
        do
        {
            if (_buffer.AsSpan(_start, _end - _start).ContainsAnyExcept((byte)0))
            {
                return false;
            }

            Position += _end - _start;
            _start = 0;
            _end = await stream.ReadAsync(_buffer, cancellationToken);
        }
        while (_end > 0);
        return true;
    }
}
