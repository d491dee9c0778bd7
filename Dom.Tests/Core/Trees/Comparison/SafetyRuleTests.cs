using Dom.Core.Trees.Comparison;

namespace Dom.Tests.Core.Trees.Comparison;

public sealed class SafetyRuleTests
{
    [TestCase(1000, 500, 500, true, TestName = "Half_is_still_safe")]
    [TestCase(1000, 499, 501, false, TestName = "Image_with_fewer_than_half_the_inodes_is_unsafe")]
    [TestCase(1000, 1000, 501, false, TestName = "More_than_half_deleted_is_unsafe")]
    [TestCase(1000, 1000, 500, true, TestName = "Half_deleted_is_safe")]
    [TestCase(0, 100_000, 0, true, TestName = "First_fill_of_an_empty_machine_is_safe")]
    [TestCase(10, 100_000, 10, true, TestName = "First_fill_of_an_almost_empty_machine_is_safe")]
    [TestCase(100_000, 0, 100_000, false, TestName = "Empty_image_is_unsafe")]
    [TestCase(long.MaxValue, long.MaxValue, long.MaxValue, false, TestName = "Huge_numbers_do_not_overflow")]
    public void Full_images_are_judged(long machine, long image, long deletions, bool safe) =>
        Assert.That(SafetyRule.Objection(new PlanCounts(machine, image, 0, 0, deletions), sparse: false, corrects: false), safe ? Is.Null : Is.Not.Null);

    [Test]
    public void Sparse_images_are_always_safe() =>
        Assert.That(SafetyRule.Objection(new PlanCounts(100_000, 1, 0, 0, 0), sparse: true, corrects: false), Is.Null);

    [Test]
    public void Every_inode_of_a_removed_tree_counts()
    {
        var machine = new ModelTree().Dir("/usr");
        for (var i = 0; i < 30; i++)
        {
            machine.File($"/usr/{i}");
        }

        var plan = machine.Compare(new ModelTree());
        Assert.That(plan.Counts.Deletions, Is.EqualTo(31));
        Assert.That(SafetyRule.Objection(plan.Counts, sparse: false, corrects: false), Is.Not.Null);
    }
}
