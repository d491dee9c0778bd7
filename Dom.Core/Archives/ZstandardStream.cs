using Dom.Core.Linux;

namespace Dom.Core.Archives;

/// <summary>The uncompressed bytes of a Zstandard stream of any number of frames.</summary>
internal sealed class ZstandardStream : ForwardStream
{
    private const int BufferSize = 128 * 1024;

    private readonly Stream _source;
    private readonly ZstandardDecoder _decoder;
    private readonly byte[] _input = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _start;
    private int _end;

    internal ZstandardStream(Stream source)
    {
        try
        {
            _decoder = new ZstandardDecoder();
            _source = source;
        }
        catch (DllNotFoundException e)
        {
            throw new ArchiveException($"the archive is compressed with zstd, and {e.Message}; install the package libzstd1", e);
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            if (Decompress(buffer) is var written and > 0)
            {
                return written;
            }

            if (Took(_source.Read(_input)))
            {
                break;
            }
        }

        return 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            if (Decompress(buffer.Span) is var written and > 0)
            {
                return written;
            }

            if (Took(await _source.ReadAsync(_input, cancellationToken)))
            {
                break;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Decompresses what was read; 0 means that more has to be read first. What the decoder still holds comes without input, too.</summary>
    private int Decompress(Span<byte> buffer)
    {
        while (true)
        {
            if (_start == _end && _decoder.IsAtFrameEnd)
            {
                return 0;
            }

            var fault = _decoder.Decompress(_input.AsSpan(_start, _end - _start), buffer, out var consumed, out var written);
            _start += consumed;
            if (fault is not null)
            {
                throw new ArchiveException($"the archive cannot be decompressed with zstd: {fault}");
            }

            if (written > 0 || _start == _end)
            {
                return written;
            }
        }
    }

    /// <summary>Takes note of input that was read; true at its end.</summary>
    private bool Took(int count)
    {
        (_start, _end) = (0, count);
        return count == 0 && (_decoder.IsAtFrameEnd ? true : throw new ArchiveException("the archive is cut off: its last zstd frame is not complete"));
    }
}
