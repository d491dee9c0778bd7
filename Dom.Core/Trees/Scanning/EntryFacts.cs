using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>What one machine knows of an entry beside its block: which inode it is and when that last changed. 24 bytes.</summary>
/// <remarks>These facts never enter a block: two machines with equal trees have equal blocks.</remarks>
public readonly record struct EntryFacts
{
    private const uint RacyFlag = 1;
    private const uint LinkedFlag = 2;
    private const uint HotFlag = 4;
    private const int LinksShift = 3;
    private const uint ManyLinks = 31;
    private const int LengthShift = 8;
    private const int SecondsShift = 30;

    private readonly ulong _changeTime;
    private readonly uint _device;
    private readonly uint _lengthAndFlags;

    internal EntryFacts(in FileStatus status, bool racy, bool hot)
    {
        Inode = status.Inode;
        _changeTime = Pack(status.ChangeTime);
        _device = PackDevice(status.Device);
        var links = status.Kind == FileKind.Directory ? 1 : (uint)Math.Min(status.Links, ManyLinks);
        _lengthAndFlags = (racy ? RacyFlag : 0) | (links > 1 ? LinkedFlag : 0) | (hot ? HotFlag : 0) | (links << LinksShift);
    }

    private EntryFacts(in EntryFacts other, uint lengthAndFlags)
    {
        Inode = other.Inode;
        _changeTime = other._changeTime;
        _device = other._device;
        _lengthAndFlags = lengthAndFlags;
    }

    /// <summary>Inode number; 0 for entries that were not looked at.</summary>
    public ulong Inode { get; }

    /// <summary>The device that holds the inode.</summary>
    public ulong Device => FileStatus.MakeDevice(_device >> 20, _device & 0xfffff);

    /// <summary>When content or metadata last changed.</summary>
    public FileTime ChangeTime => new((long)_changeTime >> SecondsShift, (int)(_changeTime & ((1u << SecondsShift) - 1)));

    /// <summary>True when the inode had several names.</summary>
    public bool IsLinked => (_lengthAndFlags & LinkedFlag) != 0;

    /// <summary>How many names the inode had, those outside the scan included; <see cref="int.MaxValue"/> stands for 31 and more.</summary>
    public int LinkCount => ((_lengthAndFlags >> LinksShift) & ManyLinks) is var links && links == ManyLinks ? int.MaxValue : (int)links;

    /// <summary>True when it changed so shortly before it was read that another change could have left the same time: it is read again.</summary>
    public bool IsRacy => (_lengthAndFlags & RacyFlag) != 0;

    /// <summary>True when the content recorded may be that of another moment: the file changes all the time.</summary>
    public bool IsHot => (_lengthAndFlags & HotFlag) != 0;

    /// <summary>Bytes of the encoded entry in its block.</summary>
    internal int EncodedLength => (int)(_lengthAndFlags >> LengthShift);

    internal FileId Id => new(_device, Inode);

    /// <summary>True when the inode is the one looked at and has not changed since.</summary>
    internal bool Describe(in FileStatus status) => AgreeWith(status) && !IsRacy;

    /// <summary>True when nothing says that the inode is another or has changed; what is racy can have changed all the same.</summary>
    internal bool AgreeWith(in FileStatus status) =>
        Inode == status.Inode && Inode != 0 && _changeTime == Pack(status.ChangeTime) && _device == PackDevice(status.Device);

    internal EntryFacts AsHot() => new(this, _lengthAndFlags | HotFlag);

    internal EntryFacts WithEncodedLength(int length) => new(this, (_lengthAndFlags & 0xff) | (uint)length << LengthShift);

    /// <summary>The device as the kernel keeps it, in 32 bits.</summary>
    internal static uint PackDevice(ulong device) => FileStatus.Major(device) << 20 | FileStatus.Minor(device);

    // 34 bits of seconds reach the year 2242 and are only compared; what lies beyond wraps.
    private static ulong Pack(FileTime time) => (ulong)time.Seconds << SecondsShift | (uint)time.Nanoseconds;
}
