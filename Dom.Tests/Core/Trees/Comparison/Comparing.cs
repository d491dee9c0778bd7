using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Filters;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Short forms of what the comparison tests do again and again.</summary>
public static class Comparing
{
    public static readonly ObjectId Manifest = ModelInode.ObjectOf("manifest");

    public static Plan Compare(
        this ModelTree machine,
        ModelTree image,
        string filter = "",
        string exclusions = "",
        bool sparse = false,
        IReadOnlyDictionary<string, string>? computed = null,
        bool opaque = false)
    {
        var paths = PathFilter.Parse(filter);
        return TreeComparison.Compare(new ComparisonInput
        {
            Manifest = Manifest,
            Machine = machine.ToFileTree(opaque ? paths : null),
            Image = image.ToFileTree(),
            Filter = paths,
            Exclusions = PathFilter.Parse(exclusions),
            Sparse = sparse,
            Computed = computed is null ? null : ToSet(computed),
            LinkCount = machine.CountNames,
        });
    }

    public static ComputedSet ToSet(IReadOnlyDictionary<string, string> contents) =>
        new(contents.Select(c => new ComputedFile(UnixPath.Of(c.Key), ModelInode.ObjectOf(c.Value), c.Value.Length)));

    public static IEnumerable<string> Lines(this Plan plan) => plan.Steps.Select(s =>
        $"{s.Kind} {s.Path}" + (s.Kind == PlanStepKind.Link ? $" -> {plan.LinkTargets[s.LinkTarget]}" : ""));

    public static IEnumerable<string> Remarked(this Plan plan) => plan.Remarks.Select(r => $"{r.Kind} {r.Path}");

    /// <summary>Applies the plan to a copy, checks that nothing is left to do then, and returns the copy.</summary>
    public static ModelTree Applied(
        this ModelTree machine,
        ModelTree image,
        string filter = "",
        bool sparse = false,
        IReadOnlyDictionary<string, string>? computed = null,
        bool opaque = false)
    {
        var after = machine.Copy();
        after.Compare(image, filter, sparse: sparse, computed: computed, opaque: opaque).Apply(after, computed);
        Assert.That(after.Compare(image, filter, sparse: sparse, computed: computed, opaque: opaque).Lines(), Is.Empty, "a second plan must be empty");
        return after;
    }
}
