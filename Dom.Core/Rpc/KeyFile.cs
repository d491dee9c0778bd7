using System.Text;
using Dom.Core.Linux;

namespace Dom.Core.Rpc;

/// <summary>Looks who may read a private key. Such a key is worth what its certificate may do, for a master the whole fleet.</summary>
internal static class KeyFile
{
    private const uint OthersMask = 0x3f;
    private const uint Root = 0;

    /// <summary>What is wrong with the owner or permissions of a key, and what to do; null when nothing is.</summary>
    public static string? Exposure(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            // The target of a symlink counts: it is what is read.
            var target = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
            using var directory = DirectoryHandle.Open(Encoding.UTF8.GetBytes(Path.GetDirectoryName(target) ?? "/"));
            var status = directory.GetStatus(Encoding.UTF8.GetBytes(Path.GetFileName(target)));
            if ((status.Permissions & OthersMask) != 0)
            {
                return $"the private key '{path}' may be used by others (mode {Convert.ToString(status.Permissions, 8).PadLeft(4, '0')}): chmod 600, and issue another certificate if anybody may have read it";
            }

            return status.Owner == Root || status.Owner == ProcessControl.EffectiveUser
                ? null
                : $"the private key '{path}' belongs to user {status.Owner}, who may read and replace it: chown it";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be seen who may read the private key '{path}': {e.Message}";
        }
    }
}
