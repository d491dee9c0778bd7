using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary><c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RawVector
{
    internal byte* Start;
    internal nuint Length;
}
