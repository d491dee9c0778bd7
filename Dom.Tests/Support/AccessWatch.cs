using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Dom.Tests.Support;

/// <summary>Sees every opening, reading and change of a tree, by any process (inotify): what a test must find untouched.</summary>
public sealed unsafe partial class AccessWatch : IDisposable
{
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const uint Everything = 0xfff;
    private const int HeaderSize = 16;

    private readonly SafeFileHandle _inotify;
    private readonly Dictionary<int, string> _places = [];

    /// <summary>Watches everything that is in a directory now.</summary>
    public AccessWatch(string directory)
    {
        _inotify = new SafeFileHandle(inotify_init1(NonBlocking | CloseOnExec), ownsHandle: true);
        var places = Directory.EnumerateFileSystemEntries(directory, "*", SearchOption.AllDirectories).Prepend(directory).ToArray();
        foreach (var place in places)
        {
            var number = inotify_add_watch((int)_inotify.DangerousGetHandle(), place, Everything);
            Assert.That(number, Is.GreaterThanOrEqualTo(0), $"inotify_add_watch {place}: {Marshal.GetLastPInvokeErrorMessage()}");
            _places[number] = place;
        }
    }

    /// <summary>What was accessed since the last time, and how (the kernel's IN_* bits).</summary>
    public List<string> Take()
    {
        var seen = new List<string>();
        Span<byte> buffer = stackalloc byte[1 << 14];
        fixed (byte* start = buffer)
        {
            nint length;
            while ((length = read((int)_inotify.DangerousGetHandle(), start, (nuint)buffer.Length)) > 0)
            {
                for (var offset = 0; offset < length;)
                {
                    var number = *(int*)(start + offset);
                    var bits = *(uint*)(start + offset + 4);
                    var nameLength = *(int*)(start + offset + 12);
                    var name = Encoding.UTF8.GetString(buffer.Slice(offset + HeaderSize, nameLength)).TrimEnd('\0');
                    seen.Add($"{_places.GetValueOrDefault(number)} {name} 0x{bits:x}");
                    offset += HeaderSize + nameLength;
                }
            }
        }

        return seen;
    }

    /// <inheritdoc/>
    public void Dispose() => _inotify.Dispose();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int inotify_add_watch(int descriptor, string path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint size);
}
