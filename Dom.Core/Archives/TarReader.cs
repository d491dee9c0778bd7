using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Archives;

/// <summary>Reads tar archives byte for byte: v7, ustar, GNU and PAX, with every kind of file, extended attributes and sparse files.</summary>
/// <remarks>
/// Names, targets and attributes are bytes. Each header's checksum is verified. An archive must have its mark at the end, followed by zeros only, so that
/// one that was cut off between two members is not taken for a whole one. Memory is bounded by <see cref="TarLimits"/>. Not thread-safe.
/// </remarks>
public sealed partial class TarReader(Stream stream, TarLimits? limits = null)
{
    private readonly TarInput _input = new(stream);
    private readonly TarLimits _limits = limits ?? TarLimits.Default;
    private readonly byte[] _block = new byte[TarBlock.Size];
    private PaxFields _global = new();
    private bool _hasGlobal;
    private TarEntry? _entry;
    private long _unread;
    private int _padding;
    private int _piece;
    private long _position;
    private bool _ended;

    /// <summary>Bytes of the uncompressed archive read so far.</summary>
    public long Position => _input.Position;

    /// <summary>The next member; null at the end. What was not read of the last one is passed over.</summary>
    /// <exception cref="ArchiveException">The archive is damaged, cut off or uses a form that is not read.</exception>
    public async ValueTask<TarEntry?> ReadNextAsync(CancellationToken cancellationToken)
    {
        await PassOverDataAsync(cancellationToken);
        _entry = null;
        PaxFields? fields = null;
        UnixPath? longName = null, longTarget = null;
        while (!_ended)
        {
            var offset = _input.Position;
            if (!await ReadHeaderAsync(offset, cancellationToken))
            {
                _ended = true;
                return fields is null && longName is null && longTarget is null
                    ? null
                    : throw new ArchiveException("the archive ends after an extended header, before the entry it is about", offset);
            }

            try
            {
                switch ((char)_block[156])
                {
                    case 'L':
                        longName = await ReadLongNameAsync(cancellationToken);
                        break;
                    case 'K':
                        longTarget = await ReadLongNameAsync(cancellationToken);
                        break;
                    case 'x' or 'X':
                        fields ??= _hasGlobal ? _global.Copy() : new PaxFields();
                        fields.Apply(await ReadExtendedAsync(_limits.MaxExtendedHeaderBytes, cancellationToken), _limits);
                        break;
                    case 'g':
                        _global = _global.Copy();
                        _global.Apply(await ReadExtendedAsync(_limits.MaxExtendedHeaderBytes, cancellationToken), _limits);
                        _hasGlobal = true;
                        break;
                    case 'V':
                        // A label of the archive: no member.
                        break;
                    default:
                        _entry = await ReadEntryAsync(offset, fields ?? _global, longName, longTarget, cancellationToken);
                        return _entry;
                }
            }
            catch (FormatException e) when (e is not ArchiveException)
            {
                throw new ArchiveException(e.Message, offset, NameText.Escape(new TarBlock(_block).Name), e);
            }
        }

        return null;
    }

    /// <summary>Reads the next bytes of the file's content, holes as zeros; 0 is its end.</summary>
    /// <exception cref="ArchiveException">The archive is cut off.</exception>
    public async ValueTask<int> ReadContentAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_entry is not { Inode: { Kind: InodeKind.Regular } inode } entry)
        {
            return 0;
        }

        while (_piece < entry.Pieces.Count && _position == entry.Pieces[_piece].Position + entry.Pieces[_piece].Length)
        {
            _piece++;
        }

        var dataBegins = _piece < entry.Pieces.Count ? entry.Pieces[_piece].Position : (long)inode.Size;
        int count;
        if (_position < dataBegins)
        {
            count = (int)Math.Min(buffer.Length, dataBegins - _position);
            buffer.Span[..count].Clear();
        }
        else
        {
            var dataEnds = _piece < entry.Pieces.Count ? dataBegins + entry.Pieces[_piece].Length : dataBegins;
            count = await ReadDataAsync(entry, buffer[..(int)Math.Min(buffer.Length, dataEnds - _position)], cancellationToken);
        }

        _position += count;
        return count;
    }

    private async ValueTask<int> ReadDataAsync(TarEntry entry, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        var count = await _input.ReadAsync(buffer, cancellationToken);
        _unread -= count;
        return count > 0 ? count : throw entry.Fault($"the archive is cut off at byte {_input.Position}, {_unread} bytes before the end of this file");
    }

    private async ValueTask PassOverDataAsync(CancellationToken cancellationToken)
    {
        var rest = _unread + _padding;
        if (await _input.SkipAsync(rest, cancellationToken) < rest)
        {
            throw _entry?.Fault($"the archive is cut off at byte {_input.Position}, in the middle of this entry") ?? CutOff();
        }

        _unread = 0;
        _padding = 0;
    }

    /// <summary>Reads a header block and checks it; false for the mark at the end.</summary>
    private async ValueTask<bool> ReadHeaderAsync(long offset, CancellationToken cancellationToken)
    {
        var count = await _input.FillAsync(_block, cancellationToken);
        if (count == 0)
        {
            throw new ArchiveException(
                offset == 0 ? "it is empty, which no archive is" : "the archive ends without the mark of its end: it was cut off, or was never finished", offset);
        }

        if (count < TarBlock.Size)
        {
            throw offset == 0 ? NoArchive() : CutOff();
        }

        if (new TarBlock(_block).IsZero)
        {
            return await _input.RestIsZeroAsync(cancellationToken)
                ? false
                : throw new ArchiveException("after the mark of the archive's end come bytes that are not zero: garbage, or a second archive joined on", _input.Position);
        }

        return new TarBlock(_block).HasRightChecksum ? true
            : throw (offset == 0 ? NoArchive() : new ArchiveException("the checksum of a header is wrong: the archive is damaged here or before", offset));
    }

    private ArchiveException CutOff() => new("the archive is cut off", _input.Position);

    private static ArchiveException NoArchive() => new("these bytes are no tar archive, neither plain nor compressed with gzip, zstd, xz or bzip2");
}
