using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>What a file system, with the rights of this process, can hold of what a tree records.</summary>
public sealed record FileSystemAbilities
{
    /// <summary>Where 34 bits end, in the year 2446: what ends later is not worth a word.</summary>
    private const long LastUsualSecond = 15_032_385_535;

    /// <summary>Steps of modification times, in nanoseconds: 1, or 2,000,000,000 on FAT.</summary>
    public required long TimeStepNanoseconds { get; init; }

    /// <summary>The earliest modification time in whole seconds since 1970; what is earlier is kept as this one.</summary>
    public long EarliestSecond { get; init; } = long.MinValue;

    /// <summary>The latest one, such as 15,032,385,535 (in the year 2446) on ext4.</summary>
    public long LatestSecond { get; init; } = long.MaxValue;

    /// <summary><c>user.*</c> attributes.</summary>
    public required bool UserAttributes { get; init; }

    /// <summary><c>trusted.*</c> attributes; need CAP_SYS_ADMIN.</summary>
    public required bool TrustedAttributes { get; init; }

    /// <summary>File capabilities (<c>security.capability</c>); need CAP_SETFCAP.</summary>
    public required bool Capabilities { get; init; }

    /// <summary>Other <c>security.*</c> attributes, such as labels; need CAP_SYS_ADMIN.</summary>
    public required bool SecurityAttributes { get; init; }

    /// <summary>POSIX access control lists.</summary>
    public required bool AccessControlLists { get; init; }

    /// <summary>Symbolic links.</summary>
    public required bool Symlinks { get; init; }

    /// <summary>Several names for one file.</summary>
    public required bool HardLinks { get; init; }

    /// <summary>Files of other users and groups; needs CAP_CHOWN.</summary>
    public required bool Owners { get; init; }

    /// <summary>Device files; need CAP_MKNOD.</summary>
    public required bool Devices { get; init; }

    /// <summary>Names that are not UTF-8.</summary>
    public required bool AnyNames { get; init; }

    /// <summary>Renames that exchange two names (RENAME_EXCHANGE).</summary>
    public required bool Exchange { get; init; }

    /// <summary>Copies that share the blocks of their original (FICLONE). Nothing is held less without.</summary>
    public bool Clones { get; init; }

    /// <summary>What it cannot hold, for people; empty when it can hold everything.</summary>
    public IReadOnlyList<string> Missing
    {
        get
        {
            var missing = new List<string>();
            Add(TimeStepNanoseconds == 1, $"times finer than {TimeStepNanoseconds} ns");
            Add(LatestSecond >= LastUsualSecond, $"times later than {LatestSecond} s after 1970");
            Add(UserAttributes, "user attributes");
            Add(TrustedAttributes, "trusted attributes");
            Add(Capabilities, "file capabilities");
            Add(SecurityAttributes, "security attributes");
            Add(AccessControlLists, "access control lists");
            Add(Symlinks, "symbolic links");
            Add(HardLinks, "hard links");
            Add(Owners, "other owners");
            Add(Devices, "device files");
            Add(AnyNames, "names that are not UTF-8");
            Add(Exchange, "atomic exchange of two names");
            return missing;

            void Add(bool able, string what)
            {
                if (!able)
                {
                    missing.Add(what);
                }
            }
        }
    }

    /// <summary>Whether an inode of a kind can have an extended attribute. What it cannot have is neither compared nor set (rule 6).</summary>
    public bool Holds(InodeKind kind, ReadOnlySpan<byte> attribute)
    {
        if (attribute.StartsWith("user."u8))
        {
            // The kernel allows them where permission bits protect them.
            return UserAttributes && kind is InodeKind.Regular or InodeKind.Computed or InodeKind.Directory;
        }

        if (attribute.StartsWith("trusted."u8))
        {
            return TrustedAttributes;
        }

        if (attribute.StartsWith("security."u8))
        {
            return attribute.SequenceEqual("security.capability"u8) ? Capabilities : SecurityAttributes;
        }

        // Every other one of system.* is a view of what one kind of file system keeps in its own way.
        return AccessControlLists && (attribute.SequenceEqual("system.posix_acl_access"u8) || attribute.SequenceEqual("system.posix_acl_default"u8));
    }

    /// <summary>The time a file system makes of another: one it can hold that is nearest before or at it, or the end of what it can hold.</summary>
    public FileTime Truncate(FileTime time)
    {
        if (time.Seconds >= LatestSecond || time.Seconds <= EarliestSecond)
        {
            // The kernel leaves no nanoseconds at the ends.
            return new FileTime(Math.Clamp(time.Seconds, EarliestSecond, LatestSecond), 0);
        }

        if (TimeStepNanoseconds <= 1)
        {
            return time;
        }

        const long second = 1_000_000_000;
        if (TimeStepNanoseconds < second)
        {
            return time with { Nanoseconds = time.Nanoseconds - (int)(time.Nanoseconds % TimeStepNanoseconds) };
        }

        var step = TimeStepNanoseconds / second;
        return new FileTime(time.Seconds - (time.Seconds % step + step) % step, 0);
    }
}
