using System.Buffers.Text;

namespace Dom.Core.Archives;

/// <summary>One record of an extended header: <c>LENGTH KEY=VALUE\n</c>. Only the length tells where it ends: a value may hold any bytes.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; empty takes back what a global header set.</param>
internal readonly record struct PaxRecord(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>Takes the first record off a header, or throws <see cref="FormatException"/>.</summary>
    internal static PaxRecord Take(ref ReadOnlyMemory<byte> header)
    {
        var span = header.Span;
        var space = span.IndexOf((byte)' ');
        if (space is < 1 or > 10 || !Utf8Parser.TryParse(span[..space], out int length, out var used) || used != space
            || length <= space + 1 || length > span.Length || span[length - 1] != (byte)'\n')
        {
            throw new FormatException("its extended header has a record whose length is wrong");
        }

        var record = header[(space + 1)..(length - 1)];
        var equals = record.Span.IndexOf((byte)'=');
        if (equals < 1)
        {
            throw new FormatException("its extended header has a record without a key");
        }

        header = header[length..];
        return new PaxRecord(record[..equals], record[(equals + 1)..]);
    }
}
