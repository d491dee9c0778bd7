using Dom.Core.Linux;

namespace Dom.Core.Objects.Packs;

/// <summary>An open file with several users, closed by the last one: a pack may be removed while an object in it is read.</summary>
internal sealed class SharedFile(FileHandle file)
{
    private int _users = 1;

    internal FileHandle File => file;

    /// <summary>Counts one more user; false when the file was closed.</summary>
    internal bool TryUse()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            if (users == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }
    }

    /// <summary>Ends one use.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            file.Dispose();
        }
    }
}
