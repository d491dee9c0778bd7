using System.Text;
using Dom.Core.Linux;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Linux;

[TestFixture]
public sealed class WholeFileTests
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
    public void A_file_is_made_and_replaced_private_and_leaves_nothing_beside_it()
    {
        _root.ReplaceFile("state"u8, "first, and longer"u8);
        _root.ReplaceFile("state"u8, "second"u8);
        Assert.Multiple(() =>
        {
            Assert.That(Read(), Is.EqualTo("second"));
            Assert.That(File.GetUnixFileMode(_temp.Combine("state")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(Directory.GetFileSystemEntries(_temp.Path), Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void What_a_crash_left_beside_the_file_is_written_over()
    {
        _temp.WriteFile("state~", "half of somethi");
        _root.ReplaceFile("state"u8, "whole"u8);
        Assert.That(Read(), Is.EqualTo("whole"));
    }

    [Test]
    public void When_it_cannot_be_written_the_old_content_stands()
    {
        _root.ReplaceFile("state"u8, "old"u8);
        _temp.CreateDirectory("state~", "in the way");
        Assert.That(() => _root.ReplaceFile("state"u8, "new"u8), Throws.InstanceOf<IOException>());
        Assert.That(Read(), Is.EqualTo("old"));
    }

    [Test]
    public void When_the_name_is_taken_by_a_directory_nothing_is_left_beside_it()
    {
        _temp.CreateDirectory("state", "in the way");
        Assert.That(() => _root.ReplaceFile("state"u8, "new"u8), Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFileSystemEntries(_temp.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_missing_file_reads_as_nothing_and_one_over_the_limit_is_refused()
    {
        Assert.That(_root.ReadFileIfExists("none"u8, 10), Is.Null);
        _temp.WriteFile("state", "12345678901");
        Assert.That(() => _root.ReadFileIfExists("state"u8, 10), Throws.TypeOf<InvalidDataException>().With.Message.Contains("11 bytes"));
    }

    private string Read() => Encoding.ASCII.GetString(_root.ReadFileIfExists("state"u8, 100) ?? []);
}
