using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;

namespace Dom.Core.Trees.Comparison;

/// <summary>When a machine's inode is what the image wants, under the limits of the machine's file system (rules 6 and 12).</summary>
internal sealed class InodeRules(ComparisonInput input)
{
    /// <summary>Same owner, mode, extended attributes and, where the image records one, modification time.</summary>
    public bool SameMetadata(in Inode wanted, in Inode machine) =>
        wanted.Mode == machine.Mode && wanted.Uid == machine.Uid && wanted.Gid == machine.Gid
        && (wanted.SameXattrs(machine) || (input.Abilities is { } abilities && SameHeldXattrs(wanted, machine, abilities)))
        && (!wanted.HasMtime || SameTime(wanted, machine));

    /// <summary>Same kind and content; a computed file must be a regular one with the content of the computed set.</summary>
    public bool SameContent(UnixPath path, in Inode wanted, in Inode machine)
    {
        if (wanted.Kind != InodeKind.Computed)
        {
            return wanted.SameContent(machine);
        }

        return machine.Kind == InodeKind.Regular && input.Computed!.TryGet(path, out var file)
            && machine.Size == (ulong)file.Size && machine.Content == file.Object;
    }

    /// <summary>Whether a file that has not been read yet can have the content that is wanted: it has its size.</summary>
    public bool MayHaveContent(UnixPath path, in Inode wanted, in Inode machine) => wanted.Kind == InodeKind.Computed
        ? input.Computed is not null && input.Computed.TryGet(path, out var file) && machine.Size == (ulong)file.Size
        : wanted.Kind == InodeKind.Regular && wanted.Size == machine.Size;

    /// <summary>True for a computed path without known content.</summary>
    public bool IsMissing(UnixPath path, in Inode wanted) =>
        wanted.Kind == InodeKind.Computed && (input.Computed is null || !input.Computed.TryGet(path, out _));

    /// <summary>True when a file of the machine has more names than the snapshot shows.</summary>
    public bool HasHiddenNames(UnixPath path, int shown) => input.LinkCount is { } count && count(path) > shown;

    private bool SameTime(in Inode wanted, in Inode machine)
    {
        var (first, second) = (new FileTime(wanted.MtimeSeconds, (int)wanted.MtimeNanoseconds), new FileTime(machine.MtimeSeconds, (int)machine.MtimeNanoseconds));
        return first == second || (input.Abilities is { } abilities && abilities.Truncate(first) == abilities.Truncate(second));
    }

    private static bool SameHeldXattrs(in Inode wanted, in Inode machine, FileSystemAbilities abilities)
    {
        var (first, second) = (Held(wanted, abilities), Held(machine, abilities));
        if (first.Count != second.Count)
        {
            return false;
        }

        for (var i = 0; i < first.Count; i++)
        {
            if (!first[i].Key.Span.SequenceEqual(second[i].Key.Span) || !first[i].Value.Span.SequenceEqual(second[i].Value.Span))
            {
                return false;
            }
        }

        return true;
    }

    private static List<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> Held(in Inode inode, FileSystemAbilities abilities)
    {
        var held = new List<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>();
        foreach (var attribute in new ExtendedAttributes(inode.Xattrs).Read())
        {
            if (abilities.Holds(inode.Kind, attribute.Key.Span))
            {
                held.Add(attribute);
            }
        }

        return held;
    }
}
