using System.Globalization;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Update;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

/// <summary>
/// A process exchanges directories of the tree with symbolic links that lead outside, all the time and at each step of an update: while it is prepared and old inodes
/// are looked at, contents are copied, steps are swapped, and paths are read again. Nothing outside is opened, read or changed.
/// </summary>
[CancelAfter(1_800_000)]
public sealed class HostileProcessTests
{
    private static readonly string[] Directories = ["etc", "etc/below", "usr", "usr/bin", "opt", "opt/app", "lib", "lib/deep", "new"];

    [Test]
    public async Task Nothing_outside_is_touched_while_directories_become_links(CancellationToken cancellationToken)
    {
        var rounds = Counts.Of(20, 1_000);
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var done = 0;
        for (var round = 0; round < rounds; round++)
        {
            var label = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, round {round}");
            using var temp = new TempDirectory();
            var outside = temp.CreateDirectory("outside");
            var before = temp.Combine("outside-as-it-was");
            Populate(outside, "outside");
            await Tool.RunOkAsync("cp", "-a", outside, before);
            await using var tree = new UpdateTree(temp.Combine("root"));
            Populate(tree.Path, "inside");
            AddSteps(tree);
            using var watch = new AccessWatch(outside);
            using (var attack = new Attack(tree.Root, outside, new Random(random.Next())))
            {
                // A quiet round now and then shows that the update itself does what it should.
                FailPoint.Passing = round % 4 == 0 ? null : _ => attack.Strike();
                var striking = attack.StrikeUntilAsync(quiet: round % 4 == 0);
                try
                {
                    var engine = tree.Engine();
                    var outcome = await engine.ApplyAsync(tree.Order(new TriggerActions { Stop = ["app"], Start = ["app"] }), cancellationToken);
                    await ScanAsync(tree, outcome.Touched, cancellationToken);
                    done += outcome.Code == UpdateCode.Done && outcome.Held.Count + outcome.LeftOut.Count == 0 ? 1 : 0;
                    await tree.Engine().RecoverAsync();
                }
                finally
                {
                    FailPoint.Passing = null;
                    attack.End();
                    await striking;
                }
            }

            Assert.That(watch.Take(), Is.Empty, label);
            Assert.That(await Rsync.DifferencesAsync(before, outside), Is.Empty, label);
            Assert.That(ContentsOf(tree.Path), Has.None.Contains("outside"), label);
        }

        Assert.That(done, Is.GreaterThanOrEqualTo(rounds / 4), "without the attack everything is done");
    }

    [Test]
    public void The_watch_sees_what_it_must_not_see()
    {
        using var temp = new TempDirectory();
        Populate(temp.Path, "outside");
        using var watch = new AccessWatch(temp.Path);
        Assert.That(watch.Take(), Is.Empty);
        _ = File.ReadAllText(temp.Combine("etc", "conf"));
        Assert.That(watch.Take(), Has.Some.Contains("etc/conf"));
        File.SetUnixFileMode(temp.Combine("usr", "bin"), UnixFileMode.UserRead);
        Assert.That(watch.Take(), Has.Some.Contains("usr/bin"));
        File.WriteAllText(temp.Combine("opt", "new"), "");
        Assert.That(watch.Take(), Has.Some.Contains("opt new"));
    }

    private static void Populate(string root, string content)
    {
        foreach (var directory in Directories.Where(static d => d != "new"))
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
        }

        foreach (var file in new[]
        {
            "etc/conf", "etc/mode", "etc/owner", "etc/gone", "etc/below/conf", "usr/bin/tool", "usr/bin/setuid", "usr/bin/one", "usr/bin/two",
            "opt/app/x", "opt/app/y", "opt/z", "lib/loader", "lib/deep/more",
        })
        {
            File.WriteAllText(Path.Combine(root, file), $"{content} {file}");
        }
    }

    private static void AddSteps(UpdateTree tree) => tree
        .Directory_("/new").File_("/new/file", "brand new")
        .File_("/etc/conf", "new conf").File_("/etc/below/conf", "new conf below").Mode("/etc/mode", 0x100)
        .Change("/etc/owner", static inode => inode with { Uid = 12345 })
        .Change("/usr/bin/setuid", static inode => inode with { Mode = 0x9ed })
        .File_("/usr/bin/tool", "new tool", 0x1ed).HardLink("/usr/bin/two", "/usr/bin/one", "inside usr/bin/one")
        .Mode("/usr/bin", 0x1e8).Link_("/lib", "usr/lib")
        .Delete("/etc/gone").Delete("/opt/app/x").Delete("/opt/app/y").RemoveDirectory("/opt/app").Delete("/opt/z").RemoveDirectory("/opt")
        .Delete("/lib/deep/more").RemoveDirectory("/lib/deep").Delete("/lib/loader").RemoveDirectory("/lib");

    private static async Task ScanAsync(UpdateTree tree, IReadOnlyList<UnixPath> touched, CancellationToken cancellationToken)
    {
        var scanner = new TreeScanner(tree.Root, new ScanOptions());
        var scan = await scanner.ScanAsync(new ScanRequest(), null, cancellationToken);
        var again = await scanner.RescanAsync(new ScanRequest(), scan.Tree, touched, cancellationToken);
        Assert.That(ScanFixture.List(again.Tree.Tree), Is.Not.Empty);
    }

    private static IEnumerable<string> ContentsOf(string root) => Directory
        .EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
        .Select(File.ReadAllText);

    /// <summary>Exchanges a directory with a symbolic link to its like outside, and back.</summary>
    private sealed class Attack : IDisposable
    {
        private readonly DirectoryHandle _root;
        private readonly DirectoryHandle _evil;
        private readonly Random _random;
        private volatile bool _ended;

        public Attack(DirectoryHandle root, string outside, Random random)
        {
            (_root, _random) = (root, random);
            root.MakeDirectory("evil"u8, 0x1ed);
            _evil = root.OpenDirectory("evil"u8);
            foreach (var directory in Directories)
            {
                _evil.MakeSymlink(NameOf(directory), Encoding.UTF8.GetBytes(Path.Combine(outside, directory)));
            }
        }

        public void Strike()
        {
            string directory;
            lock (_random)
            {
                directory = Directories[_random.Next(Directories.Length)];
            }

            var above = Path.GetDirectoryName(directory)!;
            DirectoryHandle? parent = null;
            try
            {
                if (_root.TryOpenBelow(Encoding.UTF8.GetBytes(above), out parent) == Errno.None)
                {
                    // What is not there at the moment, or is another kind by now, is another time's prey.
                    _ = parent!.TryRename(Encoding.UTF8.GetBytes(Path.GetFileName(directory)), _evil, NameOf(directory), RenameMode.Exchange);
                }
            }
            finally
            {
                parent?.Dispose();
            }
        }

        public Task StrikeUntilAsync(bool quiet) => quiet ? Task.CompletedTask : Task.Run(() =>
        {
            while (!_ended)
            {
                Strike();
                Thread.Yield();
            }
        });

        public void End() => _ended = true;

        public void Dispose() => _evil.Dispose();

        private static byte[] NameOf(string directory) => Encoding.UTF8.GetBytes(directory.Replace('/', '-'));
    }
}
