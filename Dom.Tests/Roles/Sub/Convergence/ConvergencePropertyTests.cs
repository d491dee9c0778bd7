using System.Text;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Tests.Core.Trees.Comparison;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Convergence;

/// <summary>Random trees on disk: whatever a machine holds, one update makes it the image, and nothing is left to do then.</summary>
[CancelAfter(1_200_000)]
public sealed class ConvergencePropertyTests
{
    private static readonly string[] Filters = ["/a(|/.*)$", "/.*/b$", "/b/.*", "/.*/c(|/.*)$", "/.*/a(|/.*)$", "/etc/a\n/lib/.*b", "!\n/a(|/.*)$\n/b(|/.*)$"];

    [Test]
    public async Task Rules_1_2_3_8_any_machine_becomes_the_image_and_rsync_sees_no_difference(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(25, 1_000); seed++)
        {
            var (machine, image) = RandomPair(seed);
            await using var pair = new DiskPair(machine, image);
            await pair.ConvergeAsync($"seed {seed}", cancellationToken);
            Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty, $"seed {seed}");
            var (left, right) = (await pair.ScanAsync(cancellationToken), await pair.ScanImageAsync(cancellationToken));
            Assert.That(left.Tree.Root, Is.EqualTo(right.Root), $"seed {seed}: equal trees have equal digests, whatever their inode numbers and history");
        }
    }

    [Test]
    public async Task Rules_4_9_filtered_paths_are_untouched_at_any_depth(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(25, 1_000); seed++)
        {
            var (machine, whole) = RandomPair(seed);
            var filter = PathFilter.Parse(Filters[seed % Filters.Length]);
            bool IsFiltered(string path) => Ancestors(path).Any(p => filter.Matches(Encoding.UTF8.GetBytes(p)));
            var image = whole.Copy();
            foreach (var path in image.Entries.Keys.Where(IsFiltered).ToList())
            {
                image.Entries.Remove(path);
            }

            await using var pair = new DiskPair(machine, image) { Filter = filter };
            var before = await pair.ListAsync(cancellationToken);
            var plan = await pair.ConvergeAsync($"seed {seed}", cancellationToken);
            var after = await pair.ListAsync(cancellationToken);
            bool FilteredLine(string line) => IsEntry(line) && IsFiltered(PathOf(line));
            Assert.That(after.Where(FilteredLine), Is.EqualTo(before.Where(FilteredLine)), $"seed {seed}");
            var remarked = plan.Remarks.Select(r => r.Path.ToString()).ToHashSet();
            bool PlainLine(string line) => IsEntry(line) && !IsFiltered(PathOf(line)) && !Ancestors(PathOf(line)).Any(remarked.Contains);
            Assert.That(after.Where(PlainLine), Is.EqualTo(ScanFixture.List(image.ToFileTree()).Where(PlainLine)), $"seed {seed}");
        }
    }

    [Test]
    public async Task Rule_11_sparse_images_delete_nothing(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(15, 500); seed++)
        {
            var (machine, image) = RandomPair(seed);
            await using var pair = new DiskPair(machine, image) { Sparse = true };
            var before = await pair.ListAsync(cancellationToken);
            var plan = await pair.ConvergeAsync($"seed {seed}", cancellationToken);
            var after = await pair.ListAsync(cancellationToken);
            bool IsExtra(string line) => IsEntry(line) && !Ancestors(PathOf(line)).Any(p => image.Entries.TryGetValue(p, out var inode) && inode.Kind != InodeKind.Directory)
                && !image.Entries.ContainsKey(PathOf(line));
            Assert.That(after.Where(IsExtra), Is.EqualTo(before.Where(IsExtra)), $"seed {seed}");
            var blocked = plan.Remarks.Select(r => r.Path.ToString()).ToHashSet();
            bool IsWanted(string line) => IsEntry(line) && image.Entries.ContainsKey(PathOf(line)) && !Ancestors(PathOf(line)).Any(blocked.Contains);
            Assert.That(after.Where(IsWanted), Is.EqualTo(ScanFixture.List(image.ToFileTree()).Where(IsWanted)), $"seed {seed}");
        }
    }

    [Test]
    public async Task Rule_12_computed_files_get_the_content_of_the_set_and_keep_their_time(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(15, 500); seed++)
        {
            var (machine, image) = RandomPair(seed);
            var random = new Random(seed);
            var computed = new Dictionary<string, string>();
            foreach (var (path, inode) in image.Entries.Where(e => e.Value.Kind == InodeKind.Regular && image.Entries.Values.Count(o => ReferenceEquals(o, e.Value)) == 1))
            {
                if (random.Next(2) == 0)
                {
                    inode.Kind = InodeKind.Computed;
                    computed[path] = $"content {random.Next(4)}";
                }
            }

            await using var pair = new DiskPair(machine) { Computed = computed };
            var tree = image.ToFileTree();
            var plan = pair.Compare(await pair.ScanAsync(cancellationToken), tree);
            Assert.That((await pair.ApplyAsync(plan, cancellationToken)).Failures, Is.Empty);
            var after = pair.Compare(await pair.ScanAsync(cancellationToken), tree);
            Assert.That(after.Lines(), Is.Empty, $"seed {seed}");
            foreach (var (path, content) in computed)
            {
                Assert.That(await File.ReadAllTextAsync(pair.MachinePath + path, cancellationToken), Is.EqualTo(content), $"seed {seed}: {path}");
                File.SetLastWriteTimeUtc(pair.MachinePath + path, DateTime.UnixEpoch.AddSeconds(random.Next()));
            }

            Assert.That(pair.Compare(await pair.ScanAsync(cancellationToken), tree).Lines(), Is.Empty, $"seed {seed}: another time is no difference");
        }
    }

    [Test]
    public async Task Rule_13_plan_id_is_the_same_after_a_restart_and_changes_elsewhere(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(10, 200); seed++)
        {
            var (machine, image) = RandomPair(seed);
            machine.Dir("/elsewhere");
            image.Dir("/elsewhere").File("/elsewhere/f", "content 1");
            await using var pair = new DiskPair(machine, image) { Filter = PathFilter.Parse("/elsewhere/filtered$") };
            var id = (await pair.CompareAsync(cancellationToken)).Id;
            Assert.That((await pair.CompareAsync(cancellationToken)).Id, Is.EqualTo(id), $"seed {seed}: another scan");
            await File.WriteAllTextAsync(pair.MachinePath + "/elsewhere/filtered", "x", cancellationToken);
            Assert.That((await pair.CompareAsync(cancellationToken)).Id, Is.EqualTo(id), $"seed {seed}: a filtered file");
            await File.WriteAllTextAsync(pair.MachinePath + "/elsewhere/extra", "x", cancellationToken);
            Assert.That((await pair.CompareAsync(cancellationToken)).Id, Is.Not.EqualTo(id), $"seed {seed}: one more step");
        }
    }

    [Test]
    public async Task Rules_14_15_machine_that_changed_meanwhile_is_left_alone_and_converges_with_the_next_plan(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(15, 500); seed++)
        {
            var (machine, image) = RandomPair(seed);
            await using var pair = new DiskPair(machine, image);
            var plan = await pair.CompareAsync(cancellationToken);
            new RandomDisk(pair.MachinePath, new Random(seed)).Change(3);
            var before = await pair.ListAsync(cancellationToken);
            var changed = (await pair.CompareAsync(cancellationToken)).Id != plan.Id;
            var outcome = await pair.ApplyAsync(plan, cancellationToken);
            if (!outcome.Swapped)
            {
                Assert.That(changed, Is.True, $"seed {seed}: {outcome.Message}");
                Assert.That(await pair.ListAsync(cancellationToken), Is.EqualTo(before), $"seed {seed}: a plan that no longer fits touches nothing");
            }

            await pair.ConvergeAsync($"seed {seed}", cancellationToken);
            Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty, $"seed {seed}");
        }
    }

    [Test]
    public async Task The_way_back_from_any_image_leads_to_what_was_there(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(25, 1_000); seed++)
        {
            var (one, two) = RandomPair(seed);
            await using var pair = new DiskPair(one, two);
            await using var reference = new DiskPair(image: one);
            var before = await pair.ScanAsync(cancellationToken);
            var plan = pair.Compare(before, await pair.ImageTreeAsync(cancellationToken));
            if (plan.Steps.IsEmpty)
            {
                continue;
            }

            var there = await pair.ApplyKeepingAsync(plan, cancellationToken);
            Assert.That(there.Code, Is.EqualTo(Dom.Roles.Sub.Update.UpdateCode.Done), $"seed {seed}: {there.Message}");
            Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty, $"seed {seed}: it was there");

            var back = await pair.GoBackAsync(before.Tree, cancellationToken);

            Assert.That(back.Code, Is.EqualTo(Dom.Roles.Sub.Update.UpdateCode.Done), $"seed {seed}: {back.Message}");
            Assert.That(pair.Compare(await pair.ScanAsync(cancellationToken), before.Tree).Lines(), Is.Empty, $"seed {seed}");
            Assert.That(await reference.RsyncAsync(pair.MachinePath, cancellationToken), Is.Empty, $"seed {seed}: rsync sees no difference from before");
        }
    }

    private static (ModelTree Machine, ModelTree Image) RandomPair(int seed)
    {
        var random = new Random(seed);
        var trees = new RandomTrees(random);
        var machine = trees.Tree(10 + random.Next(40));
        return (machine, random.Next(4) == 0 ? trees.Tree(random.Next(40)) : trees.Changed(machine, 1 + random.Next(12)));
    }

    /// <summary>True for entries below the root; the rest of a listing are the root and groups of links.</summary>
    private static bool IsEntry(string line) => line[0] == '/' && line[1] != ' ';

    private static string PathOf(string line) => line[..line.IndexOf(' ', StringComparison.Ordinal)];

    private static IEnumerable<string> Ancestors(string path)
    {
        for (; path != "/"; path = ModelTree.Parent(path))
        {
            yield return path;
        }
    }
}
