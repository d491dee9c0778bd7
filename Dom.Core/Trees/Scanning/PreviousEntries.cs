namespace Dom.Core.Trees.Scanning;

/// <summary>The entries of the last snapshot of a directory, asked for in the order of names.</summary>
internal struct PreviousEntries
{
    private readonly IReadOnlyList<MachineEntry>? _sorted;
    private LeafCursor _cursor;
    private MachineEntry _current;
    private int _next;

    internal PreviousEntries(MachineDirectory? directory)
    {
        if (directory is { Content.Parts: null })
        {
            _cursor = new LeafCursor(directory.Content);
        }
        else
        {
            _sorted = directory?.Entries() ?? [];
        }

        Advance();
    }

    /// <summary>The entry of a name that follows the one asked for before; none when there was none.</summary>
    internal MachineEntry Find(ReadOnlySpan<byte> name)
    {
        while (!_current.IsNone)
        {
            var order = _current.Name.SequenceCompareTo(name);
            if (order >= 0)
            {
                return order == 0 ? _current : default;
            }

            Advance();
        }

        return default;
    }

    private void Advance()
    {
        if (_sorted is not null)
        {
            _current = _next < _sorted.Count ? _sorted[_next++] : default;
        }
        else
        {
            _current = _cursor.MoveNext() ? _cursor.Current : default;
        }
    }
}
