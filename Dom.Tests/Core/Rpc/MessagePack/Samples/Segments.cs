using System.Buffers;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>Bytes cut into segments, as they come from a connection.</summary>
public static class Segments
{
    /// <summary>Cuts at random places; segments may be empty.</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, Random random, int longest = 8)
    {
        var first = new Segment(default, 0);
        var last = first;
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(random.Next(longest + 1), bytes.Length - start);
            last = last.Append(bytes.AsMemory(start, length));
            start += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
