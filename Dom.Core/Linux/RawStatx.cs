using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary><c>struct statx</c> as the kernel fills it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct RawStatx
{
    /// <summary>STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID.</summary>
    internal const uint Wanted = 0x1fff;

    /// <summary>STATX_MNT_ID.</summary>
    internal const uint HasMountId = 0x1000;

    /// <summary>STATX_BTIME.</summary>
    internal const uint HasBirthTime = 0x800;

    [FieldOffset(0)] internal uint Mask;
    [FieldOffset(8)] internal ulong Attributes;
    [FieldOffset(16)] internal uint Links;
    [FieldOffset(20)] internal uint Owner;
    [FieldOffset(24)] internal uint Group;
    [FieldOffset(28)] internal ushort Mode;
    [FieldOffset(32)] internal ulong Inode;
    [FieldOffset(40)] internal ulong Size;
    [FieldOffset(48)] internal ulong Blocks;
    [FieldOffset(80)] internal RawStatxTime BirthTime;
    [FieldOffset(96)] internal RawStatxTime ChangeTime;
    [FieldOffset(112)] internal RawStatxTime ModificationTime;
    [FieldOffset(128)] internal uint DeviceMajor;
    [FieldOffset(132)] internal uint DeviceMinor;
    [FieldOffset(136)] internal uint FileSystemMajor;
    [FieldOffset(140)] internal uint FileSystemMinor;
    [FieldOffset(144)] internal ulong MountId;
}

/// <summary><c>struct statx_timestamp</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct RawStatxTime
{
    internal long Seconds;
    internal uint Nanoseconds;
}
