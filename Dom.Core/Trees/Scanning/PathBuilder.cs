namespace Dom.Core.Trees.Scanning;

/// <summary>The absolute path of the place a walk has reached.</summary>
internal sealed class PathBuilder
{
    private byte[] _bytes = new byte[4096];
    private int _length;

    /// <summary>The path of the directory; empty for the root.</summary>
    internal ReadOnlySpan<byte> Path => _bytes.AsSpan(0, _length);

    /// <summary>Goes one level down; the result goes back up with <see cref="Truncate"/>.</summary>
    internal int Push(ReadOnlySpan<byte> name)
    {
        var before = _length;
        if (_length + 1 + name.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        _bytes[_length] = (byte)'/';
        name.CopyTo(_bytes.AsSpan(_length + 1));
        _length += 1 + name.Length;
        return before;
    }

    internal void Truncate(int length) => _length = length;
}
