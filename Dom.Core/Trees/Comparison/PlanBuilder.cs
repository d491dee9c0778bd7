using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>Collects steps, remarks and counts, and puts the steps in the order of rule 15.</summary>
internal sealed class PlanBuilder
{
    // In each class the links come behind what they may link to.
    private readonly List<PlanStep>[] _steps = [.. Enum.GetValues<StepClass>().SelectMany(_ => new[] { new List<PlanStep>(), new List<PlanStep>() })];
    private readonly List<UnixPath> _linkTargets = [];
    private readonly List<UnixPath> _otherNames = [];
    private readonly List<UnixPath> _otherNamesTimeOnly = [];
    private readonly List<PlanRemark> _remarks = [];
    private readonly List<UnixPath> _missing = [];
    private readonly List<UnixPath> _awaited = [];
    private readonly PathArena _arena = new();
    private int _held;
    private int _blocked;
    private int _contested;
    private int _unknown;
    private int _unread;
    private long _creations;
    private long _changes;
    private long _deletions;

    /// <summary>A copy of a path that lives as long as the plan.</summary>
    public UnixPath Keep(ReadOnlySpan<byte> path) => _arena.Keep(path);

    /// <summary>A directory or file where nothing stands.</summary>
    public void Create(UnixPath path, EntryRef wanted, bool directory)
    {
        Add(StepClass.New, new PlanStep(directory ? PlanStepKind.MakeDirectory : PlanStepKind.Create, path, default, wanted));
        _creations++;
    }

    /// <summary>A new inode in the place of another.</summary>
    public void Replace(UnixPath path, EntryRef old, InodeKind oldKind, EntryRef wanted, in Inode inode)
    {
        Add(ClassOf(path, oldKind, inode), new PlanStep(PlanStepKind.Replace, path, old, wanted));
        _changes++;
    }

    /// <summary>Other metadata on the inode that stands there, which may have other names.</summary>
    public void ChangeMetadata(UnixPath path, EntryRef old, EntryRef wanted, in Inode inode, ReadOnlySpan<UnixPath> otherNames = default)
    {
        Add(StepOrder.Of(path.Span, inode), new PlanStep(PlanStepKind.ChangeMetadata, path, old, wanted));
        (old.ReadInode().DiffersInTimeOnly(inode) ? _otherNamesTimeOnly : _otherNames).AddRange(otherNames);
        _changes += 1 + otherNames.Length;
    }

    /// <summary>One more name of a target, which is right once the steps of <paramref name="notBefore"/> are done.</summary>
    public void Link(UnixPath path, EntryRef old, InodeKind oldKind, EntryRef wanted, in Inode inode, int target, StepClass notBefore)
    {
        var own = oldKind == InodeKind.None ? StepClass.New : ClassOf(path, oldKind, inode);
        var stepClass = own > notBefore ? own : notBefore;
        _steps[(2 * (int)stepClass) + 1].Add(new PlanStep(PlanStepKind.Link, path, old, wanted, target));
        _ = oldKind == InodeKind.None ? _creations++ : _changes++;
    }

    /// <summary>Remembers a path that is linked to; returns its index.</summary>
    public int AddLinkTarget(UnixPath path)
    {
        _linkTargets.Add(path);
        return _linkTargets.Count - 1;
    }

    /// <summary>Something the image lacks.</summary>
    public void Remove(UnixPath path, EntryRef old, bool directory)
    {
        Add(StepClass.Removal, new PlanStep(directory ? PlanStepKind.RemoveDirectory : PlanStepKind.Delete, path, old, default));
        _deletions++;
    }

    /// <summary>A directory too deep to be looked into that the image lacks.</summary>
    public void RemoveTree(UnixPath path, EntryRef old)
    {
        Add(StepClass.Removal, new PlanStep(PlanStepKind.RemoveTree, path, old, default));
        _deletions++;
    }

    /// <summary>True when the last step removes a whole tree that stands in this directory.</summary>
    public bool JustRemovedTreeIn(ReadOnlySpan<byte> directory) =>
        _steps[2 * (int)StepClass.Removal] is [.., { Kind: PlanStepKind.RemoveTree, Path: var path }] && path.Parent.Span.SequenceEqual(directory);

    /// <summary>The last step removes this directory, which holds nothing else, instead of the tree in it. It counts as before, and the directory too.</summary>
    public void WidenRemovedTree(UnixPath path, EntryRef old)
    {
        _steps[2 * (int)StepClass.Removal][^1] = new PlanStep(PlanStepKind.RemoveTree, path, old, default);
        _deletions++;
    }

    /// <summary>A path without a step.</summary>
    public void Remark(PlanExceptionKind kind, ReadOnlySpan<byte> path, string reason)
    {
        _ = kind switch
        {
            PlanExceptionKind.Held => _held++,
            PlanExceptionKind.Blocked => _blocked++,
            PlanExceptionKind.Contested => _contested++,
            _ => _unknown++,
        };
        if (_remarks.Count < Plan.MaxRemarks)
        {
            _remarks.Add(new PlanRemark(kind, Keep(path), reason));
        }
    }

    /// <summary>A file whose content has not been read yet and may be the one that is wanted.</summary>
    public void Await(ReadOnlySpan<byte> path, in Inode machine)
    {
        _unread++;
        Remark(PlanExceptionKind.Unknown, path, string.Create(CultureInfo.InvariantCulture, $"its content has not been read yet ({machine.Size} bytes)"));
        if (_awaited.Count < Plan.MaxRemarks)
        {
            _awaited.Add(Keep(path));
        }
    }

    /// <summary>A computed path whose content is not known.</summary>
    public void MissComputed(ReadOnlySpan<byte> path)
    {
        if (_missing.Count < Plan.MaxRemarks)
        {
            _missing.Add(Keep(path));
        }
    }

    /// <summary>The class of a change at a path where something stands.</summary>
    public static StepClass ClassOf(UnixPath path, InodeKind old, in Inode wanted) => (old, wanted.Kind) switch
    {
        (InodeKind.Directory, not InodeKind.Directory) => StepClass.Removal,
        (not InodeKind.Directory, InodeKind.Directory) => StepClass.New,
        _ => StepOrder.Of(path.Span, wanted),
    };

    /// <summary>The plan.</summary>
    /// <param name="input">What was compared.</param>
    /// <param name="machineInodes">Inodes of the machine in scope.</param>
    /// <param name="imageInodes">Inodes of the image in scope.</param>
    public Plan Build(ComparisonInput input, long machineInodes, long imageInodes)
    {
        var steps = Order();
        return new Plan
        {
            Id = PlanId.Of(input.Manifest, input.Computed?.Digest ?? default, steps, _linkTargets),
            Manifest = input.Manifest,
            Computed = input.Computed,
            Steps = steps,
            LinkTargets = [.. _linkTargets],
            OtherNames = [.. _otherNames, .. _otherNamesTimeOnly],
            OtherNamesBeyondTime = _otherNames.Count,
            Remarks = [.. _remarks],
            Held = _held,
            Blocked = _blocked,
            Contested = _contested,
            Unknown = _unknown,
            Unread = _unread,
            Awaited = [.. _awaited],
            MissingComputed = [.. _missing],
            Counts = new PlanCounts(machineInodes, imageInodes, _creations, _changes, _deletions),
        };
    }

    private void Add(StepClass stepClass, PlanStep step) => _steps[2 * (int)stepClass].Add(step);

    private ImmutableArray<PlanStep> Order()
    {
        var ordered = new PlanStep[_steps.Sum(s => s.Count)];
        var at = 0;
        for (var i = 0; i < _steps.Length; i++)
        {
            var steps = CollectionsMarshal.AsSpan(_steps[i]);
            if (i == 2 * (int)StepClass.Removal)
            {
                steps.Sort(static (a, b) => b.Path.CompareTo(a.Path));
            }
            else
            {
                steps.Sort(static (a, b) => a.Path.CompareTo(b.Path));
            }

            steps.CopyTo(ordered.AsSpan(at));
            at += steps.Length;
            _steps[i] = [];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(ordered);
    }
}
