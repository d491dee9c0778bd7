using System.Buffers.Text;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Archives;

/// <summary>What extended headers say about an entry. The later of two records with one key holds.</summary>
internal sealed class PaxFields
{
    private const int NanosecondDigits = 9;

    private static readonly byte[] SelinuxAttribute = "security.selinux"u8.ToArray();

    private Dictionary<UnixPath, ReadOnlyMemory<byte>>? _attributes;

    internal UnixPath? Path { get; private set; }

    internal UnixPath? LinkPath { get; private set; }

    internal long? Size { get; private set; }

    internal uint? Uid { get; private set; }

    internal uint? Gid { get; private set; }

    internal (long Seconds, uint Nanoseconds)? Mtime { get; private set; }

    internal AclText AccessAcl { get; private set; }

    internal AclText DefaultAcl { get; private set; }

    /// <summary>What is said about a sparse file; null when nothing is.</summary>
    internal PaxSparse? Sparse { get; private set; }

    /// <summary>A copy, to be changed for one entry.</summary>
    internal PaxFields Copy()
    {
        var copy = (PaxFields)MemberwiseClone();
        copy._attributes = _attributes is null ? null : new Dictionary<UnixPath, ReadOnlyMemory<byte>>(_attributes);
        copy.Sparse = Sparse?.Copy();
        return copy;
    }

    /// <summary>Takes over all records of a header, or throws <see cref="FormatException"/>.</summary>
    internal void Apply(ReadOnlyMemory<byte> header, TarLimits limits)
    {
        while (!header.IsEmpty)
        {
            Apply(PaxRecord.Take(ref header), limits);
        }
    }

    /// <summary>The extended attributes in canonical form.</summary>
    internal ReadOnlyMemory<byte> EncodeAttributes()
    {
        if (_attributes is null)
        {
            return default;
        }

        var encoded = ExtendedAttributes.Of(_attributes.Select(static a => KeyValuePair.Create(a.Key.Bytes, a.Value))).Encoded;
        return encoded.Length <= TreeFormat.MaxXattrBytes
            ? encoded
            : throw new FormatException($"its extended attributes have {encoded.Length} bytes; at most {TreeFormat.MaxXattrBytes} are allowed");
    }

    /// <summary>True when the ACL came as an attribute, whose numbers need no names.</summary>
    internal bool HasAttribute(ReadOnlySpan<byte> name) => _attributes?.ContainsKey(new UnixPath(name.ToArray())) ?? false;

    private void Apply(PaxRecord record, TarLimits limits)
    {
        var key = record.Key.Span;
        var value = record.Value;
        if (TryAfter(key, "SCHILY.xattr."u8, out var name))
        {
            SetAttribute(GnuName(name), value);
        }
        else if (TryAfter(key, "LIBARCHIVE.xattr."u8, out name))
        {
            SetAttribute(PercentName(name), FromBase64(value.Span));
        }
        else if (TryAfter(key, "GNU.sparse."u8, out name))
        {
            (Sparse ??= new PaxSparse()).Apply(name, value, limits);
        }
        else
        {
            ApplyPlain(key, value);
        }
    }

    private void ApplyPlain(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value)
    {
        var isSet = !value.IsEmpty;
        switch (Encoding.ASCII.GetString(key))
        {
            case "path":
                Path = isSet ? ReadPath(value, "path") : null;
                break;
            case "linkpath":
                LinkPath = isSet ? ReadPath(value, "linkpath") : null;
                break;
            case "size":
                Size = isSet ? ReadNumber(value.Span, "size") : null;
                break;
            case "uid":
                Uid = isSet ? TarId.Require(ReadNumber(value.Span, "uid"), "uid") : null;
                break;
            case "gid":
                Gid = isSet ? TarId.Require(ReadNumber(value.Span, "gid"), "gid") : null;
                break;
            case "mtime":
                Mtime = isSet ? ReadTime(value.Span) : null;
                break;
            case "SCHILY.acl.access":
                AccessAcl = new AclText(value.ToArray());
                break;
            case "SCHILY.acl.default":
                DefaultAcl = new AclText(value.ToArray());
                break;
            case "RHT.security.selinux":
                // GNU tar stores the label as text; the kernel's value ends with a zero byte.
                SetAttribute(SelinuxAttribute, isSet ? (byte[])[.. value.Span.TrimEnd((byte)0), 0] : default);
                break;
            case "SCHILY.filetype" when value.Span.SequenceEqual("sparse"u8):
                throw new FormatException("it is a sparse file in star's own form, which is not read; make the archive with GNU tar or bsdtar");
            default:
                break;
        }
    }

    private void SetAttribute(byte[] name, ReadOnlyMemory<byte> value)
    {
        if (name.Length is 0 or > 255 || !UnixPath.TryCreate(name, out var key))
        {
            throw new FormatException($"its extended header has an attribute with the impossible name '{NameText.Escape(name)}'");
        }

        // EVM signs inode numbers with a key of the machine: no tree holds its value.
        if (!name.AsSpan().SequenceEqual("security.evm"u8))
        {
            (_attributes ??= [])[key] = value;
        }
    }

    /// <summary>GNU tar writes <c>=</c> and <c>%</c> in the name of an attribute as <c>%3D</c> and <c>%25</c>, and nothing else so.</summary>
    private static byte[] GnuName(ReadOnlySpan<byte> name)
    {
        var result = new List<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var isCode = name[i] == (byte)'%' && (name[i..].StartsWith("%3D"u8) || name[i..].StartsWith("%25"u8));
            result.Add(!isCode ? name[i] : name[i + 1] == (byte)'3' ? (byte)'=' : (byte)'%');
            i += isCode ? 2 : 0;
        }

        return [.. result];
    }

    private static byte[] PercentName(ReadOnlySpan<byte> name)
    {
        var result = new List<byte>(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == (byte)'%' && i + 2 < name.Length && Utf8Parser.TryParse(name.Slice(i + 1, 2), out byte value, out var used, 'x') && used == 2)
            {
                result.Add(value);
                i += 2;
            }
            else
            {
                result.Add(name[i]);
            }
        }

        return [.. result];
    }

    private static byte[] FromBase64(ReadOnlySpan<byte> text)
    {
        try
        {
            // libarchive leaves the padding out.
            var length = text.TrimEnd((byte)'=').Length;
            var padded = new byte[(length + 3) / 4 * 4];
            padded.AsSpan().Fill((byte)'=');
            text[..length].CopyTo(padded);
            return Convert.FromBase64String(Encoding.ASCII.GetString(padded));
        }
        catch (FormatException e)
        {
            throw new FormatException("its extended header has an attribute that is no base64", e);
        }
    }

    private static UnixPath ReadPath(ReadOnlyMemory<byte> value, string name) => UnixPath.TryCreate(value.ToArray(), out var path)
        ? path
        : throw new FormatException($"its {name} contains a zero byte");

    internal static long ReadNumber(ReadOnlySpan<byte> text, string name) => Utf8Parser.TryParse(text, out long value, out var used) && used == text.Length
        ? value
        : throw new FormatException($"its {name} is no number");

    /// <summary>Decimal seconds with any number of digits behind the point; what is finer than a nanosecond is cut off downwards.</summary>
    private static (long Seconds, uint Nanoseconds) ReadTime(ReadOnlySpan<byte> text)
    {
        var isNegative = text.StartsWith("-"u8);
        var digits = isNegative ? text[1..] : text;
        var point = digits.IndexOf((byte)'.');
        var fraction = point < 0 ? default : digits[(point + 1)..];
        var whole = point < 0 ? digits : digits[..point];
        if (whole.Length is 0 or > 18 || whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            throw new FormatException("its mtime is no time");
        }

        var seconds = ReadNumber(whole, "mtime");
        var nanoseconds = 0L;
        for (var i = 0; i < NanosecondDigits; i++)
        {
            nanoseconds = (nanoseconds * 10) + (i < fraction.Length ? fraction[i] - (byte)'0' : 0);
        }

        if (!isNegative)
        {
            return (seconds, (uint)nanoseconds);
        }

        nanoseconds += fraction.Length > NanosecondDigits && fraction[NanosecondDigits..].ContainsAnyExcept((byte)'0') ? 1 : 0;
        return nanoseconds == 0 ? (-seconds, 0) : nanoseconds == 1_000_000_000 ? (-seconds - 1, 0) : (-seconds - 1, (uint)(1_000_000_000 - nanoseconds));
    }

    private static bool TryAfter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> rest)
    {
        var matches = key.StartsWith(prefix);
        rest = matches ? key[prefix.Length..] : default;
        return matches;
    }
}
