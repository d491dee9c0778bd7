using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>The path of the entry a walk stands at: one buffer for the whole walk.</summary>
internal sealed class PathStack
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>The absolute path, <c>/</c> at the root.</summary>
    public ReadOnlySpan<byte> Current => _length == 0 ? "/"u8 : _bytes.AsSpan(0, _length);

    /// <summary>Names below the root.</summary>
    public int Depth { get; private set; }

    /// <summary>The current path for a look-up; it changes with the next step of the walk.</summary>
    public UnixPath Borrowed => _length == 0 ? UnixPath.Root : new UnixPath(_bytes.AsMemory(0, _length));

    /// <summary>Goes down to a name; returns what <see cref="Pop"/> needs to come back.</summary>
    public int Push(ReadOnlySpan<byte> name)
    {
        var before = _length;
        while (_bytes.Length < before + name.Length + 1)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        _bytes[before] = (byte)'/';
        name.CopyTo(_bytes.AsSpan(before + 1));
        _length = before + 1 + name.Length;
        Depth++;
        return before;
    }

    /// <summary>Goes back up.</summary>
    public void Pop(int before)
    {
        _length = before;
        Depth--;
    }
}
