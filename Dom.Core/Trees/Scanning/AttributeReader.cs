using System.Buffers;
using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees.Scanning;

/// <summary>Reads extended attributes into their canonical form. One for each thread.</summary>
public sealed class AttributeReader
{
    private byte[] _list = new byte[1024];
    private byte[] _value = new byte[1024];
    private readonly List<(int Start, int Length)> _names = [];
    private readonly ArrayBufferWriter<byte> _encoded = new();

    /// <summary>The attributes of an entry, or of an open file when <paramref name="name"/> is empty.</summary>
    /// <returns>E2BIG when there are more than a tree can hold.</returns>
    public Errno Read(Descriptor owner, ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> xattrs)
    {
        xattrs = default;
        Errno error;
        int length;
        while ((error = List(owner, name, out length)) == Errno.ERANGE && _list.Length < Descriptor.MaxAttributeSize)
        {
            _list = new byte[Descriptor.MaxAttributeSize];
        }

        if (error != Errno.None || length == 0)
        {
            // Not having attributes at all is the file system's nature, found by the probe and reported there.
            return error is Errno.EOPNOTSUPP or Errno.ENOSYS ? Errno.None : error;
        }

        Sort(length);
        return _names.Count == 0 ? Errno.None : Encode(owner, name, out xattrs);
    }

    private Errno Encode(Descriptor owner, ReadOnlySpan<byte> name, out ReadOnlyMemory<byte> xattrs)
    {
        xattrs = default;
        _encoded.ResetWrittenCount();
        var writer = new MessagePackWriter(_encoded);
        writer.WriteMapHeader(_names.Count);
        foreach (var (start, length) in _names)
        {
            var attribute = _list.AsSpan(start, length);
            Errno error;
            int size;
            while ((error = Get(owner, name, attribute, out size)) == Errno.ERANGE && _value.Length < Descriptor.MaxAttributeSize)
            {
                _value = new byte[Descriptor.MaxAttributeSize];
            }

            if (error != Errno.None)
            {
                // ENODATA: removed since it was listed; the change time tells the next scan.
                return error == Errno.ENODATA ? Errno.ESTALE : error;
            }

            writer.WriteBinary(attribute);
            writer.WriteBinary(_value.AsSpan(0, size));
            if (writer.Written > TreeFormat.MaxXattrBytes)
            {
                return Errno.E2BIG;
            }
        }

        writer.Flush();
        xattrs = _encoded.WrittenSpan.ToArray();
        return Errno.None;
    }

    private void Sort(int length)
    {
        _names.Clear();
        for (var start = 0; start < length;)
        {
            var size = _list.AsSpan(start, length - start).IndexOf((byte)0);
            if (!IsOfMachine(_list.AsSpan(start, size)))
            {
                _names.Add((start, size));
            }

            start += size + 1;
        }

        if (_names.Count > 1)
        {
            _names.Sort((a, b) => _list.AsSpan(a.Start, a.Length).SequenceCompareTo(_list.AsSpan(b.Start, b.Length)));
        }
    }

    /// <summary>EVM signs inode numbers with a key of the machine: no image could hold its value.</summary>
    private static bool IsOfMachine(ReadOnlySpan<byte> attribute) => attribute.SequenceEqual("security.evm"u8);

    private Errno List(Descriptor owner, ReadOnlySpan<byte> name, out int length) => name.IsEmpty
        ? owner.TryListAttributes(_list, out length)
        : ((DirectoryHandle)owner).TryListAttributes(name, _list, out length);

    private Errno Get(Descriptor owner, ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, out int length) => name.IsEmpty
        ? owner.TryGetAttribute(attribute, _value, out length)
        : ((DirectoryHandle)owner).TryGetAttribute(name, attribute, _value, out length);
}
