using System.Text;
using Dom.Core.Linux;

namespace Dom.Core.Archives;

/// <summary>The records of GNU tar about a sparse file, in the forms 0.0, 0.1 and 1.0.</summary>
internal sealed class PaxSparse
{
    private List<long> _numbers = [];
    private long _major;
    private long _minor;

    /// <summary>The name of the file; the member itself has an invented one.</summary>
    internal UnixPath? Name { get; private set; }

    /// <summary>Bytes of the file, holes included.</summary>
    internal long? RealSize { get; private set; }

    /// <summary>Form 1.0: the map stands in front of the data.</summary>
    internal bool MapIsInData => _major == 1 && _minor == 0;

    internal PaxSparse Copy()
    {
        var copy = (PaxSparse)MemberwiseClone();
        copy._numbers = [.. _numbers];
        return copy;
    }

    /// <summary>Takes over the record <c>GNU.sparse.</c> + <paramref name="key"/>.</summary>
    internal void Apply(ReadOnlySpan<byte> key, ReadOnlyMemory<byte> value, TarLimits limits)
    {
        switch (Encoding.ASCII.GetString(key))
        {
            case "name":
                Name = UnixPath.TryCreate(value.ToArray(), out var name) ? name : throw new FormatException("its name contains a zero byte");
                break;
            case "size" or "realsize":
                RealSize = PaxFields.ReadNumber(value.Span, "real size");
                break;
            case "major":
                _major = PaxFields.ReadNumber(value.Span, "sparse version");
                break;
            case "minor":
                _minor = PaxFields.ReadNumber(value.Span, "sparse version");
                break;
            case "map":
                _numbers = [];
                foreach (var range in value.Span.Split((byte)','))
                {
                    Add(value.Span[range], limits);
                }

                break;
            case "offset":
                Require(_numbers.Count % 2 == 0);
                Add(value.Span, limits);
                break;
            case "numbytes":
                Require(_numbers.Count % 2 == 1);
                Add(value.Span, limits);
                break;
            default:
                break;
        }
    }

    /// <summary>The map of the forms 0.0 and 0.1.</summary>
    internal List<TarPiece> ReadMap()
    {
        Require(_major == 0 && _numbers.Count % 2 == 0);
        var pieces = new List<TarPiece>(_numbers.Count / 2);
        for (var i = 0; i < _numbers.Count; i += 2)
        {
            pieces.Add(new TarPiece(_numbers[i], _numbers[i + 1]));
        }

        return pieces;
    }

    private void Add(ReadOnlySpan<byte> text, TarLimits limits)
    {
        if (_numbers.Count >= 2 * limits.MaxSparsePieces)
        {
            throw new FormatException($"it is a sparse file of more than {limits.MaxSparsePieces} pieces");
        }

        _numbers.Add(PaxFields.ReadNumber(text, "sparse map"));
    }

    private static void Require(bool holds)
    {
        if (!holds)
        {
            throw new FormatException("its sparse map has a form that is not known");
        }
    }
}
