using System.Text.RegularExpressions;
using Dom.Core.Contracts.Subd;
using Dom.Core.Trees.Triggers;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>
/// The root of a machine with volumes mounted below it: a real sub in a mount namespace whose <c>/</c> is a file system of its own. The test looks at that one from
/// outside, where nothing is mounted on it.
/// </summary>
[CancelAfter(180_000)]
public sealed class MountedMachineTests
{
    private static readonly string[] Links = ["bin", "lib", "lib64"];

    [Test]
    public async Task What_lies_under_mounts_is_seen_and_managed_and_volumes_are_not_touched(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync("", [("/usr/hidden/old", "old"), ("/srv/data/extra", "extra")], cancellationToken);
        var source = Source(rig, "image", ("/usr/hidden/new", "new"), ("/srv/data/under", "under the volume"), ("/etc/conf", "conf"));
        rig.Required = await AddAsync(rig, "test/1", source);

        var state = await rig.ConvergeAsync(cancellationToken);

        Assert.That(await DifferencesAsync(source, rig), Is.Empty);
        Assert.That(rig.Read("/srv/data/under"), Is.EqualTo("under the volume"));
        Assert.That(File.Exists(rig.Root + "/srv/data/extra"), Is.False);
        Assert.That(await InsideAsync(rig, "ls /srv/data /usr/hidden 2>&1; cat /srv/data/inside"), Does.Contain("volume").And.Not.Contain("under").And.Not.Contain("new"));
        Assert.That(File.Exists("/usr/hidden/new"), Is.False, "the volume on /usr is this host's");
        Assert.That(state.Plan!.Held, Is.Zero);

        await File.WriteAllTextAsync(rig.Root + "/usr/hidden/new", "drift", cancellationToken);
        await rig.PollUntilAsync(static s => s.Plan is { Steps: 1 }, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/usr/hidden/new"), Is.EqualTo("new"));
    }

    [Test]
    public async Task Directories_above_a_volume_are_held_until_it_is_unmounted(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync("", [("/srv/beside", "beside"), ("/srv/data/under", "under")], cancellationToken);
        var source = Source(rig, "image", ("/etc/conf", "conf"));
        Directory.Delete(source + "/srv", recursive: true);
        rig.Required = await AddAsync(rig, "test/1", source);

        var state = await rig.ConvergeAsync(cancellationToken);

        Assert.That((state.Plan!.Held, state.Plan.Blocked, state.ContestedPaths.Count), Is.EqualTo((2, 0, 0)));
        Assert.That(Directory.GetFileSystemEntries(rig.Root + "/srv"), Is.EqualTo([rig.Root + "/srv/data"]));
        Assert.That(Directory.GetFileSystemEntries(rig.Root + "/srv/data"), Is.Empty, "what lies under the volume is managed");
        Assert.That(await InsideAsync(rig, "cat /srv/data/inside"), Is.EqualTo("volume"));

        await InsideAsync(rig, "umount /srv/data");
        await rig.PollUntilAsync(static s => s.Plan is { Steps: 2 }, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(Directory.Exists(rig.Root + "/srv"), Is.False);
    }

    [Test]
    public async Task What_would_take_the_place_of_a_volume_or_of_what_is_above_it_is_blocked_and_the_rest_is_done(CancellationToken cancellationToken)
    {
        const string file = "mount --bind \"$M/etc/other\" \"$M/etc/hosts\"\n";
        await using var rig = await StartAsync(
            file, [("/etc/hosts", "under"), ("/etc/other", "mounted over it"), ("/etc/conf", "old")], cancellationToken);
        var source = Source(rig, "image", ("/etc/hosts", "of the image"), ("/etc/other", "mounted over it"), ("/etc/conf", "new"));
        Directory.Delete(source + "/srv", recursive: true);
        File.CreateSymbolicLink(source + "/srv", "etc");
        rig.Required = await AddAsync(rig, "test/1", source);

        var state = await ConvergeButBlockedAsync(rig, 2, cancellationToken);

        Assert.That(state.ContestedPaths, Is.Empty);
        Assert.That((rig.Read("/etc/conf"), rig.Read("/etc/hosts")), Is.EqualTo(("new", "under")));
        Assert.That(new DirectoryInfo(rig.Root + "/srv").LinkTarget, Is.Null);
        Assert.That(await InsideAsync(rig, "cat /srv/data/inside /etc/hosts"), Is.EqualTo("volumemounted over it"));

        await InsideAsync(rig, "umount /etc/hosts /srv/data");
        await rig.PollUntilAsync(static s => s.Plan is { Blocked: 0, Steps: > 0 }, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(await DifferencesAsync(source, rig), Is.Empty);
    }

    [Test]
    public async Task A_volume_that_is_mounted_while_services_stop_is_not_carried_away(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(
            "", [("/late/deep/x", "x"), ("/gone/deep/y", "y"), ("/etc/hosts", "under"), ("/etc/conf", "old")], cancellationToken, """
            if [ "$1" = stop ]; then
                for place in /late/deep /gone/deep; do
                    mount -t tmpfs none $place
                    printf volume > $place/inside
                done
                mount --bind /etc/conf /etc/hosts
            fi
            """);
        var source = Source(rig, "image", ("/etc/conf", "new"), ("/etc/hosts", "of the image"), ("/elsewhere/z", "z"));
        File.CreateSymbolicLink(source + "/late", "elsewhere");
        rig.Required = await AddAsync(rig, "test/1", source);

        var state = await ConvergeButBlockedAsync(rig, 2, cancellationToken);

        Assert.That(rig.Services, Does.Contain("stop conf").And.Contain("start conf"));
        Assert.That(state.Kept, Is.Zero);
        Assert.That((rig.Read("/etc/conf"), rig.Read("/etc/hosts"), rig.Read("/elsewhere/z")), Is.EqualTo(("new", "under", "z")));
        Assert.That(await InsideAsync(rig, "cat /late/deep/inside /gone/deep/inside"), Is.EqualTo("volumevolume"));
        Assert.That(new DirectoryInfo(rig.Root + "/late").LinkTarget, Is.Null);
        Assert.That(state.Plan!.Held, Is.EqualTo(3), "/gone, /gone/deep and /late/deep");

        await InsideAsync(rig, "umount /late/deep /gone/deep /etc/hosts");
        rig.Required = await AddAsync(rig, "test/2", source, triggers: false);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(await DifferencesAsync(source, rig), Is.Empty);
    }

    private static async Task<SubRig> StartAsync(
        string mounts, (string Path, string Content)[] files, CancellationToken cancellationToken, string serviceScript = "")
    {
        var runtime = Path.GetDirectoryName(System.Environment.ProcessPath)!;
        return await SubRig.StartAsync(cancellationToken, directory => LoopFileSystem.Mount(directory), asProcess: true, prepare: async rig =>
        {
            var program = Path.Combine(rig.Place, "program");
            await DomFiles.CopyAsync(program);
            MakeSkeleton(rig.Root);
            foreach (var (path, content) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(rig.Root + path)!);
                await File.WriteAllTextAsync(rig.Root + path, content, cancellationToken);
            }

            var script = $"""
                set -e
                M={rig.Root}
                # File systems of other tests are let go: nobody could take them down while this namespace has them.
                grep '^/dev/loop' /proc/self/mounts | cut -d ' ' -f 2 | grep -vx "$M" | while read -r other; do umount --lazy "$other"; done
                mkdir -p "$M{rig.Place}"
                mount --bind {rig.Place} "$M{rig.Place}"
                mount --bind {runtime} "$M/runtime"
                mount --rbind /usr "$M/usr"
                mount --rbind /dev "$M/dev"
                mount -t proc proc "$M/proc"
                mount -t tmpfs none "$M/srv/data"
                printf volume > "$M/srv/data/inside"
                {mounts}
                exec chroot "$M" /runtime/dotnet {program}/dom.dll "$@"
                """;
            rig.RootInside = "/";
            rig.ServiceScript = serviceScript;
            rig.Command = ["unshare", "--mount", "sh", "-c", script, "sh"];
        });
    }

    /// <summary>A source with the directories the namespace needs.</summary>
    private static string Source(SubRig rig, string name, params (string Path, string Content)[] files)
    {
        var source = rig.Source(name, files);
        MakeSkeleton(source);
        return source;
    }

    private static void MakeSkeleton(string root)
    {
        foreach (var directory in new[] { "usr", "proc", "dev", "runtime", "tmp", "srv/data" })
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
        }

        foreach (var link in Links)
        {
            File.CreateSymbolicLink(Path.Combine(root, link), "usr/" + link);
        }
    }

    private static Task<ImageReference> AddAsync(SubRig rig, string name, string source, bool triggers = true) => rig.Shelf.AddAsync(name, source, manifest => manifest with
    {
        Filter = ["/lost\\+found(|/.*)$", Regex.Escape(rig.Place) + "(|/.*)$"],
        Triggers = triggers ? [new Trigger { MatchLines = ["/etc/conf$"], Service = "conf" }] : [],
    });

    private static async Task<PollResponse> ConvergeButBlockedAsync(SubRig rig, int blocked, CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await rig.PollUntilAsync(
                static s => s is { Phase: SubPhase.Idle } and not { RequiredReadiness: ImageReadiness.Comparing }, cancellationToken);
            switch (state)
            {
                case { RequiredReadiness: ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects }:
                    await rig.FetchAsync(rig.Required!, cancellationToken);
                    break;
                case { Plan: { Steps: 0 } plan } when plan.Blocked == blocked:
                    return state;
                case { Plan: { Steps: > 0 } plan } when !plan.Id.IsNone:
                    await rig.UpdateAsync(state, cancellationToken);
                    break;
                default:
                    throw new AssertionException($"the sub does not get on: {state}");
            }

            await rig.PollUntilAsync(static s => s.Phase == SubPhase.Idle, cancellationToken);
        }
    }

    private static Task<string[]> DifferencesAsync(string source, SubRig rig) => Rsync.DifferencesAsync(source, rig.Root, "/.subd", "/lost+found", "/tmp/*", rig.Place);

    /// <summary>Runs shell commands where the sub runs.</summary>
    private static async Task<string> InsideAsync(SubRig rig, string commands) =>
        (await Tool.RunAsync("nsenter", ["--target", $"{rig.Process.Id}", "--mount", "--root", "--wdns=/", "sh", "-c", commands])).Expect().Output;
}
