using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees.Comparison;

/// <summary>Rule 12's computed set: what the computed paths of an image contain on one machine. Immutable.</summary>
public sealed class ComputedSet
{
    private readonly Dictionary<UnixPath, ComputedFile> _byPath = [];

    /// <summary>A set of files in any order. No path may occur twice.</summary>
    public ComputedSet(IEnumerable<ComputedFile> files)
    {
        Files = [.. files.OrderBy(f => f.Path)];
        foreach (var file in Files)
        {
            if (file.Size < 0 || file.Object.IsNone != (file.Size == 0))
            {
                throw new FormatException($"the computed file '{file.Path}' has size {file.Size} and object {file.Object}: an object goes with a size above zero");
            }

            if (!_byPath.TryAdd(file.Path, file))
            {
                throw new FormatException($"the computed file '{file.Path}' occurs twice");
            }
        }

        Bytes = Encode();
        Digest = Files.Count == 0 ? default : ObjectId.Of(Bytes.Span);
    }

    /// <summary>The set without files.</summary>
    public static ComputedSet Empty { get; } = new([]);

    /// <summary>The files in the order of their paths.</summary>
    public IReadOnlyList<ComputedFile> Files { get; }

    /// <summary>The canonical form: a MessagePack array of [path, object, size], sorted by path.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>SHA-256 of <see cref="Bytes"/>; none for the empty set.</summary>
    public ObjectId Digest { get; }

    /// <summary>Reads the canonical form; throws <see cref="FormatException"/> or <see cref="MessagePackException"/>.</summary>
    public static ComputedSet Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessagePackReader(bytes, MessagePackLimits.CanonicalForm);
        var files = new ComputedFile[reader.ReadArrayHeader()];
        for (var i = 0; i < files.Length; i++)
        {
            if (reader.ReadArrayHeader() != 3)
            {
                throw new FormatException("an entry of a computed set does not have three fields");
            }

            // The name is copied: the set outlives the buffer it was read from.
            files[i] = new ComputedFile(new UnixPath(reader.ReadBinary().ToArray()), reader.ReadObjectId(), reader.ReadInt64());
        }

        if (!reader.End)
        {
            throw new FormatException("bytes follow a computed set");
        }

        return new ComputedSet(files);
    }

    /// <summary>The content of a computed path.</summary>
    public bool TryGet(UnixPath path, [MaybeNullWhen(false)] out ComputedFile file) => _byPath.TryGetValue(path, out file);

    private byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Files.Count);
        foreach (var file in Files)
        {
            writer.WriteArrayHeader(3);
            writer.WriteBinary(file.Path.Span);
            writer.Write(file.Object);
            writer.Write(file.Size);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
