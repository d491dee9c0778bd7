using System.Text;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Images;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Images;

[CancelAfter(30_000)]
public sealed class ImageLibraryTests
{
    [Test]
    public async Task A_stored_manifest_that_rotted_counts_as_missing_and_is_removed([Values(4, Manifest.MaxBytes + 1)] long size, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        await using var directory = PrivateDirectory.Open(temp.Path, DateTimeOffset.UnixEpoch);
        var content = Encoding.UTF8.GetBytes("a manifest");
        var id = ObjectId.Of(content);
        await directory.Trees.AddAsync(id, content, cancellationToken);
        var file = Directory.EnumerateFiles(temp.Combine(".subd", "trees"), "*", SearchOption.AllDirectories).Single(path => id.ToString().EndsWith(Path.GetFileName(path), StringComparison.Ordinal));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (var stream = File.OpenWrite(file))
        {
            stream.SetLength(size);
        }

        Assert.That(new ImageLibrary(directory.Trees, TimeProvider.System).Find(id), Is.Null);
        Assert.That(directory.Trees.GetSize(id), Is.Negative);
    }

    [Test]
    public async Task What_was_looked_at_is_remembered_for_a_while_and_in_number_bounded(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        await using var directory = PrivateDirectory.Open(temp.Path, DateTimeOffset.UnixEpoch);
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var library = new ImageLibrary(directory.Trees, time);
        var images = new List<ObjectId>();
        for (var i = 0; i < 6; i++)
        {
            var bytes = new Manifest { Format = Manifest.CurrentFormat, Root = ObjectId.Of("root"u8), Inodes = i }.Encode();
            images.Add(ObjectId.Of(bytes));
            await directory.Trees.AddAsync(images[i], bytes, cancellationToken);
            Assert.That(library.Find(images[i]), Is.Not.Null);
            library.Keep(new HashSet<ObjectId> { images[0] });
        }

        Assert.That(library.Recent, Is.EqualTo(images[2..]), "the newest few, without the one in use");
        _ = library.Find(images[3]);
        time.Advance(ImageLibrary.KeptFor - TimeSpan.FromSeconds(1));
        library.Keep(new HashSet<ObjectId>());
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(library.Recent, Is.EquivalentTo(new[] { images[0], images[3] }), "the others were left too long ago");
    }
}
