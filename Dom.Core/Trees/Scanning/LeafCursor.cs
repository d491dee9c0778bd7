namespace Dom.Core.Trees.Scanning;

/// <summary>Goes through the entries of one leaf in the order of their names, without decoding them.</summary>
internal struct LeafCursor
{
    private readonly MachinePart _leaf;
    private int _index = -1;
    private int _offset;
    private int _children;

    internal LeafCursor(MachinePart leaf)
    {
        _leaf = leaf;
        _offset = leaf.Block.Bytes.Length;
        foreach (var facts in leaf.Facts)
        {
            _offset -= facts.EncodedLength;
        }
    }

    internal MachineEntry Current { get; private set; }

    internal bool MoveNext()
    {
        if (_index >= 0)
        {
            _offset += _leaf.Facts[_index].EncodedLength;
        }

        if (++_index >= _leaf.Facts.Length)
        {
            return false;
        }

        Current = new MachineEntry(_leaf.Block, _offset, _leaf.Facts[_index], null);
        if (Current.Kind == InodeKind.Directory)
        {
            Current = new MachineEntry(_leaf.Block, _offset, _leaf.Facts[_index], _leaf.Directories[_children++]);
        }

        return true;
    }
}
