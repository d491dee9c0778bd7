using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary><c>struct statfs</c> of 64-bit systems.</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
internal struct RawStatfs
{
    internal long Kind;
    internal long BlockSize;
    internal ulong Blocks;
    internal ulong FreeBlocks;
    internal ulong AvailableBlocks;
    internal ulong Inodes;
    internal ulong FreeInodes;
    internal ulong Id;
    internal long NameLength;
    internal long FragmentSize;
    internal long Flags;
}
