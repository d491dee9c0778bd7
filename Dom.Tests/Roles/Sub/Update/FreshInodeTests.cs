using System.Text;
using Dom.Core.Trees;
using Dom.Core.Trees.Writing;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

/// <summary>Who still has a file open for writing must gain nothing when the file is made somebody else's.</summary>
[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FreshInodeTests : IAsyncDisposable
{
    private const uint User = 65534;
    private const uint Program = 0x9ed; // 04755

    private readonly TempDirectory _temp = new();
    private readonly UpdateTree _tree;

    public FreshInodeTests() => _tree = new UpdateTree(_temp.Path);

    public async ValueTask DisposeAsync()
    {
        await _tree.DisposeAsync();
        _temp.Dispose();
    }

    [Test]
    public async Task A_file_that_becomes_anothers_set_id_program_is_out_of_reach_of_whoever_has_it_open(CancellationToken cancellationToken)
    {
        _tree.Write("/srv/u", "content");
        _tree.Root.OpenBelow("srv"u8).SetOwner("u"u8, User, User);
        await using var held = new FileStream(_tree.At("/srv/u"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var time = _tree.Root.GetStatus("srv/u"u8).ModificationTime;
        _tree.Change("/srv/u", static inode => inode with { Uid = 0, Gid = 0, Mode = Program });

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);
        held.Write("#!/bin/sh"u8);
        held.Flush();

        var status = _tree.Root.GetStatus("srv/u"u8);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That(_tree.Describe("/srv/u"), Is.EqualTo("file 4755 content"));
            Assert.That((status.Owner, status.Group), Is.EqualTo((0u, 0u)));
            Assert.That(status.ModificationTime, Is.EqualTo(time));
        });
    }

    [Test]
    public async Task All_names_of_such_a_file_get_the_new_inode(CancellationToken cancellationToken)
    {
        _tree.Write("/a", "content");
        _tree.Root.Link("a"u8, _tree.Root, "b"u8);
        _tree.Root.Link("a"u8, _tree.Root, "hidden"u8);
        _tree.Root.SetOwner("a"u8, User, User);
        var old = _tree.Root.GetStatus("a"u8).Inode;
        _tree.Change("/a", static inode => inode with { Uid = 0, Gid = 0 }, "/b").HardLink("/c", "/a", "content");

        var outcome = await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        var made = _tree.Root.GetStatus("a"u8);
        var hidden = _tree.Root.GetStatus("hidden"u8);
        Assert.Multiple(() =>
        {
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), outcome.Message);
            Assert.That((made.Owner, made.Links), Is.EqualTo((0u, 3u)));
            Assert.That(made.Inode, Is.Not.EqualTo(old));
            Assert.That(_tree.Root.GetStatus("b"u8).Inode, Is.EqualTo(made.Inode));
            Assert.That(_tree.Root.GetStatus("c"u8).Inode, Is.EqualTo(made.Inode));
            Assert.That((hidden.Inode, hidden.Owner), Is.EqualTo((old, User)), "a name that the plan does not know keeps what it has");
        });
    }

    [Test]
    public async Task A_file_written_to_while_it_is_copied_is_not_made_anothers(CancellationToken cancellationToken)
    {
        _tree.Write("/u", "content");
        _tree.Root.SetOwner("u"u8, User, User);
        _tree.Change("/u", static inode => inode with { Uid = 0, Gid = 0, Mode = Program });
        var preparations = 0;
        var order = _tree.Order() with { PhaseChanged = _ => WriteWhen(++preparations == 2) };

        await _tree.Engine().ApplyAsync(order, cancellationToken);

        var status = _tree.Root.GetStatus("u"u8);
        Assert.That((status.Owner, status.Permissions), Is.EqualTo((User, 0x1a4u)));

        void WriteWhen(bool staging)
        {
            if (staging)
            {
                _tree.Write("/u", "CONTENT");
            }
        }
    }

    [Test]
    public async Task What_nobody_else_gains_by_is_set_in_place(CancellationToken cancellationToken)
    {
        _tree.Write("/f", "content", 0b110_000_000);
        var old = _tree.Root.GetStatus("f"u8).Inode;
        _tree.Mode("/f", 0x1a4);

        await _tree.Engine().ApplyAsync(_tree.Order(), cancellationToken);

        Assert.That(_tree.Describe("/f"), Is.EqualTo("file 644 content"));
        Assert.That(_tree.Root.GetStatus("f"u8).Inode, Is.EqualTo(old));
    }

    [TestCase("owner", true)]
    [TestCase("group", true)]
    [TestCase("set-id", true)]
    [TestCase("set-id as before", true)]
    [TestCase("capability", true)]
    [TestCase("label", true)]
    [TestCase("list", true)]
    [TestCase("writable no more", true)]
    [TestCase("readable", false)]
    [TestCase("time", false)]
    [TestCase("note", false)]
    [TestCase("directory", false)]
    public void A_new_inode_is_needed_for_what_gives_power(string what, bool expected)
    {
        var old = new Inode { Kind = InodeKind.Regular, Mode = 0x1b4, Uid = 1, Gid = 1 };
        var (before, wanted) = what switch
        {
            "owner" => (old, old with { Uid = 0 }),
            "group" => (old, old with { Gid = 0 }),
            "set-id" => (old, old with { Mode = 0x5b4 }),
            "set-id as before" => (old with { Mode = 0x5b4 }, old with { Mode = 0x5b4, MtimeSeconds = 1 }),
            "capability" => (old, With(old, "security.capability")),
            "label" => (old, With(old, "security.selinux")),
            "list" => (With(old, "system.posix_acl_access"), old),
            "writable no more" => (old, old with { Mode = 0x1a4 }),
            "readable" => (old with { Mode = 0x180 }, old with { Mode = 0x1a4 }),
            "time" => (old, old with { MtimeSeconds = 1 }),
            "note" => (old, With(old, "user.note")),
            _ => (old with { Kind = InodeKind.Directory }, old with { Kind = InodeKind.Directory, Uid = 0, Mode = 0x5ed }),
        };

        Assert.That(FreshInode.IsNeeded(before, wanted), Is.EqualTo(expected));
    }

    private static Inode With(Inode inode, string attribute) => inode with
    {
        Xattrs = ExtendedAttributes.Of([new(Encoding.UTF8.GetBytes(attribute), "x"u8.ToArray())]).Encoded,
    };
}
