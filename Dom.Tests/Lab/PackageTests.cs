using System.Text.Json;
using System.Text.RegularExpressions;
using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>The package on booted machines: master and image server on one, subs that manage the live root of the others.</summary>
[TestFixture]
[Category("lab")]
public sealed partial class PackageTests
{
    private static readonly string[] Roles = ["dom-imageserver", "dom-lock-manager", "dom-master", "dom-mdb-sync", "dom-sub"];

    /// <summary>What a machine writes by itself, as filter lines.</summary>
    private static readonly string[] MachineFiles =
    [
        "/(proc|sys|dev|run|tmp|root|lost.found)(|/.*)$", "/var/(log|tmp|cache)(|/.*)$", "/var/lib/(systemd|private|apt|dpkg)(|/.*)$",
        "/etc/(ssl|systemd)(|/.*)$", "/etc/(hosts|machine-id|hostname|resolv.conf|.pwd.lock)$",
    ];

    private TempDirectory _directory;
    private MachineLab _lab;

    [OneTimeSetUp]
    public async Task A_fleet_is_up()
    {
        _directory = new TempDirectory("dom-lab-");
        _lab = await SharedLab.GetAsync();
    }

    [OneTimeTearDown]
    public void The_directory_is_removed() => _directory.Dispose();

    [Test]
    [CancelAfter(300_000)]
    public async Task What_apt_installs_apt_purges_without_a_trace(CancellationToken cancellationToken)
    {
        (await _lab.LabAsync(cancellationToken, "boot", "plain")).Expect();
        var before = _directory.Combine("before");
        await Tool.RunOkAsync("cp", "-a", "--one-file-system", _lab.RootOf("plain"), before);
        (await _lab.LabAsync(cancellationToken, "install", "plain")).Expect();
        var units = await _lab.ExecAsync("plain", cancellationToken, "systemctl", "list-unit-files", "--no-legend", "dom-*");
        Assert.That(units.Split('\n').Select(l => l.Split(' ')[0]), Is.EquivalentTo(Roles.Select(r => r + ".service")));
        Assert.That(units, Does.Not.Contain(" enabled "), "nothing starts before it is asked for");
        await _lab.ExecAsync("plain", cancellationToken, "sh", "-c",
            "echo IMAGE_SERVER_HOSTNAME=images.lab > /etc/default/dominator; dom setup; systemctl enable dom-sub dom-master dom-imageserver dom-mdb-sync; mkdir -p /.subd/objects; touch /var/lib/mdbd/mdb.json");
        Assert.That(await _lab.ExecAsync("plain", cancellationToken, "readlink", "/etc/systemd/system/dominator.service"), Does.EndWith("/dom-master.service"));

        await _lab.ExecAsync("plain", cancellationToken, "sh", "-c", "DEBIAN_FRONTEND=noninteractive apt-get -qq purge -y dom");

        // Left out is what apt, dpkg and the journal remember of anything they do. The user tools write their files anew, with the old content.
        var differences = await Rsync.DifferencesAsync(
            before, _lab.RootOf("plain"), "/var/lib/dpkg/**", "/var/lib/apt/**", "/var/cache/**", "/var/log/**", "/tmp/**",
            "/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/gshadow-");
        Assert.That(differences.Where(line => !NewTimeOnly().IsMatch(line)), Is.Empty);
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task The_master_reports_the_first_scan_of_a_live_root_and_a_reboot_as_a_new_boot_id(CancellationToken cancellationToken)
    {
        var sub = await _lab.AwaitSubAsync("m1", "the first scan is reported", s => State(s) is { } state && state.GetProperty("inodes").GetInt64() > 0, cancellationToken);
        var inodes = State(sub)!.Value.GetProperty("inodes").GetInt64();
        var onDisk = long.Parse(await _lab.ExecAsync("m1", cancellationToken, "sh", "-c", "df --output=iused / | tail -n 1"), null);
        // Everything but what is excluded and the sub's own; nothing of /proc or /sys, which have tens of thousands.
        Assert.That(inodes, Is.InRange(onDisk * 8 / 10, onDisk));
        var boot = BootId(sub);
        Assert.That(await _lab.ExecAsync("m1", cancellationToken, "cat", "/proc/sys/kernel/random/boot_id"), Is.EqualTo(boot));

        await _lab.LabAsync(cancellationToken, "exec", "m1", "systemctl", "reboot");

        var again = await _lab.AwaitSubAsync("m1", "a new boot id", s => State(s) is not null && BootId(s) != boot, cancellationToken);
        Assert.That(await _lab.AwaitAsync("m1", "up again", s => s.Length > 0, cancellationToken, "cat", "/proc/sys/kernel/random/boot_id"), Is.EqualTo(BootId(again)));
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Drift_of_a_live_root_is_corrected_and_what_is_mounted_is_never_touched(CancellationToken cancellationToken)
    {
        await _lab.AwaitSubAsync("m1", "the first scan is reported", s => State(s) is { } state && state.GetProperty("inodes").GetInt64() > 0, cancellationToken);
        var filter = string.Join('\n', MachineFiles);
        // What scans of the machine leave out is missing in the image, too, which the push says with its exit code.
        await _lab.ExecAsync("head", cancellationToken, "sh", "-c", $"printf '%s\\n' '{filter}' > /root/filter && {{ dom image push live/1 sub:m1 --filter /root/filter || [ $? = {ExitCode.Partial} ]; }}");
        await _lab.ExecAsync("m1", cancellationToken, "sh", "-c", "mkdir -p /opt/m && mount -t tmpfs lab /opt/m && touch /opt/m/inside");
        try
        {
            await _lab.RequireAsync("m1", "live/1", cancellationToken);
            await _lab.ExecAsync("m1", cancellationToken, "sh", "-c", "rm /usr/bin/tac; chmod u-s /usr/bin/su; echo wrong > /etc/issue; mknod /srv/null c 1 3; mkdir /opt/more");

            await _lab.AwaitAsync("m1", "put right", s => s == "4755 ok", cancellationToken, "sh", "-c",
                "stat -c %a /usr/bin/su | tr '\n' ' '; [ -x /usr/bin/tac ] && ! grep -q wrong /etc/issue && [ ! -e /srv/null ] && [ ! -e /opt/more ] && echo ok");
            Assert.That(await _lab.ExecAsync("m1", cancellationToken, "ls", "/opt/m"), Is.EqualTo("inside"));
            var sub = await _lab.AwaitSubAsync("m1", "a state", s => State(s) is not null, cancellationToken);
            Assert.That(State(sub)!.Value.GetProperty("notice_fault").GetString(), Is.Empty, "the unit lets the kernel tell changes");
        }
        finally
        {
            await _lab.RequireAsync("m1", "", CancellationToken.None);
            await _lab.ExecAsync("m1", CancellationToken.None, "umount", "/opt/m");
        }
    }

    [TestCase("m1", "subd", "dom-sub")]
    [TestCase("head", "dominator", "dom-master")]
    [TestCase("head", "imageserver", "dom-imageserver")]
    [CancelAfter(300_000)]
    public async Task Service_stops_and_starts_a_role_by_the_name_of_the_program_it_replaces(string machine, string service, string unit, CancellationToken cancellationToken)
    {
        await _lab.AwaitAsync(machine, "it runs", s => s == "active", cancellationToken, "systemctl", "is-active", unit);

        await _lab.ExecAsync(machine, cancellationToken, "service", service, "stop");
        Assert.That((await _lab.LabAsync(cancellationToken, "exec", machine, "systemctl", "is-active", unit)).Output.Trim(), Is.EqualTo("inactive"));
        Assert.That(await _lab.ExecAsync(machine, cancellationToken, "systemctl", "show", "-P", "Result", unit), Is.EqualTo("success"));

        await _lab.ExecAsync(machine, cancellationToken, "service", service, "start");
        Assert.That(await _lab.ExecAsync(machine, cancellationToken, "systemctl", "is-active", unit), Is.EqualTo("active"));
    }

    [TestCase("m1", "dom-sub", "sub.look:4")]
    [TestCase("head", "dom-master", "master.list:4")]
    [CancelAfter(300_000)]
    public async Task A_role_whose_loop_stands_still_is_ended_by_the_watchdog_and_started_anew(string machine, string unit, string stall, CancellationToken cancellationToken)
    {
        var place = $"/run/systemd/system/{unit}.service.d";
        try
        {
            await _lab.ExecAsync(machine, cancellationToken, "sh", "-c",
                $"mkdir -p {place} && printf '[Service]\\nWatchdogSec=6\\nEnvironment=DOM_STALL={stall}\\n' > {place}/stall.conf && systemctl daemon-reload && systemctl restart {unit}");

            await _lab.AwaitAsync(machine, "restarted by the watchdog", s => s != "0", cancellationToken, "systemctl", "show", "-P", "NRestarts", unit);
            Assert.That(
                await _lab.ExecAsync(machine, cancellationToken, "journalctl", "--no-pager", "-u", unit, "-o", "cat"),
                Does.Contain("Watchdog timeout").And.Contain($"the loop {stall.Split(':')[0]} has given no sign of life"));
        }
        finally
        {
            await _lab.ExecAsync(machine, CancellationToken.None, "sh", "-c", $"rm -rf {place} && systemctl daemon-reload && systemctl kill -s KILL {unit}; systemctl restart {unit}");
        }

        await _lab.AwaitAsync(machine, "it runs", s => s == "active", cancellationToken, "systemctl", "is-active", unit);
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task The_master_takes_user_and_image_server_from_its_defaults_file(CancellationToken cancellationToken)
    {
        Assert.That(await _lab.ExecAsync("head", cancellationToken, "systemctl", "show", "-P", "Environment", "dom-master"), Does.Contain("DOM_Master__ImageServer=head"));
        Assert.That(await _lab.ExecAsync("head", cancellationToken, "stat", "-c", "%U", "/var/lib/Dominator", "/etc/ssl/dominator/key.pem"), Is.EqualTo("dom-master\ndom-master"));

        await _lab.ExecAsync("head", cancellationToken, "sh", "-c",
            "useradd --system boss && cp /etc/default/dominator /root/defaults && echo USERNAME=boss >> /etc/default/dominator && dom setup && systemctl restart dom-master");
        var owners = await _lab.ExecAsync("head", cancellationToken, "sh", "-c", "stat -c %U /var/lib/Dominator/mdb /proc/$(systemctl show -P MainPID dom-master)");
        await _lab.ExecAsync("head", cancellationToken, "sh", "-c", "mv /root/defaults /etc/default/dominator && dom setup && systemctl restart dom-master && userdel boss");

        Assert.That(owners, Is.EqualTo("boss\nboss"));
        Assert.That(await _lab.ExecAsync("head", cancellationToken, "stat", "-c", "%U", "/var/lib/Dominator/mdb"), Is.EqualTo("dom-master"));
    }

    [GeneratedRegex(@"^\.f\.\.t\.{6} etc/(passwd|shadow|group|gshadow)$")]
    private static partial Regex NewTimeOnly();

    private static JsonElement? State(JsonElement sub) => sub.TryGetProperty("state", out var state) && state.ValueKind == JsonValueKind.Object ? state : null;

    private static string BootId(JsonElement sub) => State(sub)!.Value.GetProperty("boot_id").GetString()!;
}
