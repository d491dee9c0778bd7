using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>The names of one directory, sorted; reused from directory to directory.</summary>
internal sealed class NameList
{
    private const int KeepBytes = 1 << 20;

    private byte[] _bytes = new byte[16 * 1024];
    private Entry[] _entries = new Entry[512];
    private int _used;

    internal int Count { get; private set; }

    internal ReadOnlySpan<byte> NameAt(int index) => _bytes.AsSpan(_entries[index].Offset, _entries[index].Length);

    internal FileKind KindAt(int index) => _entries[index].Kind;

    /// <summary>Reads and sorts all names of a directory.</summary>
    internal Errno Fill(DirectoryReader reader, DirectoryHandle directory)
    {
        Clear();
        reader.Begin(directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            Add(reader.Name, reader.Kind);
        }

        var bytes = _bytes;
        _entries.AsSpan(0, Count).Sort((a, b) =>
            bytes.AsSpan(a.Offset, a.Length).SequenceCompareTo(bytes.AsSpan(b.Offset, b.Length)));
        return error;
    }

    private void Clear()
    {
        Count = 0;
        _used = 0;
        if (_bytes.Length > KeepBytes)
        {
            _bytes = new byte[16 * 1024];
            _entries = new Entry[512];
        }
    }

    private void Add(ReadOnlySpan<byte> name, FileKind kind)
    {
        if (_used + name.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, 2 * Count);
        }

        name.CopyTo(_bytes.AsSpan(_used));
        _entries[Count++] = new Entry(_used, (byte)name.Length, kind);
        _used += name.Length;
    }

    private readonly record struct Entry(int Offset, byte Length, FileKind Kind);
}
