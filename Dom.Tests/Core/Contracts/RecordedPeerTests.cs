using Dom.Core.Contracts;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Contracts;

/// <summary>
/// Rule 7: this program works with the recorded one, both ways. These tests fail when a property, a method or a value of an enumeration is removed, renamed or gets another
/// form, and when a new property is required. Properties that are added and not required are welcome.
/// </summary>
public sealed class RecordedPeerTests
{
    private static readonly RecordedPeer Peer = RecordedPeer.Read();

    /// <summary>Every record that travels, whether alone or in another one.</summary>
    private static readonly Type[] Types =
    [
        .. typeof(AllMethods).Assembly.GetTypes()
            .Where(static type => type.Namespace?.StartsWith("Dom.Core.Contracts", StringComparison.Ordinal) == true && !type.IsAbstract
                && type.GetInterfaces().Any(static i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IMessagePackSerializable<>)))
            .OrderBy(static type => type.FullName, StringComparer.Ordinal),
    ];

    private static IEnumerable<Type> Enumerations => typeof(AllMethods).Assembly.GetTypes()
        .Where(static type => type.IsEnum && type.Namespace?.StartsWith("Dom.Core.Contracts", StringComparison.Ordinal) == true);

    /// <summary>The recorded messages, those whose record is gone included.</summary>
    public static IEnumerable<TestCaseData> Recorded => Peer.Messages.Keys.Select(static name => new TestCaseData(name));

    [Test]
    public void Every_message_and_method_is_recorded()
    {
        var methods = AllMethods.List.Select(static m => $"{m.FullName} {m.Shape} {string.Join(' ', m.GetType().GetGenericArguments().Select(static t => t.Name))}").ToList();
        var values = Enumerations.SelectMany(static type => Enum.GetNames(type).Select(name => $"{type.Name}.{name} = {Enum.Format(type, Enum.Parse(type, name), "D")}")).ToList();
        if (RecordedPeer.Records)
        {
            RecordedPeer.Read().Add(Types.ToDictionary(static type => type.Name, static type => FormOf(type).Record()), methods, values);
            return;
        }

        Assert.That(Types.Select(static type => type.Name).Concat(methods).Concat(values).Except([.. Peer.Messages.Keys, .. Peer.Methods, .. Peer.Values]), Is.Empty, "new: run this test with DOM_UPDATE_DOCS=1");
        Assert.That(Peer.Methods.Except(methods), Is.Empty, "gone, or other than the recorded program calls them");
        Assert.That(Peer.Values.Except(values), Is.Empty, "gone, or other numbers than the recorded program uses");
    }

    [TestCaseSource(nameof(Recorded))]
    public void What_the_recorded_program_wrote_is_understood_whole(string name)
    {
        var form = FormOf(name);
        var message = Peer.Messages[name];
        var full = MessageTree.Parse(message.Full);
        Assert.That(full.FindLoss(MessageTree.Parse(form.ReadAndWrite(message.Full)), name), Is.Null);

        // What a newer program adds is skipped, what an older one does not know yet is not needed.
        Assert.That(full.FindLoss(MessageTree.Parse(form.ReadAndWrite(full.EncodeWithUnknown())), name), Is.Null);
        Assert.That(MessageTree.Parse(message.Least).FindLoss(MessageTree.Parse(form.ReadAndWrite(message.Least)), name), Is.Null);
    }

    [TestCaseSource(nameof(Recorded))]
    public void The_recorded_program_understands_what_is_written_now(string name)
    {
        var form = FormOf(name);
        var (full, least) = (MessageTree.Parse(Peer.Messages[name].Full), MessageTree.Parse(Peer.Messages[name].Least));
        Assert.That(least.Keys.Except(MessageTree.Parse(form.Record().Least).Keys), Is.Empty, "what it cannot do without is always there");
        for (var seed = 0; seed < 20; seed++)
        {
            Assert.That(full.FindOtherKind(MessageTree.Parse(form.Make(seed)), name), Is.Null, $"seed {seed}");
        }
    }

    [Test]
    public void A_loss_another_kind_and_an_unknown_pair_are_noticed()
    {
        byte[] recorded = [0x82, 0xa1, (byte)'a', 0x01, 0xa1, (byte)'b', 0x91, 0x81, 0xa1, (byte)'c', 0x02];
        byte[] renamed = [0x82, 0xa1, (byte)'a', 0x01, 0xa1, (byte)'b', 0x91, 0x81, 0xa1, (byte)'d', 0x02];
        byte[] text = [0x82, 0xa1, (byte)'a', 0xa1, (byte)'1', 0xa1, (byte)'b', 0x90];
        var tree = MessageTree.Parse(recorded);
        Assert.That(tree.FindLoss(MessageTree.Parse(recorded), "m"), Is.Null);
        Assert.That(tree.FindLoss(MessageTree.Parse(tree.EncodeWithUnknown()), "m"), Is.Null, "more is no loss");
        Assert.That(MessageTree.Parse(tree.EncodeWithUnknown()).FindLoss(tree, "m"), Is.EqualTo("m.b[0].fromANewerPeer! is lost"));
        Assert.That(tree.FindLoss(MessageTree.Parse(renamed), "m"), Is.EqualTo("m.b[0].c is lost"));
        Assert.That(tree.FindOtherKind(MessageTree.Parse(renamed), "m"), Is.Null);
        Assert.That(tree.FindOtherKind(MessageTree.Parse(text), "m"), Does.StartWith("m.a was "));
    }

    private static IForm FormOf(string name) =>
        FormOf(Types.SingleOrDefault(type => type.Name == name) ?? throw new AssertionException($"the recorded program sends {name}, which is not known any more"));

    private static IForm FormOf(Type type) => (IForm)Activator.CreateInstance(typeof(Form<>).MakeGenericType(type))!;

    /// <summary>What is done with each record, without naming its type.</summary>
    private interface IForm
    {
        RecordedMessage Record();

        byte[] Make(int seed);

        byte[] ReadAndWrite(byte[] bytes);
    }

    private sealed class Form<T> : IForm
        where T : IMessagePackSerializable<T>
    {
        public RecordedMessage Record() => new(
            Write(new RandomContract(new Random(1)) { Filling = RandomContractFilling.Everything }),
            Write(new RandomContract(new Random(1)) { Filling = RandomContractFilling.Nothing }));

        public byte[] Make(int seed) => Write(new RandomContract(new Random(seed)));

        public byte[] ReadAndWrite(byte[] bytes) => MessagePackSerializer.Serialize(MessagePackSerializer.Deserialize<T>(bytes));

        private static byte[] Write(RandomContract contract) => MessagePackSerializer.Serialize((T)contract.Make(typeof(T)));
    }
}
