using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Comparison;

/// <summary>Walks both trees at once and decides what happens to each path. Hard links are left to <see cref="LinkPlanner"/>.</summary>
internal sealed partial class ComparisonWalk
{
    private const string BelowMustStay = "something below it is filtered, mounted on or unreadable";
    private const string MountedOver = "something is mounted over the file: it can be replaced when that is unmounted";

    private readonly ComparisonInput _input;
    private readonly IBlockSource _image;
    private readonly IBlockSource _machine;
    private readonly ComparisonScope _scope;
    private readonly InodeRules _rules;
    private readonly LinkPlanner _links;
    private readonly LinkVisits _visits;
    private readonly PlanBuilder _plan;
    private readonly PathStack _path = new();
    private readonly CancellationToken _cancellationToken;

    /// <summary>A walk that has not begun.</summary>
    public ComparisonWalk(
        ComparisonInput input, ComparisonScope scope, InodeRules rules, LinkVisits visits, LinkPlanner links, PlanBuilder plan, CancellationToken cancellationToken)
    {
        (_input, _image, _machine) = (input, input.Image.Blocks, input.Machine.Blocks);
        (_scope, _rules, _visits, _links, _plan) = (scope, rules, visits, links, plan);
        _cancellationToken = cancellationToken;
    }

    /// <summary>Entries of the image that are not in scope.</summary>
    public long ImageOutOfScope { get; private set; }

    /// <summary>Entries in scope that only the image has.</summary>
    public long OnlyInImage { get; private set; }

    /// <summary>Entries in scope that only the machine has, without held directories.</summary>
    public long OnlyOnMachine { get; private set; }

    /// <summary>Compares two directories, the current path being theirs; a directory that one side lacks has no id.</summary>
    public void CompareDirectories(ObjectId image, ObjectId machine)
    {
        EnterDirectory();
        if (image != machine || _visits.HasBelow(_path.Current))
        {
            CompareNodes(image, machine, _scope.Below(_path.Current));
        }
    }

    private void EnterDirectory()
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_path.Depth > TreeFormat.MaxDepth)
        {
            throw new CorruptTreeException($"directories are nested more than {TreeFormat.MaxDepth} deep");
        }
    }

    private void CompareNodes(ObjectId image, ObjectId machine, (bool, bool) scope)
    {
        if (image.IsNone || machine.IsNone)
        {
            Merge(ReadEntries(_image, image), ReadEntries(_machine, machine), scope);
            return;
        }

        var (imageBlock, machineBlock) = (_image.Get(image), _machine.Get(machine));
        if (imageBlock.Kind != BlockKind.FanOut || machineBlock.Kind != BlockKind.FanOut)
        {
            Merge(ReadEntries(_image, image), ReadEntries(_machine, machine), scope);
            return;
        }

        var (imageChildren, machineChildren) = (FanOutBlock.Read(imageBlock), FanOutBlock.Read(machineBlock));
        var visit = _visits.HasBelow(_path.Current);
        for (var i = 0; i < imageChildren.Length; i++)
        {
            if (visit || imageChildren[i] != machineChildren[i])
            {
                CompareNodes(imageChildren[i], machineChildren[i], scope);
            }
        }
    }

    private static EntryRef[] ReadEntries(IBlockSource blocks, ObjectId node) => node.IsNone ? [] : DirectoryContents.Read(blocks, node);

    private void Merge(EntryRef[] image, EntryRef[] machine, (bool, bool) scope)
    {
        var (i, m) = (0, 0);
        while (i < image.Length || m < machine.Length)
        {
            var order = i == image.Length ? 1 : m == machine.Length ? -1 : image[i].Name.Span.SequenceCompareTo(machine[m].Name.Span);
            if (order == 0 && _visits.IsEmpty && Encoded(image, i).SequenceEqual(Encoded(machine, m)) && !Encoded(image, i).IsEmpty)
            {
                i++;
                m++;
                continue;
            }

            var before = _path.Push((order <= 0 ? image[i] : machine[m]).Name.Span);
            var skipped = _scope.Excludes(_path.Current, scope);
            if (!skipped && IsDeferred(order <= 0 ? image[i] : default, order >= 0 ? machine[m] : default))
            {
                skipped = true;
            }

            if (order == 0)
            {
                Both(image[i++], machine[m++], skipped);
            }
            else if (order < 0)
            {
                OnlyImage(image[i++], skipped);
            }
            else if (!skipped && !_input.Sparse)
            {
                _ = Remove(machine[m++]);
            }
            else
            {
                m++;
            }

            _path.Pop(before);
        }
    }

    /// <summary>The bytes of an entry, when where they end shows without reading them; else nothing.</summary>
    private static ReadOnlySpan<byte> Encoded(EntryRef[] entries, int index)
    {
        var (block, offset) = entries[index];
        if (index + 1 == entries.Length)
        {
            return block!.Bytes.Span[offset..];
        }

        var next = entries[index + 1];
        return ReferenceEquals(next.Block, block) ? block!.Bytes.Span[offset..next.Offset] : default;
    }

    private void Both(EntryRef imageEntry, EntryRef machineEntry, bool skipped)
    {
        var image = imageEntry.ReadInode();
        if (skipped)
        {
            SkipImage(image);
            return;
        }

        var machine = machineEntry.ReadInode();
        switch (machine.Kind)
        {
            case InodeKind.Unknown or InodeKind.Opaque:
                RemarkUnknown(machine);
                break;
            case InodeKind.MountPoint:
                BothAtMount(image);
                break;
            case InodeKind.Directory when image.Kind == InodeKind.Directory:
                if (!_rules.SameMetadata(image, machine))
                {
                    ChangeDirectory(KeepPath(), machineEntry, imageEntry, image);
                }

                CompareDirectories(image.Content, machine.Content);
                break;
            case InodeKind.Directory:
                FileForDirectory(imageEntry, image, machineEntry, machine);
                break;
            case not InodeKind.Directory when image.Kind == InodeKind.Directory:
                DirectoryForFile(imageEntry, image, machineEntry, machine);
                break;
            default:
                BothFiles(imageEntry, image, machineEntry, machine);
                break;
        }
    }

    private void BothFiles(EntryRef imageEntry, in Inode image, EntryRef machineEntry, in Inode machine)
    {
        var path = _path.Borrowed;
        if (_rules.IsMissing(path, image))
        {
            _plan.MissComputed(path.Span);
            return;
        }

        if (machine.IsUnread && _rules.MayHaveContent(path, image, machine))
        {
            _plan.Await(_path.Current, machine);
            _links.Await(path);
            return;
        }

        if (_links.Concerns(path))
        {
            _links.Add(new LinkedName(KeepPath(), imageEntry, machineEntry));
            return;
        }

        var sameContent = _rules.SameContent(path, image, machine);
        if (sameContent && _rules.SameMetadata(image, machine))
        {
            return;
        }

        if (IsMountPoint)
        {
            _plan.Remark(PlanExceptionKind.Blocked, path.Span, MountedOver);
        }
        else if (sameContent && !_rules.HasHiddenNames(path, 1))
        {
            _plan.ChangeMetadata(KeepPath(), machineEntry, imageEntry, image);
        }
        else
        {
            _plan.Replace(KeepPath(), machineEntry, machine.Kind, imageEntry, image);
        }
    }

    private UnixPath KeepPath() => _plan.Keep(_path.Current);
}
