using System.Runtime.InteropServices;
using Dom.Core.Linux;

namespace Dom.Tests.Core.Trees.Scanning;

/// <summary>Lets this thread, and threads it starts, reach files only as another user (setfsuid). Does nothing when the tests do not run as root.</summary>
internal sealed partial class FileUser : IDisposable
{
    private readonly bool _changed;

    public FileUser(uint user)
    {
        _changed = ProcessControl.EffectiveUser == 0;
        if (_changed)
        {
            _ = setfsuid(user);
        }
    }

    public void Dispose()
    {
        if (_changed)
        {
            _ = setfsuid(0);
        }
    }

    [LibraryImport("libc")]
    private static partial int setfsuid(uint user);
}
