using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Finds out once, by trying, what the file system of a root can hold (rule 6), so that nothing is fought over that cannot be.</summary>
public static class FileSystemProbe
{
    private const uint Private = 0x180;

    // No image has times beyond: its server refuses them.
    private const long ExtremeSecond = TreeFormat.MaxTimeSeconds;

    // A version 2 capability set without any capability, and an ACL of the three basic entries.
    private static ReadOnlySpan<byte> EmptyCapability => [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static ReadOnlySpan<byte> SmallAcl =>
    [
        2, 0, 0, 0,
        1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff,
        2, 0, 4, 0, 0x39, 0x30, 0, 0,
        4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
        0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff,
        0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff,
    ];

    /// <summary>Tries everything on files of its own in a directory, which it removes again.</summary>
    /// <param name="directory">A directory on the file system in question that nobody else uses, such as the sub's own.</param>
    /// <exception cref="LinuxException">Not even a plain file can be made.</exception>
    public static FileSystemAbilities Probe(DirectoryHandle directory)
    {
        RemoveAll(directory);
        try
        {
            directory.MakeNode("probe"u8, FileKind.Regular, Private);
            return new FileSystemAbilities
            {
                TimeStepNanoseconds = MeasureTimeStep(directory),
                EarliestSecond = FindTimeLimit(directory, -ExtremeSecond, long.MinValue),
                LatestSecond = FindTimeLimit(directory, ExtremeSecond, long.MaxValue),
                UserAttributes = CanSet(directory, "user.dom.probe"u8, "1"u8),
                TrustedAttributes = CanSet(directory, "trusted.dom.probe"u8, "1"u8),
                Capabilities = CanSet(directory, "security.capability"u8, EmptyCapability),
                SecurityAttributes = CanSet(directory, "security.dom.probe"u8, "1"u8),
                AccessControlLists = CanSet(directory, "system.posix_acl_access"u8, SmallAcl),
                Symlinks = Can(() => directory.MakeSymlink("probe-symlink"u8, "probe"u8)),
                HardLinks = Can(() => directory.Link("probe"u8, directory, "probe-link"u8)),
                Owners = Can(() => directory.SetOwner("probe"u8, 12345, 12345)),
                Devices = Can(() => directory.MakeNode("probe-device"u8, FileKind.CharacterDevice, Private, FileStatus.MakeDevice(1, 3))),
                AnyNames = Can(() => directory.MakeNode(OddName, FileKind.Regular, Private)),
                Clones = CanClone(directory),
                Exchange = Can(() =>
                {
                    directory.MakeNode("probe-other"u8, FileKind.Regular, Private);
                    directory.Rename("probe"u8, directory, "probe-other"u8, RenameMode.Exchange);
                }),
            };
        }
        finally
        {
            RemoveAll(directory);
        }
    }

    private static long MeasureTimeStep(DirectoryHandle directory)
    {
        // Odd seconds, and nanoseconds with another digit at every place.
        var wanted = new FileTime(1_000_000_001, 987_654_321);
        directory.SetModificationTime("probe"u8, wanted);
        var got = directory.GetStatus("probe"u8).ModificationTime;
        if (got.Seconds != wanted.Seconds)
        {
            return 2_000_000_000;
        }

        for (long step = 1; step < 1_000_000_000; step *= 10)
        {
            if (wanted.Nanoseconds - wanted.Nanoseconds % step == got.Nanoseconds)
            {
                return step;
            }
        }

        return 1_000_000_000;
    }

    /// <summary>The kernel keeps a time beyond what the file system can hold as the last one it can.</summary>
    private static long FindTimeLimit(DirectoryHandle directory, long extreme, long unlimited)
    {
        var set = Can(() => directory.SetModificationTime("probe"u8, new FileTime(extreme, 0)));
        var got = directory.GetStatus("probe"u8).ModificationTime.Seconds;
        return !set || got == extreme || (got > 0) != (extreme > 0) ? unlimited : got;
    }

    private static bool CanClone(DirectoryHandle directory)
    {
        using var original = directory.OpenFileForWriting("probe"u8);
        using var copy = directory.CreateFile(CloneName, Private);
        original.Write("x"u8);
        return copy.TryCloneFrom(original);
    }

    private static bool CanSet(DirectoryHandle directory, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        try
        {
            directory.SetAttribute("probe"u8, attribute, value);
            return true;
        }
        catch (LinuxException e) when (IsInability(e.Error))
        {
            return false;
        }
    }

    private static bool Can(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (LinuxException e) when (IsInability(e.Error))
        {
            return false;
        }
    }

    /// <summary>A full disk or a broken one is no inability.</summary>
    private static bool IsInability(Errno error) => error is
        Errno.EPERM or Errno.EACCES or Errno.EOPNOTSUPP or Errno.EINVAL or Errno.ENOSYS or Errno.EMLINK or Errno.EILSEQ or Errno.EOVERFLOW;

    private static void RemoveAll(DirectoryHandle directory)
    {
        directory.UnlinkIfExists("probe"u8);
        directory.UnlinkIfExists("probe-symlink"u8);
        directory.UnlinkIfExists("probe-link"u8);
        directory.UnlinkIfExists("probe-device"u8);
        directory.UnlinkIfExists("probe-other"u8);
        directory.UnlinkIfExists(CloneName);
        directory.UnlinkIfExists(OddName);
    }

    private static ReadOnlySpan<byte> CloneName => "probe-clone"u8;

    private static ReadOnlySpan<byte> OddName => [(byte)'p', (byte)'r', (byte)'o', (byte)'b', (byte)'e', (byte)'-', 0xff];
}
