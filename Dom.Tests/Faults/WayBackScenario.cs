using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Core.Trees.Triggers;
using Dom.Tests.Roles.Sub;

namespace Dom.Tests.Faults;

/// <summary>A whole sub that is brought to an image whose health command fails, in a process that may be killed at any place and is started again.</summary>
internal static class WayBackScenario
{
    private static readonly (string Path, string Content)[] One =
        [("/etc/conf", "one"), ("/bin/tool", "tool 1"), ("/gone", "was there"), ("/kind", "a file"), ("/dir/x", "x"), ("/dir/y", "y"), ("/same", "same")];

    private static readonly (string Path, string Content)[] Two =
        [("/etc/conf", "two"), ("/bin/tool", "tool 2"), ("/new/file", "new"), ("/kind/now", "a directory"), ("/dir", "a file"), ("/same", "same")];

    private static readonly Trigger Cron = new() { Service = "cron", MatchLines = ["/etc/.*"] };

    public static string RootOf(string directory) => Path.Combine(directory, "root");

    /// <summary>Makes a machine that has the first image, but does not know it.</summary>
    public static void Populate(string directory)
    {
        foreach (var (path, content) in One)
        {
            var file = RootOf(directory) + path;
            Directory.CreateDirectory(Path.GetDirectoryName(file) ?? directory);
            File.WriteAllText(file, content);
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(1));
        }
    }

    /// <summary>The digest of everything in the tree.</summary>
    public static async Task<ObjectId> DigestAsync(string directory, CancellationToken cancellationToken)
    {
        using var root = DirectoryHandle.Open(RootOf(directory));
        var scope = new ScanScope(PathFilter.FromLines(["/\\.subd(|/.*)$"]), []);
        var scan = await new TreeScanner(root, new ScanOptions { ReadAhead = false }).ScanAsync(new ScanRequest { Scope = scope }, null, cancellationToken);
        return scan.Tree.Tree.Root;
    }

    /// <summary>Does what a master does until the second image was rolled back.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var rig = await SubRig.StartAsync(limit.Token, root: RootOf(directory));
        var one = await rig.Shelf.AddAsync("test/1", rig.Source("one", One), m => m with { Triggers = [Cron] });
        var two = await rig.Shelf.AddAsync("test/2", rig.Source("two", Two), m => m with { HealthCommand = "echo not well; exit 1", Triggers = [Cron] });
        if (rig.Sub.Parts.Applied.Image is null)
        {
            rig.Required = one;
            await rig.ConvergeAsync(limit.Token);
        }

        rig.Required = two;
        while (true)
        {
            var state = await rig.PollUntilAsync(
                s => s.RequiredManifest == two.Manifest && s.Phase == SubPhase.Idle && s.RequiredReadiness != ImageReadiness.Comparing && s.Plan?.IsCompliant != true, limit.Token);
            switch (state.RequiredReadiness)
            {
                case ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects:
                    await rig.FetchAsync(two, limit.Token);
                    break;
                case ImageReadiness.Ready:
                    await rig.UpdateAsync(state, limit.Token);
                    break;
                default:
                    await rig.PollUntilAsync(static s => s.PreviousBytes == 0, limit.Token);
                    await Console.Out.WriteLineAsync($"{state.RequiredReadiness} {state.AppliedImage} {state.RolledBackReason}");
                    return 0;
            }

            await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, limit.Token);
        }
    }
}
