using System.Buffers;

namespace Dom.Core.Rpc.Framing;

/// <summary>Splits a stream of bytes into messages: MessagePack values or lines of JSON. A message is borrowed until the next read.</summary>
internal sealed class RpcFrameReader : IDisposable
{
    private const int FirstBuffer = 16 * 1024;

    private readonly Stream _stream;
    private readonly RpcEncoding _encoding;
    private readonly int _maxBytes;
    private readonly RpcSource _source;
    private readonly RpcFrameScanner _scanner;
    private readonly Action<int>? _reserve;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;
    private int _searched;

    /// <param name="stream">Where bytes come from; not closed here.</param>
    /// <param name="encoding">Form of the messages.</param>
    /// <param name="maxBytes">Most bytes of one message.</param>
    /// <param name="source">What is read, for errors.</param>
    /// <param name="reserve">Asked before more memory is taken, with all that is needed then; it may refuse.</param>
    public RpcFrameReader(Stream stream, RpcEncoding encoding, int maxBytes, RpcSource source, Action<int>? reserve = null)
    {
        _stream = stream;
        _encoding = encoding;
        _maxBytes = maxBytes;
        _source = source;
        _reserve = reserve;
        _scanner = new RpcFrameScanner(maxBytes, source);
    }

    /// <summary>The next message; null when the stream ended after the last one.</summary>
    /// <exception cref="RpcException">A message is malformed, too large or cut off.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        _scanner.Reset();
        _searched = 0;
        while (true)
        {
            if (TryTake(out var frame))
            {
                return frame;
            }

            Reserve();
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end, Room()), cancellationToken);
            if (read == 0)
            {
                return AtEnd();
            }

            _end += read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var buffer = _buffer;
        _buffer = [];
        _start = _end = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryTake(out ReadOnlyMemory<byte> frame)
    {
        if (_encoding == RpcEncoding.Json)
        {
            return TryTakeLine(out frame);
        }

        if (_start < _end && _scanner.TryComplete(_buffer.AsSpan(_start, _end - _start)))
        {
            frame = _buffer.AsMemory(_start, (int)_scanner.Known);
            _start += (int)_scanner.Known;
            return true;
        }

        frame = default;
        return false;
    }

    private bool TryTakeLine(out ReadOnlyMemory<byte> line)
    {
        while (true)
        {
            var newline = _buffer.AsSpan(_start + _searched, _end - _start - _searched).IndexOf((byte)'\n');
            if (newline < 0)
            {
                _searched = _end - _start;
                line = default;
                return _searched > _maxBytes ? throw TooLarge() : false;
            }

            line = _buffer.AsMemory(_start, _searched + newline);
            _start += _searched + newline + 1;
            _searched = 0;
            if (!IsBlank(line.Span))
            {
                return line.Length > _maxBytes ? throw TooLarge() : true;
            }
        }
    }

    private ReadOnlyMemory<byte>? AtEnd()
    {
        if (_start == _end)
        {
            return null;
        }

        if (_encoding == RpcEncoding.Json)
        {
            // The last line needs no newline.
            var line = _buffer.AsMemory(_start, _end - _start);
            _start = _end;
            return IsBlank(line.Span) ? (ReadOnlyMemory<byte>?)null : line;
        }

        throw _source.Truncated($"ended in the middle of a value, after {_end - _start} bytes of it");
    }

    /// <summary>Makes room for more of the current message. The buffer doubles only as bytes really arrive, whatever a header promises.</summary>
    private void Reserve()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            var size = (int)Math.Min(2L * _buffer.Length, Array.MaxLength);
            _reserve?.Invoke(size);
            var larger = ArrayPool<byte>.Shared.Rent(size);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }

    /// <summary>Bytes to ask for: within a large value not much beyond its end, so that little has to be moved afterwards.</summary>
    private int Room()
    {
        var room = _buffer.Length - _end;
        var missing = _scanner.Known - (_end - _start);
        return missing > FirstBuffer ? (int)Math.Min(room, missing + FirstBuffer) : room;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;

    private RpcException TooLarge() => _source.TooLarge($"is longer than the {_maxBytes} bytes that are allowed");
}
