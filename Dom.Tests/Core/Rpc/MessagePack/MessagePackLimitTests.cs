using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;

namespace Dom.Tests.Core.Rpc.MessagePack;

/// <summary>Input that wants more than it gets: memory, depth, bytes, another type.</summary>
public sealed class MessagePackLimitTests
{
    private const int Small = 4096;

    [TestCase("dbffffffff", MessagePackErrorCode.TooLong)]
    [TestCase("c6ffffffff", MessagePackErrorCode.TooLong)]
    [TestCase("c9ffffffff01", MessagePackErrorCode.TooLong)]
    [TestCase("ddffffffff", MessagePackErrorCode.TooManyElements)]
    [TestCase("dfffffffff", MessagePackErrorCode.TooManyElements)]
    [TestCase("db00ffffff", MessagePackErrorCode.Truncated)]
    [TestCase("dd0003ffff", MessagePackErrorCode.Truncated)]
    public void A_header_that_promises_too_much_takes_no_memory(string hex, MessagePackErrorCode code)
    {
        byte[] input = [.. Convert.FromHexString(hex), 0, 0, 0];
        Refuse(input);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Refuse(input);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(Small));
        Assert.That(fault.Code, Is.EqualTo(code));

        static MessagePackException Refuse(byte[] input)
        {
            try
            {
                new MessagePackReader(input).Skip();
            }
            catch (MessagePackException fault)
            {
                return fault;
            }

            throw new AssertionException("accepted");
        }
    }

    [Test]
    public void Many_nested_headers_cannot_promise_the_same_bytes_twice()
    {
        // Each array claims all bytes after it; together they claim far more than there are.
        var input = new byte[1000];
        for (var i = 0; i + 3 <= 60; i += 3)
        {
            (input[i], input[i + 1], input[i + 2]) = (0xdc, 0x03, 0x00);
        }

        Assert.That(Fault(input).Code, Is.EqualTo(MessagePackErrorCode.Truncated));
    }

    [TestCase((byte)0x91)]
    [TestCase((byte)0x81)]
    public void Nesting_ten_thousand_deep_is_refused_at_the_limit(byte header)
    {
        var input = Enumerable.Repeat(header, 20_001).ToArray();

        var fault = Fault(input);

        Assert.That(fault.Code, Is.EqualTo(MessagePackErrorCode.TooDeep));
        Assert.That(fault.Offset, Is.LessThan(200));
    }

    [Test]
    public void Nesting_is_accepted_up_to_the_limit()
    {
        var limits = new MessagePackLimits { MaxDepth = 5 };
        object? value = new List<object?>();
        for (var depth = 1; depth < 5; depth++)
        {
            value = new List<object?> { value };
        }

        Assert.That(() => ValueTree.Decode(ValueTree.Encode(value), limits), Throws.Nothing);
        Assert.That(() => ValueTree.Decode(ValueTree.Encode(new List<object?> { value }), limits), Throws.TypeOf<MessagePackException>());
    }

    [TestCase(0)]
    [TestCase(MessagePackLimits.HighestDepth + 1)]
    public void Limits_without_sense_are_refused(int depth) =>
        Assert.That(() => new MessagePackLimits { MaxDepth = depth }, Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void A_message_cut_off_at_any_byte_is_refused_as_truncated()
    {
        var whole = MessagePackSerializer.Serialize(SampleRecords.Full with { Chunk = new byte[300] });
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole[..length];
            Assert.That(Fault(() => MessagePackSerializer.Deserialize<SampleRecord>(cut)).Code, Is.EqualTo(MessagePackErrorCode.Truncated), $"{length} bytes");
            Assert.That(Fault(cut).Code, Is.EqualTo(MessagePackErrorCode.Truncated), $"{length} bytes");
        }
    }

    [Test]
    public void The_byte_that_is_never_used_is_refused_everywhere()
    {
        Assert.That(Fault([0xc1]).Code, Is.EqualTo(MessagePackErrorCode.ReservedByte));
        Assert.That(Fault([0x92, 0x01, 0xc1]).Code, Is.EqualTo(MessagePackErrorCode.ReservedByte));
        Assert.That(Fault(() => new MessagePackReader(new byte[] { 0xc1 }).ReadInt32()).Code, Is.EqualTo(MessagePackErrorCode.ReservedByte));
    }

    [Test]
    public void Text_that_is_not_utf8_is_refused() =>
        Assert.That(Fault(() => new MessagePackReader(new byte[] { 0xa2, 0xc3, 0x28 }).ReadString()).Code, Is.EqualTo(MessagePackErrorCode.InvalidText));

    [TestCase("cc7f")]
    [TestCase("d005")]
    [TestCase("d0ff")]
    [TestCase("cd00ff")]
    [TestCase("d1ff80")]
    [TestCase("ce0000ffff")]
    [TestCase("d2ffff8000")]
    [TestCase("cf00000000ffffffff")]
    [TestCase("d3ffffffff80000000")]
    [TestCase("d90178")]
    [TestCase("da000178")]
    [TestCase("db0000000178")]
    [TestCase("c5000178")]
    [TestCase("c60000000178")]
    [TestCase("c7010578")]
    [TestCase("c800030578787878")]
    [TestCase("dc000105")]
    [TestCase("dd0000000105")]
    [TestCase("de00010505")]
    [TestCase("df000000010505")]
    public void Longer_forms_are_read_but_refused_where_the_form_must_be_canonical(string hex)
    {
        var input = Convert.FromHexString(hex);

        Assert.That(() => new MessagePackReader(input).Skip(), Throws.Nothing);
        Assert.That(
            Fault(() => new MessagePackReader(input, MessagePackLimits.CanonicalForm).Skip()).Code, Is.EqualTo(MessagePackErrorCode.NotCanonical));
    }

    [Test]
    public void Values_of_contracts_are_checked()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Fault(() => Reader(new byte[31]).ReadObjectId()).Code, Is.EqualTo(MessagePackErrorCode.InvalidValue));
            Assert.That(Reader(new byte[32]).ReadObjectId(), Is.EqualTo(default(ObjectId)));
            Assert.That(Fault(() => Reader(new byte[32], MessagePackLimits.CanonicalForm).ReadObjectId()).Code, Is.EqualTo(MessagePackErrorCode.NotCanonical));
            Assert.That(Fault(() => Reader("a\0b"u8.ToArray()).ReadUnixPath()).Code, Is.EqualTo(MessagePackErrorCode.InvalidValue));
            Assert.That(Fault(() => Reader((Int128)long.MaxValue).ReadTimeSpan()).Code, Is.EqualTo(MessagePackErrorCode.OutOfRange));
            Assert.That(Fault(() => Reader((Int128)long.MinValue).ReadDateTimeOffset()).Code, Is.EqualTo(MessagePackErrorCode.OutOfRange));
            Assert.That(Fault(() => Reader((Int128)256).ReadByte()).Code, Is.EqualTo(MessagePackErrorCode.OutOfRange));
            Assert.That(Fault(() => Reader((Int128)(-1)).ReadUInt64()).Code, Is.EqualTo(MessagePackErrorCode.OutOfRange));
            Assert.That(Fault(() => Reader(0.1).ReadSingle()).Code, Is.EqualTo(MessagePackErrorCode.OutOfRange));
        });
    }

    [Test]
    public void A_value_is_never_read_as_another_type()
    {
        object?[] values = [null, true, (Int128)1, 1.5, "text", new byte[3], new List<object?>(), new List<KeyValuePair<object?, object?>>(), new MessagePackExtension(1, new byte[3])];
        foreach (var value in values)
        {
            var type = Reader(value).NextType;
            var accepted = new List<MessagePackType>();
            Try(MessagePackType.Boolean, (ref MessagePackReader reader) => reader.ReadBoolean());
            Try(MessagePackType.Integer, (ref MessagePackReader reader) => reader.ReadInt64());
            Try(MessagePackType.String, (ref MessagePackReader reader) => reader.ReadString());
            Try(MessagePackType.Binary, (ref MessagePackReader reader) => reader.ReadBinary());
            Try(MessagePackType.Array, (ref MessagePackReader reader) => reader.ReadArrayHeader());
            Try(MessagePackType.Map, (ref MessagePackReader reader) => reader.ReadMapHeader());
            Try(MessagePackType.Extension, (ref MessagePackReader reader) => reader.ReadExtension());
            Assert.That(accepted, Is.EqualTo(type is MessagePackType.Float or MessagePackType.Nil ? [] : (MessagePackType[])[type]));

            void Try(MessagePackType wanted, Read read)
            {
                var reader = Reader(value);
                try
                {
                    read(ref reader);
                    accepted.Add(wanted);
                }
                catch (MessagePackException fault)
                {
                    Assert.That(fault.Code, Is.EqualTo(MessagePackErrorCode.WrongType));
                    Assert.That(fault.Offset, Is.Zero);
                }
            }
        }
    }

    private delegate void Read(ref MessagePackReader reader);

    private static MessagePackReader Reader(object? value, MessagePackLimits? limits = null) => new(ValueTree.Encode(value), limits);

    private static MessagePackException Fault(byte[] input) => Fault(() => new MessagePackReader(input).Skip());

    private static MessagePackException Fault(Action read) =>
        Assert.Throws<MessagePackException>(read) ?? throw new AssertionException("no fault");
}
