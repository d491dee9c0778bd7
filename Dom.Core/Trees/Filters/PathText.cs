using System.Buffers;
using System.Text;

namespace Dom.Core.Trees.Filters;

/// <summary>The characters of one path that the translated expressions are matched against, made when first asked for.</summary>
/// <remarks>
/// ASCII stays as it is. Every other code point becomes a pair of private use characters, which .NET takes neither for word characters nor for
/// letters with two cases: so <c>\b</c> keeps RE2's ASCII meaning, and one code point is one unit whatever its size in UTF-16. A byte that is not
/// part of valid UTF-8 counts as U+FFFD, one for each byte, as in Go.
/// </remarks>
internal ref struct PathText
{
    /// <summary>Length of the scratch space that suits nearly all paths.</summary>
    public const int ScratchLength = 512;

    /// <summary>First character of a pair's second half.</summary>
    public const int FirstLower = 0xE200;

    /// <summary>Last character of a pair's second half.</summary>
    public const int LastLower = FirstLower + 0xFFF;

    private const int FirstUpper = 0xE000;
    private const int Replacement = 0xFFFD;

    private readonly Span<char> _scratch;
    private char[]? _rented;
    private ReadOnlySpan<char> _text;

    /// <summary>A text not yet made, with scratch space of the caller.</summary>
    public PathText(Span<char> scratch) => _scratch = scratch;

    /// <summary>The pair that stands for a code point beyond ASCII.</summary>
    public static (int Upper, int Lower) Pair(int rune) => (FirstUpper + (rune >> 12), FirstLower + (rune & 0xFFF));

    /// <summary>The code point of a pair.</summary>
    public static int RuneOf(int upper, int lower) => ((upper - FirstUpper) << 12) | (lower - FirstLower);

    /// <summary>The characters of the path; the same path must be given each time.</summary>
    public ReadOnlySpan<char> Of(ReadOnlySpan<byte> path)
    {
        if (_text.IsEmpty && !path.IsEmpty)
        {
            // A byte becomes at most one pair.
            var room = 2 * path.Length <= _scratch.Length ? _scratch : _rented = ArrayPool<char>.Shared.Rent(2 * path.Length);
            _text = room[..Encode(path, room)];
        }

        return _text;
    }

    /// <summary>Gives rented space back.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private static int Encode(ReadOnlySpan<byte> path, Span<char> destination)
    {
        if (Ascii.ToUtf16(path, destination, out var written) == OperationStatus.Done)
        {
            return written;
        }

        for (var at = written; at < path.Length;)
        {
            if (path[at] < 0x80)
            {
                destination[written++] = (char)path[at++];
                continue;
            }

            var valid = Rune.DecodeFromUtf8(path[at..], out var rune, out var consumed) == OperationStatus.Done;
            var (upper, lower) = Pair(valid ? rune.Value : Replacement);
            destination[written++] = (char)upper;
            destination[written++] = (char)lower;
            at += valid ? consumed : 1;
        }

        return written;
    }
}
