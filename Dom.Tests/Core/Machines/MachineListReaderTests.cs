using System.Text;
using Dom.Core.Machines;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Machines;

[CancelAfter(30_000)]
public sealed class MachineListReaderTests
{
    [Test]
    public async Task The_reference_example_is_read_with_every_field(CancellationToken cancellationToken)
    {
        var list = await ReadAsync(
            """
            [
                { "Hostname": "web7.example.com",  "IpAddress": "10.0.3.7", "Location": "SJC/rack4",
                  "DataSourceType": "json", "RequiredImage": "web/101", "DisableUpdates": true,
                  "OwnerGroups": ["web-sre"], "OwnerUsers": ["alice"],
                  "AwsMetadata": { "AccountId": "1", "AccountName": "n", "InstanceId": "i", "Region": "r", "Tags": { "k": "v" } },
                  "Tags": { "Type": "frontend", "DisableSafetyCheck": "true" } },
                { "Hostname": "mail0.example.com", "RequiredImage": "mail/12", "PlannedImage": "mail/13" }
            ]
            """,
            cancellationToken);

        Assert.That(list.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "mail0.example.com", "web7.example.com" }));
        var web = list.Find("web7.example.com")!;
        Assert.That(web.Host, Is.EqualTo("10.0.3.7"));
        Assert.That(web.DisableUpdates, Is.True);
        Assert.That(web.HasTag(MachineTags.DisableSafetyCheck), Is.True);
        Assert.That(web.AwsMetadata!.Tags["k"], Is.EqualTo("v"));
        Assert.That(list.Find("mail0.example.com")!.PlannedImage, Is.EqualTo("mail/13"));
    }

    [Test]
    public async Task Unknown_fields_nulls_and_other_cases_of_names_are_taken_as_upstream_takes_them(CancellationToken cancellationToken)
    {
        var list = await ReadAsync(
            """[{"hostname":"a","New":{"deep":[1,{"x":null}]},"Tags":null,"OwnerUsers":null,"Location":null,"requiredIMAGE":"b/1"}]""", cancellationToken);
        Assert.That(list.Machines[0], Is.EqualTo(new Machine { Hostname = "a", RequiredImage = "b/1" }));
    }

    [TestCase("[]", 0)]
    [TestCase(" [ ] \n", 0)]
    public async Task An_empty_array_is_a_list(string text, int count, CancellationToken cancellationToken) =>
        Assert.That((await ReadAsync(text, cancellationToken)).Count, Is.EqualTo(count));

    [TestCase("", 1, 1)]
    [TestCase("{}", 1, 1)]
    [TestCase("[\n  {\"Hostname\":\"a\"},\n", 3, 1)]
    [TestCase("[\n  {\"Hostname\":\"a\"}\n", 3, 1)]
    [TestCase("[\n  {\"Hostname\":\"a\"},\n  7\n]", 3, 3)]
    [TestCase("[\n  {\"Hostname\":\"a\"},\n  {\"Hostname\":\"a\"}\n]", 3, 3)]
    [TestCase("[\n  {\"Hostname\":\"a b\"}\n]", 2, 3)]
    [TestCase("[\n  {\"RequiredImage\":\"x\"}\n]", 2, 3)]
    [TestCase("[{\"Hostname\":\"a\"}]\n[", 2, 1)]
    [TestCase("[{\"Hostname\":\"a\"}\n{\"Hostname\":\"b\"}]", 2, 1)]
    [TestCase("[{\"Hostname\":\"a\",\n \"DisableUpdates\": \"yes\"}]", 2, 0)]
    [TestCase("[{\"Hostname\":\"a\",\n \"hostname\": \"b\"}]", 2, 0)]
    public void A_fault_is_refused_with_its_line(string text, int line, int position, CancellationToken cancellationToken)
    {
        var fault = Assert.ThrowsAsync<MachineListException>(() => ReadAsync(text, cancellationToken))!;
        Assert.That(fault.Line, Is.EqualTo(line), fault.Message);
        if (position > 0)
        {
            Assert.That(fault.Position, Is.EqualTo(position), fault.Message);
        }

        Assert.That(fault.Message, Does.Not.Contain("BytePositionInLine"));
    }

    [Test]
    public void Limits_are_named_when_they_are_exceeded(CancellationToken cancellationToken)
    {
        var limits = new MachineListLimits { MaxFileBytes = 500_000, MaxMachineBytes = 1_000, MaxMachines = 3 };
        var large = $"[{{\"Hostname\":\"a\",\"Location\":\"{new string('x', 2_000)}\"}}]";
        var huge = $"[{{\"Hostname\":\"a\",\"Location\":\"{new string('x', 300_000)}\"}}]";
        var many = "[" + string.Join(',', Enumerable.Range(0, 4).Select(i => $"{{\"Hostname\":\"a{i}\"}}")) + "]";
        var long_ = "[" + string.Join(',', Enumerable.Range(0, 800).Select(i => $"{{\"Hostname\":\"a{i}\",\"Location\":\"{new string('x', 700)}\"}}")) + "]";
        var deep = "[" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000) + "]";
        Assert.That(() => ReadAsync(large, cancellationToken, limits), Throws.TypeOf<MachineListException>().With.Message.Contains("1000"));
        Assert.That(() => ReadAsync(huge, cancellationToken, limits), Throws.TypeOf<MachineListException>().With.Message.Contains("1000"));
        Assert.That(() => ReadAsync(many, cancellationToken, limits), Throws.TypeOf<MachineListException>().With.Message.Contains("more than 3"));
        Assert.That(() => ReadAsync(long_, cancellationToken, limits with { MaxMachines = 1_000 }), Throws.TypeOf<MachineListException>().With.Message.Contains("500000"));
        Assert.That(() => ReadAsync(deep, cancellationToken), Throws.TypeOf<MachineListException>());
    }

    [Test]
    public async Task Any_cut_of_the_stream_into_pieces_gives_the_same_list(CancellationToken cancellationToken)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var text = "[" + string.Join(",\n", Enumerable.Range(0, 300).Select(i => $"{{ \"Hostname\": \"h{i}\", \"Location\": \"{new string('é', random.Next(900))}\" }}")) + "]";
        var whole = await ReadAsync(text, cancellationToken);
        for (var i = 0; i < Counts.Of(5, 100); i++)
        {
            var pieces = new PieceStream(Encoding.UTF8.GetBytes(text), random);
            var list = await MachineListReader.ReadAsync(pieces, MachineListLimits.Default, cancellationToken);
            Assert.That(list.Machines, Is.EqualTo(whole.Machines), $"seed {seed}");
        }
    }

    [Test]
    public void Every_cut_off_file_is_refused(CancellationToken cancellationToken)
    {
        const string text = "[{\"Hostname\":\"a\",\"Tags\":{\"x\":\"y\"}},{\"Hostname\":\"b\"}]";
        for (var length = 0; length < text.Length; length++)
        {
            Assert.That(() => ReadAsync(text[..length], cancellationToken), Throws.TypeOf<MachineListException>(), text[..length]);
        }
    }

    private static Task<MachineList> ReadAsync(string text, CancellationToken cancellationToken, MachineListLimits? limits = null) =>
        MachineListReader.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), limits ?? MachineListLimits.Default, cancellationToken);

    private sealed class PieceStream(byte[] content, Random random) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 5_000))], cancellationToken);
    }
}
