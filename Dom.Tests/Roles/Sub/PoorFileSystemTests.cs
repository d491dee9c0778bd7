using Dom.Core.Linux;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Rule 6 through a whole update: what the file system cannot hold is said, and not fought over.</summary>
[CancelAfter(60_000)]
public sealed class PoorFileSystemTests
{
    [Test]
    public async Task An_image_with_attributes_that_the_file_system_cannot_hold_is_applied_without_them(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken, RamFileSystem.Mount);
        var source = rig.Source("image", ("/bin/tool", "tool"), ("/etc/config", "config"), ("/etc/other", "other"));
        using (var directory = DirectoryHandle.Open(source))
        {
            directory.SetAttribute("bin/tool"u8, "security.capability"u8, [0, 0, 0, 2, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            directory.SetAttribute("etc/config"u8, "user.note"u8, "a"u8);
            directory.SetAttribute("etc/config"u8, "trusted.note"u8, "b"u8);
            directory.SetAttribute("etc/config"u8, "security.label"u8, "c"u8);
            directory.SetAttribute("etc"u8, "user.note"u8, "d"u8);
            directory.SetAttribute("etc/other"u8, "system.posix_acl_access"u8, AclForGroup12345);
        }

        rig.Required = await rig.Shelf.AddAsync("test/1", source);

        var state = await rig.ConvergeAsync(cancellationToken);

        Assert.That(rig.Read("/etc/config"), Is.EqualTo("config"));
        Assert.That(state.Plan, Is.EqualTo(state.Plan! with { Steps = 0, Blocked = 0, Unknown = 0 }));
        Assert.That(state.NotHeld, Is.EquivalentTo(
            ["user attributes", "trusted attributes", "file capabilities", "security attributes", "access control lists"]));

        // Metadata steps carry the attributes through the journal and set them on the inode in place.
        File.SetUnixFileMode(rig.Root + "/etc/config", UnixFileMode.UserRead);
        File.SetUnixFileMode(rig.Root + "/etc", UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await rig.PollUntilAsync(s => s.Plan is { Steps: 2 }, cancellationToken);
        state = await rig.ConvergeAsync(cancellationToken);
        Assert.That(state.LastUpdateErrorCode, Is.Empty);
        Assert.That(File.GetUnixFileMode(rig.Root + "/etc/config"), Is.EqualTo(File.GetUnixFileMode(source + "/etc/config")));

        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://{rig.Sub.Address}/"), cancellationToken);
        Assert.That(page, Does.Contain("user attributes, trusted attributes"));
    }

    private static ReadOnlySpan<byte> AclForGroup12345 =>
    [
        2, 0, 0, 0,
        1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
        4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,
        8, 0, 4, 0, 0x39, 0x30, 0, 0,
        0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,
        0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    ];
}
