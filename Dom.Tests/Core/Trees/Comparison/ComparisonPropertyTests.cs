using System.Text;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Filters;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Comparison;

public sealed class ComparisonPropertyTests
{
    private static readonly string[] Filters = ["", "/a(|/.*)$", "/.*/b$", "/b/.*", "/.*/c(|/.*)$", "/.*/a(|/.*)$", "/etc/a\n/lib/.*b", "!\n/a(|/.*)$\n/b(|/.*)$"];

    [Test]
    public void Applying_the_plan_gives_the_image()
    {
        for (var seed = 0; seed < Counts.Of(400, 20_000); seed++)
        {
            var (machine, image) = Pair(seed);
            Assert.That(machine.Applied(image).Lines(), Is.EqualTo(image.Lines()), $"seed {seed}");
        }
    }

    [Test]
    public void Every_step_is_needed()
    {
        for (var seed = 0; seed < Counts.Of(150, 5_000); seed++)
        {
            var (machine, image) = Pair(seed);
            var plan = machine.Compare(image);
            for (var i = 0; i < plan.Steps.Length; i++)
            {
                var after = machine.Copy();
                try
                {
                    plan.Apply(after, except: i);
                }
                catch (InvalidOperationException)
                {
                    continue;
                }

                Assert.That(after.Lines(), Is.Not.EqualTo(image.Lines()), $"seed {seed}: step {plan.Lines().ElementAt(i)} is not needed");
            }
        }
    }

    [Test]
    public void Filtered_paths_are_untouched_at_any_depth_and_all_others_become_the_image()
    {
        for (var seed = 0; seed < Counts.Of(600, 20_000); seed++)
        {
            var (machine, whole) = Pair(seed);
            var random = new Random(seed);
            var filter = Filters[random.Next(Filters.Length)];
            var opaque = random.Next(2) == 0;
            var paths = PathFilter.Parse(filter);
            bool IsFiltered(string path) => Ancestors(path).Any(p => paths.Matches(Encoding.UTF8.GetBytes(p)));
            var image = random.Next(2) == 0 ? whole : Without(whole, IsFiltered);
            var label = $"seed {seed}, filter {filter}";

            var before = machine.Lines(IsFiltered);
            var after = machine.Copy();
            var plan = after.Compare(image, filter, opaque: opaque);
            plan.Apply(after);
            Assert.That(after.Lines(IsFiltered), Is.EqualTo(before), label);

            var again = after.Compare(image, filter, opaque: opaque);
            Assert.That(again.Lines(), Is.Empty, label);
            Assert.That(again.Remarked(), Is.EqualTo(plan.Remarked()), label);
            var left = Remarked(plan);
            bool IsPlain(string path) => !IsFiltered(path) && !Ancestors(path).Any(left.Contains);
            Assert.That(after.Lines(IsPlain), Is.EqualTo(image.Lines(IsPlain)), label);
        }
    }

    [Test]
    public void Sparse_images_delete_nothing()
    {
        for (var seed = 0; seed < Counts.Of(400, 20_000); seed++)
        {
            var (machine, image) = Pair(seed);
            var after = machine.Copy();
            var plan = after.Compare(image, sparse: true);
            Assert.That(plan.Steps.Any(s => s.Kind is PlanStepKind.Delete or PlanStepKind.RemoveDirectory), Is.False);
            plan.Apply(after);
            Assert.That(after.Compare(image, sparse: true).Lines(), Is.Empty, $"seed {seed}");
            var blocked = Remarked(plan);
            bool InImage(string path) => image.Entries.ContainsKey(path) && !Ancestors(path).Any(blocked.Contains);
            bool OnlyMachine(string path) => !image.Entries.ContainsKey(path) && !Ancestors(path).Any(p => image.Entries.TryGetValue(p, out var i) && i.Kind != InodeKind.Directory);
            Assert.That(after.Lines(InImage), Is.EqualTo(image.Lines(InImage)), $"seed {seed}");
            Assert.That(after.Lines(OnlyMachine), Is.EqualTo(machine.Lines(OnlyMachine)), $"seed {seed}");
        }
    }

    [Test]
    public void Plan_id_is_the_same_for_the_same_work_and_another_for_other_work()
    {
        for (var seed = 0; seed < Counts.Of(100, 2_000); seed++)
        {
            var (machine, image) = Pair(seed);
            var plan = machine.Compare(image);
            Assert.That(machine.Copy().Compare(image.Copy()).Id, Is.EqualTo(plan.Id));

            // The same change on both sides, elsewhere, changes digests up to the root and nothing else.
            machine.Dir("/elsewhere").File("/elsewhere/f", "y");
            image.Dir("/elsewhere").File("/elsewhere/f", "y");
            Assert.That(machine.Compare(image).Id, Is.EqualTo(plan.Id), $"seed {seed}");
            image.Entries["/elsewhere/f"].Mtime++;
            Assert.That(machine.Compare(image).Id, Is.Not.EqualTo(plan.Id), $"seed {seed}");
        }
    }

    [Test]
    public void Counts_are_those_of_the_trees()
    {
        for (var seed = 0; seed < Counts.Of(200, 5_000); seed++)
        {
            var (machine, image) = Pair(seed);
            var counts = machine.Compare(image).Counts;
            Assert.That((counts.MachineInodes, counts.ImageInodes), Is.EqualTo((machine.Entries.Count - 1L, image.Entries.Count - 1L)), $"seed {seed}");
            Assert.That(counts.Deletions, Is.EqualTo(machine.Compare(image).Steps.Count(s => s.New.IsNone)));
        }
    }

    private static (ModelTree Machine, ModelTree Image) Pair(int seed)
    {
        var random = new Random(seed);
        var trees = new RandomTrees(random);
        var machine = trees.Tree(random.Next(40));
        return (machine, random.Next(5) == 0 ? trees.Tree(random.Next(40)) : trees.Changed(machine, random.Next(12)));
    }

    private static HashSet<string> Remarked(Plan plan) => [.. plan.Remarks.Select(r => r.Path.ToString())];

    private static IEnumerable<string> Ancestors(string path)
    {
        for (; path != "/"; path = ModelTree.Parent(path))
        {
            yield return path;
        }
    }

    private static ModelTree Without(ModelTree tree, Func<string, bool> drop)
    {
        var rest = tree.Copy();
        foreach (var path in rest.Entries.Keys.Where(p => p != "/" && drop(p)).ToList())
        {
            rest.Entries.Remove(path);
        }

        return rest;
    }
}
