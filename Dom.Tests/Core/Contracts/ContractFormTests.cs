using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dom.Core.Contracts;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Contracts;

/// <summary>Every message of every method has a MessagePack and a JSON form that say the same.</summary>
public sealed class ContractFormTests
{
    /// <summary>One walk for each message type of the methods.</summary>
    public static IEnumerable<TestCaseData> Forms =>
        from method in AllMethods.List
        let types = method.GetType().GetGenericArguments()
        from form in ((Type Type, string Property)[])[(types[0], nameof(RpcMethod<SampleLeaf, SampleLeaf>.RequestJson)), (types[1], nameof(RpcMethod<SampleLeaf, SampleLeaf>.ResponseJson))]
        group (method, form.Property) by form.Type into uses
        orderby uses.Key.Name
        let first = uses.First()
        let json = first.method.GetType().GetProperty(first.Property)?.GetValue(first.method)
        let walk = (IContractForm?)Activator.CreateInstance(typeof(ContractForm<>).MakeGenericType(uses.Key), json)
        select new TestCaseData(walk).SetArgDisplayNames(uses.Key.Name);

    [Test]
    public void The_list_of_methods_has_all_that_are_declared()
    {
        var declared = typeof(AllMethods).Assembly.GetTypes()
            .SelectMany(static type => type.GetFields(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Static))
            .Where(static field => field.FieldType.IsAssignableTo(typeof(RpcMethod)))
            .Select(static field => ((RpcMethod)field.GetValue(null)!).FullName);
        Assert.That(AllMethods.List.Select(static method => method.FullName), Is.EquivalentTo(declared));
    }

    [TestCaseSource(nameof(Forms))]
    public void Both_forms_hold_everything_that_a_message_holds(IContractForm form) => ForRandomSeeds(form.RoundTrip);

    [TestCaseSource(nameof(Forms))]
    public void Both_forms_use_the_same_names(IContractForm form) => ForRandomSeeds(form.CompareNames);

    [TestCaseSource(nameof(Forms))]
    public void Json_means_by_what_it_leaves_out_what_MessagePack_means(IContractForm form) => form.LeaveAllOut();

    [TestCaseSource(nameof(Forms))]
    public void Mutated_messages_are_read_or_refused(IContractForm form) => ForRandomSeeds(form.Fuzz);

    [TestCase("""{"epoch":1,"generation":1,"bootId":null}""")]
    [TestCase("""{"epoch":1,"generation":1,"failedServices":null}""")]
    [TestCase("""{"epoch":1,"epoch":1,"generation":1}""")]
    [TestCase("""{"epoch":1}""")]
    [TestCase("""{"epoch":-1,"generation":1}""")]
    public void Json_is_refused_where_MessagePack_would_be(string text) =>
        Assert.That(() => JsonSerializer.Deserialize(text, ContractsJson.Default.PollResponse), Throws.TypeOf<JsonException>());

    private static void ForRandomSeeds(Action<Random> walk)
    {
        var seed = Random.Shared.Next();
        for (var i = 0; i < Counts.Of(50, 5_000); i++)
        {
            try
            {
                walk(new Random(seed + i));
            }
            catch (Exception)
            {
                TestContext.Out.WriteLine($"seed {seed + i}");
                throw;
            }
        }
    }

    /// <summary>What is done with each message type, without naming the type.</summary>
    public interface IContractForm
    {
        void RoundTrip(Random random);

        void CompareNames(Random random);

        void LeaveAllOut();

        void Fuzz(Random random);
    }

    private sealed class ContractForm<T>(JsonTypeInfo<T> json) : IContractForm
        where T : IMessagePackSerializable<T>
    {
        public void RoundTrip(Random random)
        {
            var message = (T)new RandomContract(random).Make(typeof(T));
            var bytes = MessagePackSerializer.Serialize(message);

            Assert.That(MessagePackSerializer.Serialize(MessagePackSerializer.Deserialize<T>(bytes, MessagePackLimits.CanonicalForm)), Is.EqualTo(bytes));

            var text = JsonSerializer.Serialize(message, json);
            var read = JsonSerializer.Deserialize(text, json) ?? throw new AssertionException("null");
            Assert.That(MessagePackSerializer.Serialize(read), Is.EqualTo(bytes), text);
        }

        public void CompareNames(Random random)
        {
            var message = (T)new RandomContract(random).Make(typeof(T));
            var reader = new MessagePackReader(MessagePackSerializer.Serialize(message));
            using var document = JsonDocument.Parse(JsonSerializer.Serialize(message, json));
            var names = document.RootElement.EnumerateObject().Select(property => property.Name).ToHashSet();
            for (var pairs = reader.ReadMapHeader(); pairs > 0; pairs--)
            {
                Assert.That(names, Does.Contain(reader.ReadString()));
                reader.Skip();
            }
        }

        public void LeaveAllOut()
        {
            T message;
            try
            {
                message = MessagePackSerializer.Deserialize<T>(new byte[] { 0x80 });
            }
            catch (MessagePackException)
            {
                Assert.That(() => JsonSerializer.Deserialize("{}", json), Throws.TypeOf<JsonException>());
                return;
            }

            var read = RpcCodec.Read("{}"u8.ToArray(), RpcEncoding.Json, json);
            Assert.That(MessagePackSerializer.Serialize(read), Is.EqualTo(MessagePackSerializer.Serialize(message)));
            var nullability = new System.Reflection.NullabilityInfoContext();
            foreach (var property in typeof(T).GetProperties().Where(p => p.GetIndexParameters().Length == 0))
            {
                if (nullability.Create(property).ReadState == System.Reflection.NullabilityState.NotNull)
                {
                    Assert.That(property.GetValue(read), Is.Not.Null, property.Name);
                }
            }
        }

        public void Fuzz(Random random)
        {
            var message = (T)new RandomContract(random).Make(typeof(T));
            var bytes = new MessageMutator(random).Mutate(MessagePackSerializer.Serialize(message));
            try
            {
                // What is still readable is a message like any other, and can be written.
                MessagePackSerializer.Serialize(MessagePackSerializer.Deserialize<T>(bytes));
            }
            catch (MessagePackException fault)
            {
                Assert.That(fault.Message, Does.StartWith(typeof(T).Name).Or.Contain("follow the value"));
            }
        }
    }
}
