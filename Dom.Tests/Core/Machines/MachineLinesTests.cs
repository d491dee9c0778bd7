using System.Text;
using Dom.Core.Machines;

namespace Dom.Tests.Core.Machines;

/// <summary>Machines as lines of text.</summary>
public sealed class MachineLinesTests
{
    [Test]
    public async Task A_line_holds_host_images_and_whether_updates_are_disabled()
    {
        var list = await TextAsync("""
            # the web servers
            web1.example.com
            web2 web/1    # moved last week

            web3	web/1 web/2
            web4 web/1 web/2 true
            web5 web/1 web/2 false
            """);
        Assert.That(list.Machines.Select(m => (m.Hostname, m.RequiredImage, m.PlannedImage, m.DisableUpdates)), Is.EqualTo(new[]
        {
            ("web1.example.com", "", "", false), ("web2", "web/1", "", false), ("web3", "web/1", "web/2", false),
            ("web4", "web/1", "web/2", true), ("web5", "web/1", "web/2", false),
        }));
    }

    [Test]
    public async Task A_host_list_gives_all_the_same_images()
    {
        var list = await HostsAsync("a\nb\r\n#c\n\n  d  ");
        Assert.That(list.Machines, Is.EqualTo(new[] { Of("a"), Of("b"), Of("d") }));

        static Machine Of(string name) => new() { Hostname = name, RequiredImage = "web/1", PlannedImage = "web/2" };
    }

    [TestCase("ok\nweb1 a b c", 2, "true or false, not 'c'")]
    [TestCase("ok\n\nweb1 a b true d", 3, "5 words")]
    [TestCase("web1\nweb2\nweb1", 3, "twice, first in line 1")]
    [TestCase("we/b1", 1, "label 'we/b1'")]
    [TestCase("ok\n\u0000", 2, "label")]
    public void A_bad_line_is_named(string content, int line, string message) =>
        Assert.That(async () => await TextAsync(content), Throws.TypeOf<MachineListException>()
            .With.Property(nameof(MachineListException.Line)).EqualTo(line).And.Message.Contains(message));

    [Test]
    public void A_host_list_with_images_is_refused_with_what_to_use() =>
        Assert.That(async () => await HostsAsync("web1 web/1"), Throws.TypeOf<MachineListException>().With.Message.Contains("driver text"));

    [Test]
    public void What_is_not_text_is_refused() =>
        Assert.That(async () => await ReadAsync([(byte)'a', (byte)'\n', 0xff, (byte)'\n']), Throws.TypeOf<MachineListException>().With.Message.Contains("line 2").And.Message.Contains("UTF-8"));

    [Test]
    public void A_line_without_end_takes_no_memory() =>
        Assert.That(async () => await ReadAsync(new byte[100_000]), Throws.TypeOf<MachineListException>().With.Message.Contains("more than 4096 bytes"));

    [Test]
    public async Task Ten_thousand_lines_are_read_in_small_pieces()
    {
        var text = string.Join('\n', Enumerable.Range(0, 10_000).Select(i => $"web{i}.example.com web/{i % 7}"));
        using var stream = new TricklingStream(Encoding.UTF8.GetBytes(text));
        var list = await MachineLines.ReadTextAsync(stream, MachineListLimits.Default, CancellationToken.None);
        Assert.That(list.Count, Is.EqualTo(10_000));
        Assert.That(list.Find("web9999.example.com")?.RequiredImage, Is.EqualTo("web/3"));
    }

    [Test]
    public void More_machines_than_allowed_are_refused() =>
        Assert.That(async () => await ReadAsync("a\nb\nc\n"u8.ToArray(), new MachineListLimits { MaxMachines = 2 }),
            Throws.TypeOf<MachineListException>().With.Message.Contains("more than 2 machines"));

    private static Task<MachineList> TextAsync(string content) => ReadAsync(Encoding.UTF8.GetBytes(content));

    private static Task<MachineList> ReadAsync(byte[] content, MachineListLimits? limits = null) =>
        MachineLines.ReadTextAsync(new MemoryStream(content), limits ?? MachineListLimits.Default, CancellationToken.None);

    private static Task<MachineList> HostsAsync(string content) =>
        MachineLines.ReadHostsAsync(new MemoryStream(Encoding.UTF8.GetBytes(content)), "web/1", "web/2", MachineListLimits.Default, CancellationToken.None);

    /// <summary>Gives a few bytes at a time, so that lines are cut everywhere.</summary>
    private sealed class TricklingStream(byte[] content) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 777)], cancellationToken);
    }
}
