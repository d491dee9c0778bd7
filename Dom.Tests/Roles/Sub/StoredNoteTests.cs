using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

[CancelAfter(60_000)]
public sealed class StoredNoteTests
{
    [Test]
    public void What_is_noted_is_read_again_and_what_is_cut_at_any_byte_is_set_aside()
    {
        using var temp = new TempDirectory();
        using var directory = DirectoryHandle.Open(temp.Path);
        var image = new ImageReference { Name = "web/1", Manifest = Dom.Core.Objects.ObjectId.Of("manifest"u8) };
        new StoredNote<ImageReference>(directory, "note"u8).Set(image);
        Assert.That(new StoredNote<ImageReference>(directory, "note"u8).Value, Is.EqualTo(image));
        var whole = File.ReadAllBytes(temp.Combine("note"));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(temp.Combine("note"), whole[..length]);
            var cut = new StoredNote<ImageReference>(directory, "note"u8);
            Assert.That(cut.Value, Is.Null, $"{length} bytes");
            Assert.That(File.ReadAllBytes(temp.Combine("note.damaged")), Is.EqualTo(whole[..length]));
            Assert.That(DamagedNotes.List(directory), Is.EqualTo(new[] { "note.damaged" }));
            cut.Set(image);
            Assert.That(new StoredNote<ImageReference>(directory, "note"u8).Value, Is.EqualTo(image));
        }

        new StoredNote<ImageReference>(directory, "note"u8).Clear();
        Assert.That(new StoredNote<ImageReference>(directory, "note"u8).Value, Is.Null);
    }

    [Test]
    public async Task A_sub_whose_notes_are_damaged_starts_and_comes_to_its_image(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        foreach (var name in new[] { "applied", "begun", "rolled-back", "reboot", "previous-image" })
        {
            await File.WriteAllTextAsync(Path.Combine(rig.Root, ".subd", name), "\u00ff no note", cancellationToken);
        }

        await rig.StartSubAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("other", ("/a", "b")));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/a"), Is.EqualTo("b"));
        Assert.That(Directory.EnumerateFiles(Path.Combine(rig.Root, ".subd"), "*.damaged").Count(), Is.EqualTo(5));
    }
}
