using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Tests.Core.Trees.Comparison;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Convergence;

/// <summary>Directories nested deeper than scans look.</summary>
[CancelAfter(120_000)]
public sealed class DeepTreeTests
{
    [Test]
    public async Task A_chain_of_directories_goes_in_one_step_however_deep_it_is(CancellationToken cancellationToken)
    {
        await using (var pair = new DiskPair())
        {
            MakeChain(pair.Machine, Counts.Of(3_000, 30_000), static (_, _) => { });
            var plan = await pair.ConvergeAsync("chain", cancellationToken);
            Assert.That(plan.Lines(), Is.EqualTo(["RemoveTree /d"]));
            Assert.That((plan.Counts.Deletions, plan.Unknown, plan.Held), Is.EqualTo((TreeFormat.MaxDepth + 1, 0, 0)));
        }
    }

    [Test]
    public async Task What_lies_beside_a_chain_is_listed_and_goes_too(CancellationToken cancellationToken)
    {
        await using var pair = new DiskPair();
        MakeChain(pair.Machine, TreeFormat.MaxDepth + 5, static (directory, depth) =>
        {
            if (depth is 2 or TreeFormat.MaxDepth + 3)
            {
                directory.MakeSymlink("beside"u8, "target"u8);
                directory.MakeDirectory("empty"u8, 0x1c0);
            }
        });
        var plan = await pair.ConvergeAsync("beside", cancellationToken);
        Assert.That(plan.Lines(), Is.EquivalentTo(["RemoveTree /d/d/d", "RemoveDirectory /d/d/empty", "Delete /d/d/beside", "RemoveDirectory /d/d", "RemoveDirectory /d"]));
    }

    [Test]
    public async Task A_file_takes_the_place_of_a_chain(CancellationToken cancellationToken)
    {
        await using var pair = new DiskPair();
        MakeChain(pair.Machine, TreeFormat.MaxDepth + 5, static (_, _) => { });
        await File.WriteAllTextAsync(pair.ImagePath + "/d", "file", cancellationToken);
        await pair.ConvergeAsync("file", cancellationToken);
        Assert.That(await File.ReadAllTextAsync(pair.MachinePath + "/d", cancellationToken), Is.EqualTo("file"));
    }

    [Test]
    public async Task A_chain_stays_where_the_filter_may_mean_something_in_it(CancellationToken cancellationToken)
    {
        await using var pair = new DiskPair { Filter = PathFilter.Parse("/d/.*/keep") };
        MakeChain(pair.Machine, TreeFormat.MaxDepth + 2, static (_, _) => { });
        var plan = await pair.CompareAsync(cancellationToken);
        Assert.That(plan.Lines(), Is.Empty);
        Assert.That((plan.Unknown, plan.IsCompliant), Is.EqualTo((1, false)));
    }

    /// <summary>Makes d/d/d/…, so many of them; what is done in each is told its depth, from 1.</summary>
    private static void MakeChain(DirectoryHandle root, int depth, Action<DirectoryHandle, int> inEach)
    {
        var handle = root.OpenDirectory("."u8);
        for (var i = 1; i <= depth; i++)
        {
            handle.MakeDirectory("d"u8, 0x1c0);
            var next = handle.OpenDirectory("d"u8);
            handle.Dispose();
            handle = next;
            inEach(handle, i);
        }

        handle.Dispose();
    }
}
