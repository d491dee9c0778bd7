using System.Buffers;
using System.Globalization;

namespace Dom.Core.Telemetry;

/// <summary>Labels as Prometheus writes them, <c>a="x",b="y"</c> sorted by name, built without allocating for the usual few.</summary>
internal ref struct LabelText(Span<char> initial)
{
    private Span<char> _buffer = initial;
    private char[]? _rented;
    private int _length;

    public readonly ReadOnlySpan<char> Text => _buffer[.._length];

    public void Append(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // Few labels: finding the next one in order each time beats sorting.
        string? last = null;
        for (var written = 0; written < tags.Length; written++)
        {
            var next = -1;
            for (var i = 0; i < tags.Length; i++)
            {
                var isAfter = last is null || string.CompareOrdinal(tags[i].Key, last) > 0;
                if (isAfter && (next < 0 || string.CompareOrdinal(tags[i].Key, tags[next].Key) < 0))
                {
                    next = i;
                }
            }

            if (next < 0)
            {
                return;
            }

            last = tags[next].Key;
            if (written > 0)
            {
                Append(',');
            }

            Append(last);
            Append("=\"");
            AppendValue(tags[next].Value);
            Append('"');
        }
    }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<char>.Shared.Return(_rented);
            _rented = null;
        }
    }

    private void AppendValue(object? value)
    {
        var text = value as string ?? (value as IFormattable)?.ToString(null, CultureInfo.InvariantCulture) ?? value?.ToString() ?? string.Empty;
        foreach (var c in text)
        {
            switch (c)
            {
                case '\\':
                    Append("\\\\");
                    break;
                case '"':
                    Append("\\\"");
                    break;
                case '\n':
                    Append("\\n");
                    break;
                default:
                    Append(c);
                    break;
            }
        }
    }

    private void Append(scoped ReadOnlySpan<char> text)
    {
        Reserve(text.Length);
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    private void Append(char c)
    {
        Reserve(1);
        _buffer[_length++] = c;
    }

    private void Reserve(int count)
    {
        if (_length + count <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<char>.Shared.Rent(Math.Max(2 * _buffer.Length, _length + count));
        _buffer[.._length].CopyTo(larger);
        Dispose();
        _rented = larger;
        _buffer = larger;
    }
}
