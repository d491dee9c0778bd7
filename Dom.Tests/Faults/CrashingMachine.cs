using System.Diagnostics;
using System.Globalization;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Roles.Sub;
using Dom.Tests.Support;

namespace Dom.Tests.Faults;

/// <summary>A file system of its own, a real sub process on it, and images between which it is driven while it crashes. After each crash everything is judged.</summary>
internal sealed class CrashingMachine : IAsyncDisposable
{
    private static readonly PathFilter Filter = PathFilter.FromLines(["/lost\\+found(|/.*)$", "/\\.subd(|/.*)$"]);
    private static readonly string[] NotCompared = ["/.subd", "/lost+found"];

    private readonly LoopFileSystem _disk;
    private readonly string _source;
    private HashSet<string> _old = [];
    private HashSet<string> _new = [];
    private int _release;

    private CrashingMachine(SubRig rig, LoopFileSystem disk)
    {
        (Rig, _disk) = (rig, disk);
        _source = rig.Source("source");
    }

    public SubRig Rig { get; }

    /// <summary>How long an undisturbed fetch takes, and an update, from the direction to the answer that it is done.</summary>
    private (TimeSpan Fetch, TimeSpan Update) _undisturbed;

    /// <summary>Starts a machine and brings it to its first two images.</summary>
    public static async Task<CrashingMachine> StartAsync(CancellationToken cancellationToken)
    {
        LoopFileSystem? disk = null;
        var rig = await SubRig.StartAsync(cancellationToken, directory => disk = LoopFileSystem.Mount(directory), asProcess: true);
        var machine = new CrashingMachine(rig, disk!);
        await machine.ReleaseAsync();
        await rig.ConvergeAsync(cancellationToken);
        await machine.ReleaseAsync();
        await machine.ReadyAsync(fetched: false, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await rig.FetchAsync(rig.Required!, cancellationToken);
        await rig.PollUntilAsync(static s => s.Phase == SubPhase.Idle, cancellationToken);
        var fetch = Stopwatch.GetElapsedTime(started);
        var ready = await machine.ReadyAsync(fetched: true, cancellationToken);
        started = Stopwatch.GetTimestamp();
        await rig.UpdateAsync(ready, cancellationToken);
        await rig.PollUntilAsync(static s => s.Phase == SubPhase.Idle, cancellationToken);
        machine._undisturbed = (fetch, Stopwatch.GetElapsedTime(started));
        await rig.ConvergeAsync(cancellationToken);
        await machine.AssertIsNewAsync();
        return machine;
    }

    /// <summary>Makes another image of every kind of change, and requires it.</summary>
    public async Task ReleaseAsync()
    {
        _release++;
        await WriteSourceAsync();
        _old = _new;
        _new = await ListAsync(_source);
        Rig.Required = await Rig.Shelf.AddAsync($"test/{_release}", _source, manifest => manifest with
        {
            Filter = ["/lost\\+found(|/.*)$"],
            Triggers =
            [
                new Trigger { MatchLines = ["/etc/.*"], Service = "configured" },
                new Trigger { MatchLines = ["/usr/bin/.*"], Service = "serving" },
            ],
        });
    }

    /// <summary>Drives the sub until it is killed: by a fail point, or at a random instant of a fetch or (mostly) of an update.</summary>
    /// <param name="random">Chooses the instant; null when a fail point does it.</param>
    /// <param name="power">Pulls the power too, and not only the process dies.</param>
    /// <param name="anotherSyncs">With <paramref name="power"/>: another program syncs its file just before.</param>
    /// <param name="cancellationToken">Ends the test.</param>
    /// <returns>The instant, for people, and whether the sub had said before that everything is done.</returns>
    public async Task<(string Instant, bool Done)> CrashAsync(Random? random, bool power, bool anotherSyncs, CancellationToken cancellationToken)
    {
        const int oneOf = 5;
        var inFetch = random?.Next(oneOf) == 0;
        await ReadyAsync(fetched: false, cancellationToken);
        PollResponse? ready = null;
        if (!inFetch)
        {
            await Rig.FetchAsync(Rig.Required!, cancellationToken);
            ready = await ReadyAsync(fetched: true, cancellationToken);
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var instant = (inFetch ? _undisturbed.Fetch : _undisturbed.Update) * (random?.NextDouble() ?? 0) * 1.1;
        var directed = ready is null ? (Task)Rig.FetchAsync(Rig.Required!, over.Token) : Rig.UpdateAsync(ready, over.Token);
        var ended = EndAsync(directed, over.Token);
        if (random is not null)
        {
            await Task.WhenAny(Task.Delay(instant, cancellationToken));
            Rig.Process.Freeze();
        }
        else
        {
            Assert.That(await Rig.Process.EndAsync(cancellationToken), Is.EqualTo(FaultRun.Killed), Rig.Process.Log);
        }

        var done = !inFetch && ended.IsCompletedSuccessfully;
        if (power && anotherSyncs)
        {
            _disk.SyncByAnother();
        }

        if (power)
        {
            _disk.PullPower();
        }

        if (random is not null)
        {
            await Rig.Process.KillAsync();
        }

        await over.CancelAsync();
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Rig.ForgetProcessAsync();
        if (power)
        {
            _disk.ComeBack();
        }

        return (string.Create(CultureInfo.InvariantCulture, $"{instant.TotalMilliseconds:F1} ms after the {(inFetch ? "fetch" : "update")} began"), done);
    }

    private async Task EndAsync(Task directed, CancellationToken cancellationToken)
    {
        await directed;
        await Rig.PollUntilAsync(static s => s.Phase == SubPhase.Idle, cancellationToken);
    }

    private Task<PollResponse> ReadyAsync(bool fetched, CancellationToken cancellationToken) => Rig.PollUntilAsync(
        s => s.Phase == SubPhase.Idle && s.RequiredManifest == Rig.Required!.Manifest
            && (fetched ? s is { RequiredReadiness: ImageReadiness.Ready, Plan.Steps: > 0 } : s.RequiredReadiness == ImageReadiness.NeedsTree),
        cancellationToken);

    /// <summary>Every path is as in the image before or as in the one that was being brought, and none is missing that both have.</summary>
    public async Task<List<string>> ViolationsAsync()
    {
        var now = await ListAsync(Rig.Root);
        var paths = now.Select(PathOf).ToHashSet();
        var both = _old.Select(PathOf).Intersect(_new.Select(PathOf));
        return
        [
            .. now.Where(line => !_old.Contains(line) && !_new.Contains(line)),
            .. both.Where(path => !paths.Contains(path)).Select(path => $"{path} is missing"),
        ];
    }

    /// <summary>The machine is equal to the image.</summary>
    public async Task AssertIsNewAsync()
    {
        Assert.That(await Rsync.DifferencesAsync(_source, Rig.Root, NotCompared), Is.Empty);
        foreach (var service in new[] { "configured", "serving" })
        {
            var stopped = Array.LastIndexOf(Rig.Services, $"stop {service}");
            Assert.That(Array.LastIndexOf(Rig.Services, $"start {service}"), Is.GreaterThanOrEqualTo(stopped), $"{service}: {string.Join(", ", Rig.Services)}");
        }

        Assert.That(File.Exists(Rig.Root + "/.subd/services"), Is.False);
        Assert.That(File.Exists(Rig.Root + "/.subd/journal"), Is.False);
    }

    /// <summary>After a crash: what is there is judged, the sub starts again, finishes what it had begun and then comes to the required image.</summary>
    public async Task AssertComesBackAsync(string label, bool wasDone, CancellationToken cancellationToken)
    {
        Assert.That(await ViolationsAsync(), Is.Empty, label);
        if (wasDone)
        {
            Assert.That(await ListAsync(Rig.Root), Is.EquivalentTo(_new), $"{label}: what was reported as done stays");
        }

        Rig.Environment.Remove(FailPoint.Variable);
        await Rig.StartSubAsync(cancellationToken);
        var state = await Rig.ConvergeAsync(cancellationToken);
        Assert.That((state.AppliedManifest, state.BegunManifest.IsNone, state.ServicesDown), Is.EqualTo((Rig.Required!.Manifest, true, false)), label);
        await AssertIsNewAsync();
    }

    /// <summary>Starts the sub anew with a fail point.</summary>
    public async Task RestartAsync(string failPoint, CancellationToken cancellationToken)
    {
        await Rig.StopSubAsync();
        Rig.Environment[FailPoint.Variable] = failPoint;
        await Rig.StartSubAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync() => await Rig.DisposeAsync();

    private static string PathOf(string line) => line.Split(' ', 2)[0];

    private static async Task<HashSet<string>> ListAsync(string directory)
    {
        using var root = DirectoryHandle.Open(directory);
        var request = new ScanRequest { Scope = new ScanScope(Filter) };
        var scan = await new TreeScanner(root, new ScanOptions { ReadAhead = false }).ScanAsync(request, null, CancellationToken.None);

        // Which names belong together is not a fact of one path; rsync judges it at the end.
        return [.. ScanFixture.List(scan.Tree.Tree).Where(static line => line[0] == '/' && !line.StartsWith("/ ", StringComparison.Ordinal) && !line.Contains(" Opaque ", StringComparison.Ordinal))];
    }

    private async Task WriteSourceAsync()
    {
        var odd = _release % 2 == 1;
        await Tool.RunOkAsync("find", _source, "-mindepth", "1", "-delete");
        Write("etc/release", $"release {_release}");
        Write("etc/same", "always the same");
        for (var i = 0; i < 24; i++)
        {
            Write($"etc/conf.d/{i}", $"{(i % 3 == 0 ? _release : 0)} {i}");
        }

        Write("usr/bin/tool", "tool of release " + _release, 0b111_101_101);
        Write("usr/bin/setuid", "gains power", odd ? 0b111_101_101 : 0b100_111_101_101);
        Write("usr/bin/mode", "only its mode changes", odd ? 0b110_100_100 : 0b110_100_000);
        Write("usr/lib/large", new string((char)('a' + (_release % 26)), 3 << 20));
        Write("usr/lib/loader", "loader");
        Write("usr/share/names/a", "linked " + _release);
        if (odd)
        {
            Write("lib/loader", "loader");
            Write("lib/below/more", "more");
            Write("kind", "a file");
            Write("usr/share/names/b", "apart");
            Write("opt/old/x", "x");
            Write("opt/old/below/y", "y");
            File.CreateSymbolicLink(_source + "/usr/bin/link", "tool");
        }
        else
        {
            File.CreateSymbolicLink(_source + "/lib", "usr/lib");
            Write("kind/below", "in a directory");
            await Tool.RunOkAsync("ln", _source + "/usr/share/names/a", _source + "/usr/share/names/b");
            Write("opt/new/y", "y" + _release);
            File.CreateSymbolicLink(_source + "/usr/bin/link", "setuid");
        }
    }

    private void Write(string path, string content, int mode = 0b110_100_100)
    {
        var file = Path.Combine(_source, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        File.SetUnixFileMode(file, (UnixFileMode)mode);

        // What differs gets another time, as in any image that a build makes.
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddSeconds(string.GetHashCode(content, StringComparison.Ordinal) & 0xffffff));
    }
}
