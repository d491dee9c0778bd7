namespace Dom.Core.Linux;

/// <summary>What <c>statx</c> says about one file.</summary>
public readonly struct FileStatus
{
    internal FileStatus(in RawStatx raw)
    {
        Mode = raw.Mode;
        Owner = raw.Owner;
        Group = raw.Group;
        Links = raw.Links;
        Inode = raw.Inode;
        Size = (long)raw.Size;
        Blocks = (long)raw.Blocks;
        Device = MakeDevice(raw.FileSystemMajor, raw.FileSystemMinor);
        SpecialDevice = MakeDevice(raw.DeviceMajor, raw.DeviceMinor);
        MountId = (raw.Mask & RawStatx.HasMountId) != 0 ? raw.MountId : 0;
        ModificationTime = new FileTime(raw.ModificationTime.Seconds, (int)raw.ModificationTime.Nanoseconds);
        ChangeTime = new FileTime(raw.ChangeTime.Seconds, (int)raw.ChangeTime.Nanoseconds);
        BirthTime = (raw.Mask & RawStatx.HasBirthTime) != 0
            ? new FileTime(raw.BirthTime.Seconds, (int)raw.BirthTime.Nanoseconds)
            : default;
    }

    /// <summary>The kind of file.</summary>
    public FileKind Kind => (FileKind)(Mode >> 12);

    /// <summary>Kind and permissions together, as in <c>st_mode</c>.</summary>
    public ushort Mode { get; }

    /// <summary>The twelve permission bits (07777).</summary>
    public ushort Permissions => (ushort)(Mode & 0xfff);

    /// <summary>User id.</summary>
    public uint Owner { get; }

    /// <summary>Group id.</summary>
    public uint Group { get; }

    /// <summary>Number of names.</summary>
    public uint Links { get; }

    /// <summary>Inode number, unique on <see cref="Device"/> while the file exists.</summary>
    public ulong Inode { get; }

    /// <summary>The device that holds the file, as <c>makedev(major, minor)</c>.</summary>
    public ulong Device { get; }

    /// <summary>The device that a device file stands for, as <c>makedev(major, minor)</c>; otherwise 0.</summary>
    public ulong SpecialDevice { get; }

    /// <summary>Bytes of content; for a symbolic link, bytes of its target.</summary>
    public long Size { get; }

    /// <summary>Space taken, in units of 512 bytes.</summary>
    public long Blocks { get; }

    /// <summary>The mount through which the file was reached; 0 on kernels before 5.8.</summary>
    public ulong MountId { get; }

    /// <summary>When the content changed, or what somebody set.</summary>
    public FileTime ModificationTime { get; }

    /// <summary>When content or metadata changed; nobody can set it.</summary>
    public FileTime ChangeTime { get; }

    /// <summary>When the inode was made; zero where the file system does not keep it.</summary>
    public FileTime BirthTime { get; }

    /// <summary>True when both describe the same inode with unchanged content and metadata, as far as times can tell.</summary>
    public bool IsUnchangedSince(in FileStatus earlier) =>
        Inode == earlier.Inode && Device == earlier.Device && Size == earlier.Size && Mode == earlier.Mode
        && ChangeTime == earlier.ChangeTime && ModificationTime == earlier.ModificationTime;

    /// <summary>glibc's <c>makedev</c>, the form that mknod and tar use.</summary>
    public static ulong MakeDevice(uint major, uint minor) =>
        (major & 0xfffUL) << 8 | (major & 0xfffff000UL) << 32 | (minor & 0xffUL) | (minor & 0xffffff00UL) << 12;

    /// <summary>The major number of a device.</summary>
    public static uint Major(ulong device) => (uint)((device >> 8 & 0xfff) | (device >> 32 & 0xfffff000));

    /// <summary>The minor number of a device.</summary>
    public static uint Minor(ulong device) => (uint)((device & 0xff) | (device >> 12 & 0xffffff00));
}
