using System.Buffers.Binary;
using System.Buffers.Text;
using Dom.Core.Linux;

namespace Dom.Core.Archives;

/// <summary>A POSIX ACL as text, such as <c>user::rw-,user:lisa:r--,group::r--,mask::r--,other::---</c>; lines may be ended by commas or line feeds.</summary>
/// <param name="bytes">The text.</param>
public readonly struct AclText(ReadOnlyMemory<byte> bytes)
{
    private const int MaxEntries = 1024;
    private const uint Undefined = uint.MaxValue;

    /// <summary>True when there is no ACL.</summary>
    public bool IsEmpty => bytes.IsEmpty;

    /// <summary>The value of the extended attribute <c>system.posix_acl_access</c> or <c>_default</c>.</summary>
    /// <param name="findId">Gives the number of a user (true) or group (false); null when the name is not known.</param>
    /// <returns>Nothing when the ACL says no more than the permission bits do.</returns>
    /// <exception cref="FormatException">It is no ACL, or a name is not known.</exception>
    public byte[] ToAttribute(Func<bool, ReadOnlyMemory<byte>, uint?> findId)
    {
        var entries = new List<(ushort Tag, uint Id, ushort Rights)>();
        foreach (var line in Split(bytes))
        {
            entries.Add(ReadEntry(line, findId));
            if (entries.Count > MaxEntries)
            {
                throw new FormatException($"its ACL has more than {MaxEntries} entries");
            }
        }

        // The order the kernel keeps and gives back: by kind, then by number.
        entries.Sort(static (a, b) => a.Tag != b.Tag ? a.Tag.CompareTo(b.Tag) : a.Id.CompareTo(b.Id));
        var value = new byte[4 + (8 * entries.Count)];
        BinaryPrimitives.WriteUInt32LittleEndian(value, 2);
        for (var i = 0; i < entries.Count; i++)
        {
            var at = value.AsSpan(4 + (8 * i));
            BinaryPrimitives.WriteUInt16LittleEndian(at, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(at[2..], entries[i].Rights);
            BinaryPrimitives.WriteUInt32LittleEndian(at[4..], entries[i].Id);
        }

        return value;
    }

    /// <summary>True when it names only the owner, the group and others, as the permission bits do.</summary>
    public bool IsMinimal => Split(bytes).Count() == 3;

    private static IEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> text)
    {
        while (!text.IsEmpty)
        {
            var end = text.Span.IndexOfAny((byte)'\n', (byte)',');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];

            // acl_to_text may add what the mask leaves of the rights as a comment.
            var comment = line.Span.IndexOf((byte)'#');
            line = comment < 0 ? line : line[..comment];
            var trimmed = line.Span.Trim(" \t\r\0"u8);
            if (!trimmed.IsEmpty)
            {
                yield return trimmed.ToArray();
            }
        }
    }

    private static (ushort Tag, uint Id, ushort Rights) ReadEntry(ReadOnlyMemory<byte> line, Func<bool, ReadOnlyMemory<byte>, uint?> findId)
    {
        var span = line.Span;
        var first = span.IndexOf((byte)':');
        var second = first < 0 ? -1 : span[(first + 1)..].IndexOf((byte)':') is var at and >= 0 ? first + 1 + at : -1;
        if (second < 0)
        {
            throw Bad(span);
        }

        var kind = span[..first];
        var name = line[(first + 1)..second];
        var rest = span[(second + 1)..];
        var third = rest.IndexOf((byte)':');
        var rights = ReadRights(third < 0 ? rest : rest[..third], span);
        var given = third < 0 ? default : rest[(third + 1)..];
        var isUser = kind.SequenceEqual("user"u8) || kind.SequenceEqual("u"u8);
        if (isUser || kind.SequenceEqual("group"u8) || kind.SequenceEqual("g"u8))
        {
            return name.IsEmpty
                ? ((ushort)(isUser ? 0x01 : 0x04), Undefined, rights)
                : ((ushort)(isUser ? 0x02 : 0x08), FindId(isUser, name, given, findId), rights);
        }

        return kind.SequenceEqual("mask"u8) || kind.SequenceEqual("m"u8) ? ((ushort)0x10, Undefined, rights)
            : kind.SequenceEqual("other"u8) || kind.SequenceEqual("o"u8) ? ((ushort)0x20, Undefined, rights)
            : throw Bad(span);
    }

    /// <summary>star writes the number behind the rights; a name that is a number is one.</summary>
    private static uint FindId(bool isUser, ReadOnlyMemory<byte> name, ReadOnlySpan<byte> given, Func<bool, ReadOnlyMemory<byte>, uint?> findId)
    {
        var text = given.IsEmpty ? name.Span : given;
        return Utf8Parser.TryParse(text, out uint id, out var used) && used == text.Length && id != Undefined
            ? id
            : findId(isUser, name) ?? throw new FormatException(
                $"its ACL names the {(isUser ? "user" : "group")} '{NameText.Escape(name.Span)}', who is not in etc/{(isUser ? "passwd" : "group")} of the archive; "
                + "make the archive with --xattrs --xattrs-include='*', which stores numbers");
    }

    private static ushort ReadRights(ReadOnlySpan<byte> text, ReadOnlySpan<byte> line)
    {
        ushort rights = 0;
        foreach (var letter in text)
        {
            rights |= letter switch
            {
                (byte)'r' => 4,
                (byte)'w' => 2,
                (byte)'x' => 1,
                (byte)'-' => 0,
                _ => throw Bad(line),
            };
        }

        return rights;
    }

    private static FormatException Bad(ReadOnlySpan<byte> line) => new($"its ACL has the line '{NameText.Escape(line)}', which is none");
}
