using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>Brings the hard links of the image about (rule 3), once the walk knows what happens to every name.</summary>
/// <remarks>
/// A unit is the set of names that must be one inode: those of an image's group that are in scope and can be reached, or a single name that the
/// machine links to others. A unit keeps an inode of the machine when that has the right content; the other names are linked to it. An inode
/// is changed in place only when each of its names belongs to the unit or goes away: nothing may leak through a link to a name that must not change.
/// </remarks>
internal sealed class LinkPlanner
{
    private readonly ComparisonInput _input;
    private readonly LinkTable _image;
    private readonly LinkTable _machine;
    private readonly ComparisonScope _scope;
    private readonly InodeRules _rules;
    private readonly PlanBuilder _plan;
    private readonly Dictionary<UnixPath, LinkedName> _names = [];
    private readonly HashSet<UnixPath> _leaving = [];
    private readonly HashSet<UnixPath> _awaited = [];

    /// <summary>A planner that knows no names yet.</summary>
    public LinkPlanner(ComparisonInput input, LinkTable image, LinkTable machine, ComparisonScope scope, InodeRules rules, PlanBuilder plan) =>
        (_input, _image, _machine, _scope, _rules, _plan) = (input, image, machine, scope, rules, plan);

    /// <summary>Whether a path has other names on either side, so that its fate is decided here.</summary>
    public bool Concerns(UnixPath path) => IsLinkedInImage(path) || IsLinkedOnMachine(path);

    /// <summary>Whether a path has other names in the image.</summary>
    public bool IsLinkedInImage(UnixPath path) => _image.Groups.Count > 0 && _image.Find(path) is not null;

    /// <summary>Hands a name over.</summary>
    public void Add(LinkedName name) => _names[name.Path] = name;

    /// <summary>Notes that the plan removes a name of the machine.</summary>
    public void Leave(UnixPath path)
    {
        if (IsLinkedOnMachine(path))
        {
            _leaving.Add(path);
        }
    }

    /// <summary>Notes a name whose content is not known yet: until it is, nothing happens to the names the image links to it.</summary>
    public void Await(UnixPath path)
    {
        if (IsLinkedInImage(path))
        {
            _awaited.Add(new UnixPath(path.Span.ToArray()));
        }
    }

    /// <summary>Adds the steps of all names handed over.</summary>
    public void Finish()
    {
        var units = MakeUnits();
        Assign(units);
        foreach (var unit in units)
        {
            AddSteps(unit);
        }
    }

    private bool IsLinkedOnMachine(UnixPath path) => _machine.Groups.Count > 0 && _machine.Find(path) is not null;

    private List<LinkUnit> MakeUnits()
    {
        var units = new List<LinkUnit>();
        var done = new HashSet<LinkGroup>();
        foreach (var name in _names.Values.OrderBy(n => n.Path).ToList())
        {
            var group = _image.Find(name.Path);
            if (group is null)
            {
                units.Add(new LinkUnit([name]));
            }
            else if (done.Add(group) && !group.Paths.Any(_awaited.Contains))
            {
                units.Add(new LinkUnit([.. group.Paths.Select(FindName).OfType<LinkedName>()]));
            }
        }

        return units;
    }

    /// <summary>A name of a group as the walk left it; or, when equal digests kept the walk from it, as both trees have it.</summary>
    /// <returns>Null for a name that is filtered, excluded, blocked or unreadable.</returns>
    private LinkedName? FindName(UnixPath path)
    {
        if (_names.TryGetValue(path, out var name))
        {
            return name;
        }

        if (_scope.ExcludesAnyOf(path.Span) || _input.Deferred?.Contains(path) == true)
        {
            return null;
        }

        var (image, machine) = (TreeLookup.Find(_input.Image, path), TreeLookup.Find(_input.Machine, path));
        return image.ReadInode().IsFile && machine.ReadInode().IsFile ? new LinkedName(path, image, machine) : null;
    }

    /// <summary>Gives each unit at most one inode of the machine and each inode to at most one unit, the best matches first.</summary>
    private void Assign(List<LinkUnit> units)
    {
        var candidates = new List<LinkCandidate>();
        foreach (var unit in units)
        {
            // What does not stand in the machine's table is an inode of its own.
            foreach (var names in unit.Names.Where(n => n.Machine.ReadInode().IsFile).GroupBy(n => (object?)_machine.Find(n.Path) ?? n))
            {
                if (Judge(unit, names.Key, [.. names]) is { } candidate)
                {
                    candidates.Add(candidate);
                }
            }
        }

        var taken = new HashSet<object>();
        foreach (var candidate in candidates.OrderByDescending(c => c.Saved).ThenBy(c => c.Names[0].Path))
        {
            if (candidate.Unit.Keeper is null && taken.Add(candidate.Inode))
            {
                candidate.Unit.Keeper = candidate;
            }
        }
    }

    private LinkCandidate? Judge(LinkUnit unit, object inode, LinkedName[] names)
    {
        var (wanted, machine) = (unit.Names[0].Image.ReadInode(), names[0].Machine.ReadInode());
        foreach (var name in names)
        {
            // Names of one inode read at different moments: what it holds now is not known.
            var other = name.Machine.ReadInode();
            if (!machine.SameContent(other) || !machine.SameMetadata(other))
            {
                return null;
            }
        }

        if (!_rules.SameContent(names[0].Path, wanted, machine))
        {
            return null;
        }

        var changes = !_rules.SameMetadata(wanted, machine);
        return changes && !CanChangeInPlace(inode, names) ? null : new LinkCandidate(unit, inode, names, changes);
    }

    private bool CanChangeInPlace(object inode, LinkedName[] names)
    {
        var group = inode as LinkGroup;
        if (_rules.HasHiddenNames(names[0].Path, group?.Paths.Count ?? 1))
        {
            return false;
        }

        // What the table lists and the unit lacks must go away.
        return group is null || group.Paths.Count - names.Length == group.Paths.Count(_leaving.Contains);
    }

    private void AddSteps(LinkUnit unit)
    {
        var wanted = unit.Names[0].Image.ReadInode();
        LinkedName leader;
        StepClass ready;
        HashSet<LinkedName> right;
        if (unit.Keeper is { } keeper)
        {
            leader = keeper.Names[0];
            ready = StepClass.New;
            right = [.. keeper.Names];
            if (keeper.Changes)
            {
                var others = keeper.Names.Skip(1).Select(n => n.Path).ToArray();
                _plan.ChangeMetadata(leader.Path, leader.Machine, leader.Image, wanted, others);
            }
        }
        else
        {
            // A name in the place of a directory is right last; the others need not wait for it.
            leader = unit.Names.Find(n => n.Machine.ReadInode().Kind != InodeKind.Directory) ?? unit.Names[0];
            ready = Put(leader, wanted);
            right = [leader];
        }

        if (right.Count == unit.Names.Count)
        {
            return;
        }

        var target = _plan.AddLinkTarget(leader.Path);
        foreach (var name in unit.Names.Where(n => !right.Contains(n)))
        {
            _plan.Link(name.Path, name.Machine, name.Machine.ReadInode().Kind, name.Image, wanted, target, ready);
        }
    }

    /// <summary>Puts a new inode at a name; returns the class of the step.</summary>
    private StepClass Put(LinkedName name, in Inode wanted)
    {
        var old = name.Machine.ReadInode().Kind;
        if (old == InodeKind.None)
        {
            _plan.Create(name.Path, name.Image, directory: false);
            return StepClass.New;
        }

        _plan.Replace(name.Path, name.Machine, old, name.Image, wanted);
        return PlanBuilder.ClassOf(name.Path, old, wanted);
    }
}
