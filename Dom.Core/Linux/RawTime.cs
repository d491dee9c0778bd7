using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary><c>struct timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RawTime
{
    /// <summary>UTIME_NOW in the nanoseconds.</summary>
    internal const long Now = (1 << 30) - 1;

    /// <summary>UTIME_OMIT in the nanoseconds.</summary>
    internal const long Omit = (1 << 30) - 2;

    internal long Seconds;
    internal long Nanoseconds;
}
