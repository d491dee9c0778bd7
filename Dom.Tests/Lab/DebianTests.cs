using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>Debian for real: a machine is driven from one release of its image to another and back, and rsync finds no difference.</summary>
[TestFixture]
[Category("lab")]
public sealed class DebianTests
{
    private const string Filter = """
        # what a machine writes by itself
        /proc(|/.*)$
        /sys(|/.*)$
        /dev(|/.*)$
        /tmp/.*
        /var/log/.*
        """;

    private const string Triggers = """
        [
            { "MatchLines": ["/etc/ssh/.*", "/usr/sbin/sshd$"], "Service": "ssh" },
            { "MatchLines": ["/usr/sbin/cron$"], "Service": "cron" }
        ]
        """;

    private static readonly string[] Filtered = ["/proc/**", "/sys/**", "/dev/**", "/proc", "/sys", "/dev", "/tmp/**", "/var/log/**", "/.subd"];

    private TempDirectory _roots;

    private string A => _roots.Combine("a");

    private string B => _roots.Combine("b");

    [OneTimeSetUp]
    public async Task Two_Debian_roots_are_built()
    {
        _roots = new TempDirectory("dom-lab-");
        await Task.WhenAll(BuildAsync(A, []), BuildAsync(B, ["--include=openssh-server,cron"]));
    }

    [OneTimeTearDown]
    public void Roots_are_removed() => _roots.Dispose();

    [Test]
    [CancelAfter(900_000)]
    public async Task A_machine_is_driven_to_another_Debian_and_back(CancellationToken cancellationToken)
    {
        var machine = _roots.Combine("machine");
        await Tool.RunOkAsync("cp", "-a", A, machine);
        Assert.That(await Rsync.DifferencesAsync(A, machine, Filtered), Is.Empty, "the copy itself");
        await using var fleet = await DomFleet.StartAsync(_roots.CreateDirectory("fleet"), machine, cancellationToken);
        var filter = _roots.WriteFile("filter", Filter);
        var triggers = _roots.WriteFile("triggers", Triggers);
        foreach (var (name, root) in new[] { ("debian/1", A), ("debian/2", B) })
        {
            (await fleet.DomAsync("image", "push", name, root, "--filter", filter, "--triggers", triggers)).Expect();
        }

        foreach (var (name, root) in new[] { ("debian/2", B), ("debian/1", A), ("debian/2", B) })
        {
            await File.WriteAllTextAsync(fleet.ServiceLog, "", cancellationToken);
            fleet.Require(name);
            await fleet.WaitUntilSyncedAsync(name, TimeSpan.FromMinutes(4), cancellationToken);
            Assert.That(await Rsync.DifferencesAsync(root, machine, Filtered), Is.Empty, $"after {name}");
            var services = await File.ReadAllLinesAsync(fleet.ServiceLog, cancellationToken);
            Assert.That(services, Does.Contain(name == "debian/2" ? "start ssh" : "stop ssh"));
        }
    }

    [Test]
    public async Task The_comparison_sees_one_byte_one_mode_one_attribute_and_one_hard_link()
    {
        var copy = _roots.Combine("copy");
        await Tool.RunOkAsync("cp", "-a", A, copy);
        var byteChanged = Path.Combine(copy, "etc/debian_version");
        var mtime = File.GetLastWriteTimeUtc(byteChanged);
        var bytes = await File.ReadAllBytesAsync(byteChanged);
        bytes[0] ^= 1;
        await File.WriteAllBytesAsync(byteChanged, bytes);
        File.SetLastWriteTimeUtc(byteChanged, mtime);
        File.SetUnixFileMode(Path.Combine(copy, "etc/hostname"), UnixFileMode.UserRead);
        await Tool.RunOkAsync("setfattr", "-n", "user.one", "-v", "1", Path.Combine(copy, "etc/passwd"));
        await Tool.RunOkAsync("cp", "-a", Path.Combine(copy, "usr/bin/perl"), Path.Combine(copy, "usr/bin/perl.alone"));
        await Tool.RunOkAsync("mv", Path.Combine(copy, "usr/bin/perl.alone"), Path.Combine(copy, "usr/bin/perl5.36.0"));

        var lines = await Rsync.DifferencesAsync(A, copy, Filtered);

        Assert.That(lines.Select(line => line.Split(' ', 2)[1].Trim()), Is.EquivalentTo(new[]
        {
            "etc/debian_version", "etc/hostname", "etc/passwd", "usr/bin/perl5.36.0 => usr/bin/perl",
        }));
    }

    private static async Task BuildAsync(string root, string[] options) => (await Tool.RunAsync(
        "mmdebstrap", ["--variant=minbase", "--quiet", .. options, "bookworm", root], timeout: TimeSpan.FromMinutes(5))).Expect();
}
