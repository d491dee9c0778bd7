using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RawPoll
{
    /// <summary>POLLIN.</summary>
    internal const short Readable = 1;

    internal int Descriptor;
    internal short Wanted;
    internal short Found;
}
