using System.Buffers;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;

namespace Dom.Tests.Core.Rpc.MessagePack;

/// <summary>Every form of the specification, byte by byte.</summary>
public sealed class MessagePackFormTests
{
    [TestCase(0L, "00")]
    [TestCase(127L, "7f")]
    [TestCase(128L, "cc80")]
    [TestCase(255L, "ccff")]
    [TestCase(256L, "cd0100")]
    [TestCase(65535L, "cdffff")]
    [TestCase(65536L, "ce00010000")]
    [TestCase(4294967295L, "ceffffffff")]
    [TestCase(4294967296L, "cf0000000100000000")]
    [TestCase(long.MaxValue, "cf7fffffffffffffff")]
    [TestCase(-1L, "ff")]
    [TestCase(-32L, "e0")]
    [TestCase(-33L, "d0df")]
    [TestCase(-128L, "d080")]
    [TestCase(-129L, "d1ff7f")]
    [TestCase(-32768L, "d18000")]
    [TestCase(-32769L, "d2ffff7fff")]
    [TestCase(-2147483648L, "d280000000")]
    [TestCase(-2147483649L, "d3ffffffff7fffffff")]
    [TestCase(long.MinValue, "d38000000000000000")]
    public void Integers_have_their_shortest_form(long value, string hex)
    {
        Assert.That(ValueTree.Encode((Int128)value), Is.EqualTo(Convert.FromHexString(hex)));
        Assert.That(new MessagePackReader(Convert.FromHexString(hex), MessagePackLimits.CanonicalForm).ReadInt64(), Is.EqualTo(value));
    }

    [Test]
    public void The_largest_unsigned_number_fits()
    {
        var bytes = ValueTree.Encode((Int128)ulong.MaxValue);

        Assert.That(bytes, Is.EqualTo(Convert.FromHexString("cfffffffffffffffff")));
        Assert.That(new MessagePackReader(bytes).ReadUInt64(), Is.EqualTo(ulong.MaxValue));
        Assert.That(Fault(bytes, (ref MessagePackReader reader) => reader.ReadInt64()).Code, Is.EqualTo(MessagePackErrorCode.OutOfRange));
    }

    [TestCase(0, "a0")]
    [TestCase(31, "bf")]
    [TestCase(32, "d920")]
    [TestCase(255, "d9ff")]
    [TestCase(256, "da0100")]
    [TestCase(65535, "daffff")]
    [TestCase(65536, "db00010000")]
    public void Strings_have_the_shortest_header(int length, string header)
    {
        var text = new string('x', length);
        byte[] expected = [.. Convert.FromHexString(header), .. System.Text.Encoding.UTF8.GetBytes(text)];

        Assert.That(ValueTree.Encode(text), Is.EqualTo(expected));
        Assert.That(new MessagePackReader(expected, MessagePackLimits.CanonicalForm).ReadString(), Is.EqualTo(text));
    }

    [TestCase(0, "c400")]
    [TestCase(255, "c4ff")]
    [TestCase(256, "c50100")]
    [TestCase(65535, "c5ffff")]
    [TestCase(65536, "c600010000")]
    public void Bytes_have_the_shortest_header(int length, string header)
    {
        byte[] expected = [.. Convert.FromHexString(header), .. new byte[length]];

        Assert.That(ValueTree.Encode(new byte[length]), Is.EqualTo(expected));
        Assert.That(new MessagePackReader(expected, MessagePackLimits.CanonicalForm).ReadBinary().Length, Is.EqualTo(length));
    }

    [TestCase(0, "c70005")]
    [TestCase(1, "d405")]
    [TestCase(2, "d505")]
    [TestCase(3, "c70305")]
    [TestCase(4, "d605")]
    [TestCase(8, "d705")]
    [TestCase(16, "d805")]
    [TestCase(255, "c7ff05")]
    [TestCase(256, "c8010005")]
    [TestCase(65536, "c90001000005")]
    public void Extensions_have_the_shortest_header(int length, string header)
    {
        byte[] expected = [.. Convert.FromHexString(header), .. new byte[length]];

        Assert.That(ValueTree.Encode(new MessagePackExtension(5, new byte[length])), Is.EqualTo(expected));
        var read = new MessagePackReader(expected, MessagePackLimits.CanonicalForm).ReadExtension();
        Assert.That((read.Type, read.Data.Length), Is.EqualTo(((sbyte)5, length)));
    }

    [TestCase(0, "90", "80")]
    [TestCase(15, "9f", "8f")]
    [TestCase(16, "dc0010", "de0010")]
    [TestCase(65535, "dcffff", "deffff")]
    [TestCase(65536, "dd00010000", "df00010000")]
    public void Arrays_and_maps_have_the_shortest_header(int count, string array, string map)
    {
        Assert.That(Written((ref MessagePackWriter writer) => writer.WriteArrayHeader(count)), Is.EqualTo(Convert.FromHexString(array)));
        Assert.That(Written((ref MessagePackWriter writer) => writer.WriteMapHeader(count)), Is.EqualTo(Convert.FromHexString(map)));
    }

    [Test]
    public void Nil_booleans_and_floats_have_one_form_each()
    {
        Assert.Multiple(() =>
        {
            Assert.That(ValueTree.Encode(null), Is.EqualTo((byte[])[0xc0]));
            Assert.That(ValueTree.Encode(false), Is.EqualTo((byte[])[0xc2]));
            Assert.That(ValueTree.Encode(true), Is.EqualTo((byte[])[0xc3]));
            Assert.That(ValueTree.Encode(1.5f), Is.EqualTo(Convert.FromHexString("ca3fc00000")));
            Assert.That(ValueTree.Encode(1.5), Is.EqualTo(Convert.FromHexString("cb3ff8000000000000")));
        });
    }

    [TestCase("ca3fc00000", 1.5)]
    [TestCase("cb3ff8000000000000", 1.5)]
    [TestCase("03", 3.0)]
    [TestCase("d0df", -33.0)]
    public void A_double_is_read_from_every_form_of_a_number(string hex, double expected) =>
        Assert.That(new MessagePackReader(Convert.FromHexString(hex)).ReadDouble(), Is.EqualTo(expected));

    [TestCase("ca3dcccccd", 0.1f)]
    [TestCase("cb3fb99999a0000000", 0.1f)]
    [TestCase("cbfff0000000000000", float.NegativeInfinity)]
    [TestCase("cb7ff8000000000000", float.NaN)]
    [TestCase("ff", -1f)]
    public void A_float_is_read_from_every_number_that_it_can_hold(string hex, float expected) =>
        Assert.That(new MessagePackReader(Convert.FromHexString(hex)).ReadSingle(), Is.EqualTo(expected));

    [TestCase(0L, 0u, "d6ff00000000")]
    [TestCase(uint.MaxValue, 0u, "d6ffffffffff")]
    [TestCase(0L, 1u, "d7ff0000000400000000")]
    [TestCase(4294967296L, 0u, "d7ff0000000100000000")]
    [TestCase(17179869183L, 999999999u, "d7ffee6b27ffffffffff")]
    [TestCase(17179869184L, 0u, "c70cff000000000000000400000000")]
    [TestCase(-1L, 999999999u, "c70cff3b9ac9ffffffffffffffffff")]
    [TestCase(long.MinValue, 0u, "c70cff000000008000000000000000")]
    public void Timestamps_have_their_shortest_form(long seconds, uint nanoseconds, string hex)
    {
        var value = new MessagePackTimestamp(seconds, nanoseconds);
        var bytes = Convert.FromHexString(hex);

        Assert.That(Written((ref MessagePackWriter writer) => writer.WriteTimestamp(value)), Is.EqualTo(bytes));
        Assert.That(new MessagePackReader(bytes, MessagePackLimits.CanonicalForm).ReadTimestamp(), Is.EqualTo(value));
    }

    [TestCase("d7ff0000000000000001", MessagePackErrorCode.NotCanonical)]
    [TestCase("c70cff000000000000000000000000", MessagePackErrorCode.NotCanonical)]
    [TestCase("d7ffee6b280000000000", MessagePackErrorCode.InvalidValue)]
    [TestCase("d5ff0000", MessagePackErrorCode.InvalidValue)]
    [TestCase("d60100000000", MessagePackErrorCode.WrongType)]
    public void Timestamps_that_are_none_are_refused(string hex, MessagePackErrorCode code)
    {
        var fault = Fault(Convert.FromHexString(hex), (ref MessagePackReader reader) => reader.ReadTimestamp(), MessagePackLimits.CanonicalForm);

        Assert.That(fault.Code, Is.EqualTo(code));
    }

    [Test]
    public void Timestamps_and_instants_are_converted_exactly()
    {
        DateTimeOffset[] instants = [DateTimeOffset.MinValue, DateTimeOffset.UnixEpoch.AddTicks(-1), DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue];
        foreach (var instant in instants)
        {
            Assert.That(MessagePackTimestamp.From(instant).TryGetInstant(out var back), Is.True);
            Assert.That(back, Is.EqualTo(instant));
        }

        Assert.That(new MessagePackTimestamp(long.MaxValue, 0).TryGetInstant(out _), Is.False);
    }

    [Test]
    public void Half_a_surrogate_pair_is_not_written()
    {
        var fault = Assert.Throws<MessagePackException>(() => ValueTree.Encode("ab\ud800"));

        Assert.That(fault?.Code, Is.EqualTo(MessagePackErrorCode.InvalidText));
    }

    private delegate void WriteValue(ref MessagePackWriter writer);

    private delegate T ReadValue<out T>(ref MessagePackReader reader);

    private static byte[] Written(WriteValue write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        write(ref writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static MessagePackException Fault<T>(byte[] input, ReadValue<T> read, MessagePackLimits? limits = null) =>
        Assert.Throws<MessagePackException>(() =>
        {
            var reader = new MessagePackReader(input, limits);
            read(ref reader);
        }) ?? throw new AssertionException("no fault");
}
