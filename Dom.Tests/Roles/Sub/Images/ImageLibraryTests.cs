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

        Assert.That(new ImageLibrary(directory.Trees).Find(id), Is.Null);
        Assert.That(directory.Trees.GetSize(id), Is.Negative);
    }
}
