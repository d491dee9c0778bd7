using System.Buffers;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;

namespace Dom.Tests.Core.Rpc.MessagePack;

public sealed class GeneratedRecordTests
{
    private static readonly SampleRecord Smallest = new() { Title = "", Leaf = new SampleLeaf { Name = "" }, Note = null, Parent = null };

    [Test]
    public void Required_properties_are_always_written_and_others_only_when_they_hold_something()
    {
        var keys = KeysOf(MessagePackSerializer.Serialize(Smallest));

        Assert.That(keys, Is.EqualTo((string[])["title", "leaf", "note", "parent"]));
    }

    [Test]
    public void Absent_properties_get_the_default_of_their_type()
    {
        var read = RoundTrip(Smallest);

        Assert.Multiple(() =>
        {
            Assert.That(read.Text, Is.Empty);
            Assert.That(read.Texts, Is.Empty);
            Assert.That(read.Objects, Is.Empty);
            Assert.That(read.Bytes, Is.Empty);
            Assert.That(read.MaybeTexts, Is.Null);
            Assert.That(read.MaybeNumber, Is.Null);
            Assert.That(read.MaybeChunk, Is.Null);
            Assert.That(read.Number, Is.Zero);
        });
    }

    [Test]
    public void Every_kind_of_property_comes_back_as_it_was()
    {
        var record = SampleRecords.Full;

        var read = RoundTrip(record);

        Assert.Multiple(() =>
        {
            Assert.That(read.Leaf.Next?.Next?.Name, Is.EqualTo("c"));
            Assert.That(read.Mode, Is.EqualTo(SampleMode.Sparse));
            Assert.That(read.Age, Is.EqualTo(SampleAge.Ancient));
            Assert.That(read.Path, Is.EqualTo(record.Path));
            Assert.That(read.Time, Is.EqualTo(record.Time));
            Assert.That(read.Wait, Is.EqualTo(record.Wait));
            Assert.That(read.Points, Is.EqualTo(record.Points));
            Assert.That(read.MaybeTexts, Is.EqualTo(record.MaybeTexts));
            Assert.That(read.Table, Is.EqualTo(record.Table));
            Assert.That(read.Objects["b"], Is.EqualTo(record.Objects["b"]));
            Assert.That(read.MaybeGroups?["g"], Is.EqualTo(record.MaybeGroups?["g"]));
            Assert.That(MessagePackSerializer.Serialize(read), Is.EqualTo(MessagePackSerializer.Serialize(record)));
        });
    }

    [Test]
    public void Nil_and_empty_are_kept_apart_where_a_property_can_be_null()
    {
        var record = Smallest with { MaybeText = "", MaybeChunk = ReadOnlyMemory<byte>.Empty, MaybeTexts = [], MaybeNumber = 0 };

        var read = RoundTrip(record);

        Assert.Multiple(() =>
        {
            Assert.That(read.MaybeText, Is.Empty);
            Assert.That(read.MaybeChunk, Is.Not.Null);
            Assert.That(read.MaybeTexts, Is.Empty);
            Assert.That(read.MaybeNumber, Is.Zero);
            Assert.That(Read("maybeChunk", (ref MessagePackWriter writer) => writer.WriteNil()).MaybeChunk, Is.Null);
        });
    }

    [Test]
    public void Chunks_borrow_from_the_input()
    {
        var bytes = MessagePackSerializer.Serialize(Smallest with { Chunk = new byte[] { 1, 2, 3 } });

        var read = MessagePackSerializer.Deserialize<SampleRecord>(bytes);
        bytes[^1] = 9;

        Assert.That(read.Chunk.ToArray(), Is.EqualTo((byte[])[1, 2, 9]));
    }

    [Test]
    public void Unknown_keys_are_skipped_with_all_they_hold()
    {
        var read = Read("fromTheFuture", (ref MessagePackWriter writer) => SampleLeaf.Write(ref writer, Smallest.Leaf));

        Assert.That(read.Leaf.Name, Is.Empty);
    }

    [Test]
    public void Dictionaries_are_written_in_the_order_of_their_keys()
    {
        var one = Smallest with { Objects = new Dictionary<string, ObjectId> { ["b"] = default, ["a"] = default } };
        var other = Smallest with { Objects = new Dictionary<string, ObjectId> { ["a"] = default, ["b"] = default } };

        Assert.That(MessagePackSerializer.Serialize(one), Is.EqualTo(MessagePackSerializer.Serialize(other)));
    }

    [Test]
    public void A_missing_required_property_is_named()
    {
        var fault = Fault([0x81, 0xa5, .. "title"u8, 0xa0]);

        Assert.That(fault.Code, Is.EqualTo(MessagePackErrorCode.MissingProperty));
        Assert.That(fault.Message, Does.StartWith("SampleRecord: the required property 'leaf' is missing"));
    }

    [Test]
    public void A_key_that_stands_twice_is_named()
    {
        var fault = Fault([0x82, 0xa5, .. "title"u8, 0xa0, 0xa5, .. "title"u8, 0xa0]);

        Assert.That(fault.Code, Is.EqualTo(MessagePackErrorCode.DuplicateKey));
        Assert.That(fault.Message, Does.StartWith("SampleRecord: the key 'title' stands twice"));
    }

    [Test]
    public void A_wrong_type_names_the_whole_way_to_the_property()
    {
        var fault = Fault([0x81, 0xa4, .. "leaf"u8, 0x81, 0xa5, .. "count"u8, 0xa1, (byte)'x']);

        Assert.That(fault.Code, Is.EqualTo(MessagePackErrorCode.WrongType));
        Assert.That(fault.Message, Is.EqualTo("SampleRecord.leaf: SampleLeaf.count: expected an integer, found a string (byte 13)"));
    }

    [Test]
    public void Nil_for_a_property_that_cannot_be_null_is_refused()
    {
        Assert.That(Fault([0x81, 0xa5, .. "title"u8, 0xc0]).Code, Is.EqualTo(MessagePackErrorCode.WrongType));
    }

    [Test]
    public void Bytes_after_a_message_are_refused()
    {
        Assert.That(Fault([.. MessagePackSerializer.Serialize(Smallest), 0xc0]).Code, Is.EqualTo(MessagePackErrorCode.TrailingBytes));
    }

    [Test]
    public void Records_that_hold_themselves_are_read_to_the_depth_limit_and_no_further()
    {
        var leaf = new SampleLeaf { Name = "" };
        for (var depth = 1; depth < 64; depth++)
        {
            leaf = new SampleLeaf { Name = "", Next = leaf };
        }

        var deeper = MessagePackSerializer.Serialize(new SampleLeaf { Name = "", Next = leaf });

        Assert.That(MessagePackSerializer.Deserialize<SampleLeaf>(MessagePackSerializer.Serialize(leaf)), Is.EqualTo(leaf));
        Assert.That(
            Assert.Throws<MessagePackException>(() => MessagePackSerializer.Deserialize<SampleLeaf>(deeper))?.Code,
            Is.EqualTo(MessagePackErrorCode.TooDeep));
    }

    [Test]
    public void Structs_are_read_and_written_without_allocating()
    {
        var point = new SamplePoint(-5, long.MaxValue, ulong.MaxValue, true, 1.5);
        var output = new ArrayBufferWriter<byte>(1024);
        ReadOnlyMemory<byte> bytes = MessagePackSerializer.Serialize(point);
        Once();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Once();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(MessagePackSerializer.Deserialize<SamplePoint>(bytes), Is.EqualTo(point));

        void Once()
        {
            output.ResetWrittenCount();
            MessagePackSerializer.Serialize(output, point);
            MessagePackSerializer.Deserialize<SamplePoint>(bytes);
        }
    }

    [Test]
    public void Contracts_of_unusual_shapes_come_back_as_they_were()
    {
        var odd = new SampleOddity(7)
        {
            @event = 1,
            Pairs = 2,
            Key = 3,
            FileMode = UnixFileMode.UserRead,
            A = null,
            B = null,
            C = new SampleOddity(8) { @event = 0, A = "", B = 0, C = null },
            Table = [[], [new SampleOuter.Inner.Nested(5)]],
            List = [null, new SampleOuter.Inner.Nested(6)],
        };

        var read = MessagePackSerializer.Deserialize<SampleOddity>(MessagePackSerializer.Serialize(odd));

        Assert.That(read.Positional, Is.EqualTo(7));
        Assert.That(read.FileMode, Is.EqualTo(UnixFileMode.UserRead));
        Assert.That(read.Table[1], Is.EqualTo(odd.Table[1]));
        Assert.That(read.List, Is.EqualTo(odd.List));
        Assert.That(read.C?.A, Is.Empty);
        Assert.That(MessagePackSerializer.Serialize(read), Is.EqualTo(MessagePackSerializer.Serialize(odd)));
        Assert.That(MessagePackSerializer.Serialize(new SampleNothing()), Is.EqualTo((byte[])[0x80]));
        Assert.That(MessagePackSerializer.Deserialize<SampleNothing>(MessagePackSerializer.Serialize(odd)), Is.EqualTo(new SampleNothing()));
    }

    private static SampleRecord RoundTrip(SampleRecord record) =>
        MessagePackSerializer.Deserialize<SampleRecord>(MessagePackSerializer.Serialize(record), MessagePackLimits.CanonicalForm);

    private static MessagePackException Fault(byte[] input) =>
        Assert.Throws<MessagePackException>(() => MessagePackSerializer.Deserialize<SampleRecord>(input)) ?? throw new AssertionException("no fault");

    private delegate void WriteValue(ref MessagePackWriter writer);

    /// <summary>The smallest sample with one more pair.</summary>
    private static SampleRecord Read(string key, WriteValue value)
    {
        var smallest = MessagePackSerializer.Serialize(Smallest);
        var output = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(output);
        writer.WriteMapHeader((smallest[0] & 0x0f) + 1);
        writer.WriteRaw(smallest.AsSpan(1));
        writer.Write(key);
        value(ref writer);
        writer.Flush();
        return MessagePackSerializer.Deserialize<SampleRecord>(output.WrittenMemory);
    }

    private static List<string> KeysOf(byte[] message)
    {
        var reader = new MessagePackReader(message);
        var keys = new List<string>();
        for (var pairs = reader.ReadMapHeader(); pairs > 0; pairs--)
        {
            keys.Add(reader.ReadString());
            reader.Skip();
        }

        return keys;
    }
}
