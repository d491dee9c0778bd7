using Dom.Core.Trees;
using Dom.Core.Trees.Editing;

namespace Dom.Core.Archives;

/// <summary>Puts the members of a tar archive into a tree, as extracting them one after another over a directory would.</summary>
/// <remarks>
/// A name that comes twice stands for its last member. Missing directories are made as <see cref="EditableTree.DefaultDirectory"/>. Owners are the numbers
/// of the archive, never its names. Members that would lie outside of the tree, or behind a symbolic link, are refused.
/// </remarks>
/// <param name="reader">The archive.</param>
/// <param name="contents">Takes the contents of files.</param>
/// <param name="tree">The tree; need not be empty.</param>
public sealed class TarTreeReader(TarReader reader, ArchiveContents contents, EditableTree tree)
{
    private static readonly byte[] AccessAttribute = "system.posix_acl_access"u8.ToArray();
    private static readonly byte[] DefaultAttribute = "system.posix_acl_default"u8.ToArray();

    private readonly List<(TreeNode Node, TarEntry Entry)> _withAclText = [];

    /// <summary>Members read so far.</summary>
    public long Entries { get; private set; }

    /// <summary>Reads all members.</summary>
    /// <param name="progress">Told the bytes of the uncompressed archive read so far.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArchiveException">The archive is damaged, or holds what cannot be in a tree.</exception>
    public async Task ReadAsync(Action<long>? progress, CancellationToken cancellationToken)
    {
        while (await reader.ReadNextAsync(cancellationToken) is { } entry)
        {
            var inode = entry.Inode;
            if (inode.Kind == InodeKind.Regular && !entry.IsHardLink)
            {
                inode = inode with { Content = await contents.TakeAsync(reader, entry, cancellationToken) };
            }

            Put(entry, inode);
            Entries++;
            progress?.Invoke(reader.Position);
        }

        var names = new ArchiveNames(tree, contents);
        foreach (var (node, entry) in _withAclText)
        {
            SetAcl(node, entry, names);
        }
    }

    private void Put(TarEntry entry, in Inode inode)
    {
        try
        {
            if (entry.IsHardLink)
            {
                tree.Link(entry.Name, entry.LinkTarget);
                return;
            }

            EntryRules.Require(inode.Kind == InodeKind.Directory ? inode with { Content = Placeholder } : inode);
            var node = tree.Put(entry.Name, inode);
            if (!entry.AccessAcl.IsEmpty || !entry.DefaultAcl.IsEmpty)
            {
                _withAclText.Add((node, entry));
            }
        }
        catch (Exception e) when (e is TreeEditException or CorruptTreeException)
        {
            throw entry.Fault(e.Message, e);
        }
    }

    /// <summary>A directory has its block only when the tree is written.</summary>
    private static Objects.ObjectId Placeholder { get; } = Objects.ObjectId.Of("directory"u8);

    private static void SetAcl(TreeNode node, TarEntry entry, ArchiveNames names)
    {
        try
        {
            var attributes = new ExtendedAttributes(node.Inode.Xattrs).Read().ToList();
            Add(attributes, AccessAttribute, entry.AccessAcl, names);
            Add(attributes, DefaultAttribute, entry.DefaultAcl, names);
            node.Inode = node.Inode with { Xattrs = ExtendedAttributes.Of(attributes).Encoded };
        }
        catch (FormatException e)
        {
            throw entry.Fault(e.Message, e);
        }
    }

    private static void Add(List<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>> attributes, byte[] name, AclText acl, ArchiveNames names)
    {
        // The kernel keeps no access ACL that says what the permission bits say.
        if (!acl.IsEmpty && !(acl.IsMinimal && name == AccessAttribute))
        {
            attributes.RemoveAll(a => a.Key.Span.SequenceEqual(name));
            attributes.Add(new(name, acl.ToAttribute(names.Find)));
        }
    }
}
