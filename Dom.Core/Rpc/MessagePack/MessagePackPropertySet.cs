namespace Dom.Core.Rpc.MessagePack;

/// <summary>Which properties of a record a generated reader has met, and which one it is reading.</summary>
/// <param name="record">The record's name, for faults.</param>
public struct MessagePackPropertySet(string record)
{
    private ulong _seen;
    private string _current = string.Empty;

    /// <summary>Notes a property that is about to be read; a second time is a fault.</summary>
    public void Add(int index, string key, long offset)
    {
        var bit = 1ul << index;
        if ((_seen & bit) != 0)
        {
            _current = string.Empty;
            throw MessagePackException.DuplicateKey(key, offset);
        }

        _seen |= bit;
        _current = key;
    }

    /// <summary>Notes a value under a key the record does not have.</summary>
    public void AddUnknown() => _current = string.Empty;

    /// <summary>Throws unless the property was met.</summary>
    public void Require(int index, string key, long offset)
    {
        if ((_seen & (1ul << index)) == 0)
        {
            _current = string.Empty;
            throw MessagePackException.MissingProperty(key, offset);
        }
    }

    /// <summary>Adds the record and the property being read to a fault.</summary>
    public readonly void Locate(MessagePackException fault) => fault.Locate(record, _current);
}
