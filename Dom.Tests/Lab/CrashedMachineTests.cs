using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Hosting;
using Dom.Tests.Support;

namespace Dom.Tests.Lab;

/// <summary>A whole booted machine ends in the middle of an update, or brings itself another dom.</summary>
[TestFixture]
[Category("lab")]
[CancelAfter(3_600_000)]
public sealed class CrashedMachineTests
{
    private const string Machine = "m2";
    private const int Files = 60;

    private static readonly Trigger[] Triggers = [new() { Service = "crash-a", MatchLines = ["/opt/crash/.*"] }];

    private readonly Random _random = new();
    private MachineLab _lab;
    private LabImages _images;
    private Dictionary<string, string>[] _contents;
    private TimeSpan _undisturbed;

    private string Root => _lab.RootOf(Machine);

    private string Journal => Root + "/.subd/journal";

    [OneTimeSetUp]
    public async Task A_machine_has_one_of_two_images()
    {
        _lab = await SharedLab.GetAsync();
        _images = new LabImages(_lab, "crash");
        _contents = [Contents(0), Contents(1)];
        for (var image = 0; image < 2; image++)
        {
            await _images.PushAsync($"crash/{image}", _contents[image].Append(_images.Unit("crash-a")), Triggers, null, CancellationToken.None);
        }

        foreach (var image in new[] { 0, 1 })
        {
            await _lab.RequireAsync(Machine, $"crash/{image}", CancellationToken.None);
            await AwaitJournalAsync(CancellationToken.None);
            var begun = Stopwatch.GetTimestamp();
            while (File.Exists(Journal))
            {
                await Task.Delay(1);
            }

            _undisturbed = Stopwatch.GetElapsedTime(begun);
            await SyncedAsync($"crash/{image}", CancellationToken.None);
        }

        // After a boot it is systemd's to start what no update had stopped.
        await _lab.ExecAsync(Machine, CancellationToken.None, "systemctl", "enable", "--quiet", "crash-a");
    }

    [OneTimeTearDown]
    public Task The_machine_is_let_go() => _lab.RequireAsync(Machine, "", CancellationToken.None);

    [Test]
    public async Task A_machine_that_ends_at_any_instant_of_an_update_has_each_file_old_or_new_and_comes_back([Values] bool power, CancellationToken cancellationToken)
    {
        var now = await File.ReadAllTextAsync(Root + "/opt/crash/release", cancellationToken) == "release 0" ? 0 : 1;
        for (var count = Counts.Of(1, 60); count > 0; count--)
        {
            now = 1 - now;
            await _lab.RequireAsync(Machine, $"crash/{now}", cancellationToken);
            await AwaitJournalAsync(cancellationToken);
            var instant = _undisturbed * _random.NextDouble() * 1.1;
            await Task.Delay(instant, cancellationToken);
            if (power)
            {
                LoopFileSystem.PullPower(Root);
            }

            (await _lab.LabAsync(cancellationToken, "kill", Machine)).Expect();
            if (power)
            {
                (await _lab.LabAsync(cancellationToken, "check", Machine)).Expect();
            }

            var label = $"{instant.TotalMilliseconds:0.0} of {_undisturbed.TotalMilliseconds:0} ms after the journal was begun";
            Assert.That(Violations(), Is.Empty, label);
            (await _lab.LabAsync(cancellationToken, "start", Machine)).Expect();
            await SyncedAsync($"crash/{now}", cancellationToken);
            Assert.That(
                Directory.GetFiles(Root + "/opt/crash").ToDictionary(f => f[Root.Length..], File.ReadAllText), Is.EquivalentTo(_contents[now]), label);
            Assert.That(File.Exists(Journal), Is.False, label);
            Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "systemctl", "is-active", "crash-a"), Is.EqualTo("active"), label);
        }
    }

    [Test]
    public async Task A_machine_brings_itself_another_dom_and_goes_on_with_that(CancellationToken cancellationToken)
    {
        var version = Encoding.UTF8.GetBytes(BuildVersion.Text.Split('+')[0] + "+");
        var other = Encoding.UTF8.GetBytes("9" + Encoding.UTF8.GetString(version)[1..]);
        var program = await File.ReadAllBytesAsync(Root + "/usr/bin/dom", cancellationToken);
        var replaced = 0;
        for (var i = 0; program.AsSpan(i).IndexOf(version) is >= 0 and var at; i += at + version.Length)
        {
            other.CopyTo(program, i + at);
            replaced++;
        }

        Assert.That(replaced, Is.GreaterThan(0), "the version stands in the program");
        var before = await _lab.ExecAsync(Machine, cancellationToken, "systemctl", "show", "-P", "MainPID", "dom-sub");
        await _images.PushAsync("crash/self", _contents[0].Append(_images.Unit("crash-a")), Triggers, program, cancellationToken);
        await _lab.RequireAsync(Machine, "crash/self", cancellationToken);

        var sub = await _lab.AwaitSubAsync(
            Machine, "in sync with another dom", s => IsSynced(s, "crash/self") && s.GetProperty("state").GetProperty("version").GetString()!.StartsWith('9'), cancellationToken);

        Assert.That(sub.GetProperty("state").GetProperty("last_update_error").GetString(), Is.Empty);
        Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "sh", "-c", "cmp /proc/$(systemctl show -P MainPID dom-sub)/exe /usr/bin/dom && echo same"), Is.EqualTo("same"));
        Assert.That(await _lab.ExecAsync(Machine, cancellationToken, "systemctl", "show", "-P", "MainPID", "dom-sub"), Is.Not.EqualTo(before));
    }

    private List<string> Violations()
    {
        var found = Directory.GetFiles(Root + "/opt/crash").ToDictionary(f => f[Root.Length..], File.ReadAllText);
        return
        [
            .. found.Where(f => !Array.Exists(_contents, c => c.GetValueOrDefault(f.Key) == f.Value)).Select(static f => $"{f.Key}: {f.Value.Length} bytes: {f.Value[..Math.Min(40, f.Value.Length)]}"),
            .. _contents[0].Keys.Intersect(_contents[1].Keys).Where(path => !found.ContainsKey(path)).Select(static path => $"{path} is missing"),
        ];
    }

    private async Task AwaitJournalAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(3));
        while (!File.Exists(Journal))
        {
            await Task.Delay(1, limit.Token);
        }
    }

    private Task<JsonElement> SyncedAsync(string image, CancellationToken cancellationToken) =>
        _lab.AwaitSubAsync(Machine, $"in sync with {image}", s => IsSynced(s, image), cancellationToken);

    private static bool IsSynced(JsonElement sub, string image) =>
        sub.GetProperty("status").GetString() == "synced" && sub.GetProperty("required_image").GetString() == image
        && sub.GetProperty("state").GetProperty("applied_image").GetString() == image;

    /// <summary>Files that change, one that does not, and some that only this image has.</summary>
    private static Dictionary<string, string> Contents(int image)
    {
        var contents = Enumerable.Range(0, Files).ToDictionary(static i => $"/opt/crash/file{i}", i => new string((char)('a' + image), (i % 7 * 5000) + 1) + i);
        contents["/opt/crash/release"] = $"release {image}";
        contents["/opt/crash/same"] = "always the same";
        contents["/opt/crash/crash-a"] = $"{image}";
        for (var i = 0; i < 5; i++)
        {
            contents[$"/opt/crash/only{image}-{i}"] = $"only in {image}";
        }

        return contents;
    }
}
