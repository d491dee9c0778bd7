using System.Text;
using Dom.Core.Linux;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Linux;

[TestFixture]
public sealed class DirectoryHandleTests
{
    private TempDirectory _temp;
    private DirectoryHandle _root;

    [SetUp]
    public void OpenRoot()
    {
        _temp = new TempDirectory();
        _root = DirectoryHandle.Open(_temp.Path);
    }

    [TearDown]
    public void CloseRoot()
    {
        _root.Dispose();
        _temp.Dispose();
    }

    [Test]
    public void A_file_can_be_made_written_and_read_again()
    {
        using (var file = _root.CreateFile("a"u8, 0x1a4))
        {
            file.Write("hello"u8);
            file.WriteAt(4, "p!"u8);
            file.Sync();
        }

        using var again = _root.OpenFile("a"u8);
        var buffer = new byte[16];
        Assert.That(again.Read(buffer), Is.EqualTo(6));
        Assert.That(Encoding.ASCII.GetString(buffer, 0, 6), Is.EqualTo("hellp!"));
        Assert.That(again.Read(buffer), Is.Zero);
        Assert.That(again.GetStatus().Size, Is.EqualTo(6));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Status_tells_what_stat_tells()
    {
        File.WriteAllText(_temp.Combine("f"), "12345");
        var status = _root.GetStatus("f"u8);
        var expected = (await Tool.RunOkAsync("stat", "-c", "%f %u %g %h %i %s %d", _temp.Combine("f"))).Output.Trim();
        Assert.That(
            $"{status.Mode:x} {status.Owner} {status.Group} {status.Links} {status.Inode} {status.Size} {status.Device}",
            Is.EqualTo(expected));
        Assert.That(status.Kind, Is.EqualTo(FileKind.Regular));
        Assert.That(status.MountId, Is.Not.Zero);
        Assert.That(status.ModificationTime.ToDateTimeOffset().UtcDateTime, Is.EqualTo(File.GetLastWriteTimeUtc(_temp.Combine("f"))));
    }

    [Test]
    public void A_symbolic_link_is_never_followed()
    {
        Directory.CreateDirectory(_temp.Combine("d"));
        _root.MakeSymlink("l"u8, "d"u8);
        _root.MakeSymlink("m"u8, "nothing"u8);
        Assert.That(_root.TryOpenDirectory("l"u8, out _), Is.AnyOf(Errno.ENOTDIR, Errno.ELOOP));
        Assert.That(_root.TryOpenFile("m"u8, out _), Is.EqualTo(Errno.ELOOP));
        Assert.That(_root.TryOpenBelow("l/x"u8, out _), Is.AnyOf(Errno.ENOTDIR, Errno.ELOOP));
        Assert.That(_root.GetStatus("l"u8).Kind, Is.EqualTo(FileKind.Symlink));
        Assert.That(_root.ReadLink("l"u8), Is.EqualTo("d"u8.ToArray()));
    }

    [Test]
    public void A_link_target_of_any_length_is_read_whole()
    {
        var target = new byte[4095];
        Array.Fill(target, (byte)'x');
        _root.MakeSymlink("long"u8, target);
        Assert.That(_root.ReadLink("long"u8), Is.EqualTo(target));
        Assert.That(_root.TryReadLink("long"u8, new byte[4095], out _), Is.EqualTo(Errno.ENAMETOOLONG));
    }

    [Test]
    public void Entries_are_all_read_also_when_names_are_no_text()
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 3_000; i++)
        {
            byte[] name = [.. Encoding.ASCII.GetBytes($"name-{i:d4}-"), 0xff, (byte)(0x80 + i % 100), (byte)'\n'];
            _root.MakeNode(name, FileKind.Regular, 0x180);
            names.Add(Convert.ToHexString(name));
        }

        var reader = new DirectoryReader();
        for (var round = 0; round < 2; round++)
        {
            var seen = new SortedSet<string>(StringComparer.Ordinal);
            reader.Begin(_root);
            Errno error;
            while (reader.MoveNext(out error))
            {
                Assert.That(reader.Kind, Is.EqualTo(FileKind.Regular));
                seen.Add(Convert.ToHexString(reader.Name));
            }

            Assert.That(error, Is.EqualTo(Errno.None));
            Assert.That(seen, Is.EqualTo(names));
        }
    }

    [Test]
    public void Rename_replaces_refuses_or_exchanges_as_asked()
    {
        File.WriteAllText(_temp.Combine("a"), "a");
        File.WriteAllText(_temp.Combine("b"), "b");
        Assert.That(_root.TryRename("a"u8, _root, "b"u8, RenameMode.NoReplace), Is.EqualTo(Errno.EEXIST));
        _root.Rename("a"u8, _root, "b"u8, RenameMode.Exchange);
        Assert.That(File.ReadAllText(_temp.Combine("a")), Is.EqualTo("b"));
        _root.Rename("a"u8, _root, "b"u8);
        Assert.That(File.ReadAllText(_temp.Combine("b")), Is.EqualTo("b"));
        Assert.That(_root.Exists("a"u8), Is.False);
    }

    [Test]
    public void Metadata_is_set_without_following_links()
    {
        File.WriteAllText(_temp.Combine("f"), "");
        _root.MakeSymlink("l"u8, "f"u8);
        var time = new FileTime(-5, 123_456_789);
        _root.SetMode("f"u8, 0xfff & 0x1c0);
        _root.SetModificationTime("l"u8, time);
        Assert.That(_root.GetStatus("f"u8).Permissions, Is.EqualTo(0x1c0));
        Assert.That(_root.GetStatus("l"u8).ModificationTime, Is.EqualTo(time));
        Assert.That(_root.GetStatus("f"u8).ModificationTime, Is.Not.EqualTo(time));
        var error = Assert.Throws<LinuxException>(() => _root.SetMode("l"u8, 0x1ff));
        Assert.That(error.Error, Is.EqualTo(Errno.EOPNOTSUPP));
    }

    [Test]
    public void An_inode_of_any_kind_is_changed_through_a_path_handle()
    {
        _root.MakeNode("fifo"u8, FileKind.Fifo, 0x180);
        using var fifo = _root.OpenPath("fifo"u8);
        fifo.SetMode(0x1a4);
        fifo.SetModificationTime(new FileTime(77, 7));
        Assert.That(fifo.GetStatus().Permissions, Is.EqualTo(0x1a4));
        Assert.That(_root.GetStatus("fifo"u8).ModificationTime, Is.EqualTo(new FileTime(77, 7)));
    }

    [Test]
    public void Hard_links_can_be_made_by_name_from_open_files_and_from_files_without_a_name()
    {
        File.WriteAllText(_temp.Combine("a"), "a");
        _root.Link("a"u8, _root, "b"u8);
        using (var file = _root.OpenFile("a"u8))
        {
            _root.LinkFrom(file, "c"u8);
        }

        Assert.That(_root.GetStatus("a"u8).Links, Is.EqualTo(3));
        using var unnamed = _root.CreateUnnamedFile(0x180);
        unnamed.Write("x"u8);
        _root.LinkFrom(unnamed, "d"u8);
        Assert.That(File.ReadAllText(_temp.Combine("d")), Is.EqualTo("x"));
    }

    [Test]
    public void Attributes_are_listed_set_read_and_removed_by_name_and_by_descriptor()
    {
        File.WriteAllText(_temp.Combine("f"), "");
        _root.SetAttribute("f"u8, "user.one"u8, "1"u8);
        using var path = _root.OpenPath("f"u8);
        path.SetAttribute("user.two"u8, default);
        using var file = _root.OpenFileForWriting("f"u8);
        file.SetAttribute("user.three"u8, new byte[100]);
        foreach (var list in new AttributeList[] { b => _root.TryListAttributes("f"u8, b, out _), b => path.TryListAttributes(b, out _), b => file.TryListAttributes(b, out _) })
        {
            var buffer = new byte[256];
            Assert.That(list(buffer), Is.EqualTo(Errno.None));
            var names = Encoding.ASCII.GetString(buffer).Split('\0', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(names.Where(n => n.StartsWith("user.", StringComparison.Ordinal)), Is.EquivalentTo(["user.one", "user.two", "user.three"]));
            Assert.That(list(new byte[4]), Is.EqualTo(Errno.ERANGE));
        }

        var value = new byte[200];
        Assert.That(_root.TryGetAttribute("f"u8, "user.one"u8, value, out var length), Is.EqualTo(Errno.None));
        Assert.That((length, value[0]), Is.EqualTo((1, (byte)'1')));
        Assert.That(path.TryGetAttribute("user.three"u8, value, out length), Is.EqualTo(Errno.None));
        Assert.That(length, Is.EqualTo(100));
        Assert.That(file.TryGetAttribute("user.two"u8, value, out length), Is.EqualTo(Errno.None));
        Assert.That(length, Is.Zero);
        Assert.That(_root.RemoveAttribute("f"u8, "user.one"u8), Is.True);
        Assert.That(path.RemoveAttribute("user.one"u8), Is.False);
        Assert.That(_root.TryGetAttribute("f"u8, "user.one"u8, value, out _), Is.EqualTo(Errno.ENODATA));
    }

    [Test]
    public void Errors_name_the_operation_the_path_and_the_remedy()
    {
        var error = Assert.Throws<LinuxException>(() => _root.OpenFile("no\nsuch\\file"u8).Dispose());
        Assert.That(error.Error, Is.EqualTo(Errno.ENOENT));
        Assert.That(error.IsNotFound, Is.True);
        Assert.That(error.Path, Is.EqualTo($"{_temp.Path}/no\\x0asuch\\\\file"));
        Assert.That(error.Message, Does.Contain("cannot open").And.Contain("ENOENT"));
        Assert.That(new LinuxException(Errno.ENOSPC, "write", "/x").Message, Does.EndWith("free some space"));
    }

    [Test]
    public void A_lock_is_held_until_its_handle_is_closed()
    {
        using var other = _root.OpenOrCreateFile("lock"u8, 0x180);
        using (var holder = _root.OpenOrCreateFile("lock"u8, 0x180))
        {
            Assert.That(holder.TryLock(exclusive: true), Is.True);
            Assert.That(other.TryLock(exclusive: true), Is.False);
        }

        Assert.That(other.TryLock(exclusive: true), Is.True);
    }

    [Test]
    public void Space_can_be_asked_and_reserved()
    {
        var system = _root.GetFileSystemStatus();
        Assert.That(system.AvailableBytes, Is.GreaterThan(0).And.LessThanOrEqualTo(system.TotalBytes));
        Assert.That(system.IsReadOnly, Is.False);
        using var file = _root.CreateFile("f"u8, 0x180);
        Assert.That(file.TryAllocate(1 << 20), Is.True);
        Assert.That(file.GetStatus().Size, Is.Zero);
        Assert.That(file.GetStatus().Blocks, Is.GreaterThanOrEqualTo(2048));
    }

    [Test]
    public void A_second_inode_of_the_same_number_has_another_generation()
    {
        using var directory = _root.OpenOrMakeDirectory("d"u8, 0x1c0);
        if (!directory.TryGetGeneration(out var first))
        {
            Assert.That(_root.GetFileSystemStatus().Kind, Is.Not.EqualTo(0xEF53), "ext4 has generations");
            return;
        }

        Assert.That(directory.TryGetGeneration(out var again), Is.True);
        Assert.That(again, Is.EqualTo(first));
    }

    [Test]
    public void An_empty_directory_only_is_removed()
    {
        _root.MakeDirectory("d"u8, 0x1c0);
        File.WriteAllText(_temp.Combine("d", "f"), "");
        Assert.That(_root.TryRemoveDirectory("d"u8), Is.EqualTo(Errno.ENOTEMPTY));
        File.Delete(_temp.Combine("d", "f"));
        _root.RemoveDirectory("d"u8);
        Assert.That(_root.UnlinkIfExists("d"u8), Is.False);
    }

    [Test]
    public void Priorities_and_signals_reach_the_kernel()
    {
        var errors = (Errno.EIO, Errno.EIO);
        var thread = new Thread(() => errors = (ProcessControl.TrySetThreadNice(19), ProcessControl.TrySetThreadIoIdle()));
        thread.Start();
        thread.Join();
        Assert.That(errors, Is.EqualTo((Errno.None, Errno.None)));
        Assert.That(ProcessControl.Signal(Environment.ProcessId, 0), Is.True);
        Assert.That(ProcessControl.Signal(int.MaxValue, 0), Is.False);
    }

    [Test]
    public void Times_outside_of_the_usual_are_exact()
    {
        foreach (var time in new[] { new FileTime(-1, 1), new FileTime(0, 0), new FileTime(4_000_000_000, 999_999_999) })
        {
            Assert.That(FileTime.From(time.ToDateTimeOffset()).Seconds, Is.EqualTo(time.Seconds));
        }

        Assert.That(FileTime.From(DateTimeOffset.UnixEpoch.AddTicks(-1)), Is.EqualTo(new FileTime(-1, 999_999_900)));
    }

    [Test]
    public void Device_numbers_have_the_form_of_makedev()
    {
        var device = FileStatus.MakeDevice(0xabcde, 0x12345678);
        Assert.That((FileStatus.Major(device), FileStatus.Minor(device)), Is.EqualTo((0xabcdeu, 0x12345678u)));
        Assert.That(FileStatus.MakeDevice(8, 1), Is.EqualTo(0x801));
    }

    [Test]
    public void A_name_with_a_zero_byte_is_refused() =>
        Assert.That(() => _root.Exists("a\0b"u8), Throws.ArgumentException);

    [Test]
    public void A_mount_is_not_crossed_and_a_view_sees_below_it()
    {
        using var root = DirectoryHandle.Open("/"u8);
        Assert.That(root.TryOpenBelow("proc/self"u8, out _), Is.EqualTo(Errno.EXDEV));
        var error = root.TryOpenView(out var view);
        if (error != Errno.None)
        {
            Assert.That(error, Is.AnyOf(Errno.EPERM, Errno.ENOSYS));
            return;
        }

        using (view)
        {
            Assert.That(view!.GetStatus("proc"u8).Inode, Is.Not.EqualTo(root.GetStatus("proc"u8).Inode));
            Assert.That(view.GetStatus("etc"u8).Inode, Is.EqualTo(root.GetStatus("etc"u8).Inode));
            Assert.That(view.TryOpenBelow("proc"u8, out var proc), Is.EqualTo(Errno.None));
            proc!.Dispose();

            using var temp = view.OpenBelow(Encoding.UTF8.GetBytes(_temp.Path.TrimStart('/')));
            using (var file = temp.CreateFile("made through the view"u8, 0x180))
            {
                file.Write("x"u8);
            }

            temp.Rename("made through the view"u8, temp, "renamed"u8, RenameMode.NoReplace);
            Assert.That(File.ReadAllText(_temp.Combine("renamed")), Is.EqualTo("x"));
        }
    }

    private delegate Errno AttributeList(byte[] buffer);
}
