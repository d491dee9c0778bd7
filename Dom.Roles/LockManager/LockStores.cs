using Dom.Core.Locks;
using Dom.Core.Locks.Etcd;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.LockManager;

/// <summary>Makes the store that the configuration names.</summary>
internal static class LockStores
{
    private const int MaxPassword = 4096;

    /// <summary>Opens it. An etcd is asked only when a group is.</summary>
    /// <exception cref="IOException">The state directory, or a file that is named, cannot be used.</exception>
    /// <exception cref="InvalidDataException">What stands there is damaged, or a certificate cannot be read.</exception>
    public static ISemaphoreStore Open(LockManagerOptions options, TimeProvider clock) => options.Store switch
    {
        LockStoreKind.File => OpenFile(options),
        LockStoreKind.Etcd => new EtcdSemaphoreStore(EtcdOf(options), options.Document == LockDocumentKind.Airlock ? DocumentForm.Airlock : DocumentForm.Dom, clock),
        LockStoreKind.EtcdV2 => new EtcdV2SemaphoreStore(EtcdOf(options), clock),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Store, "a store that nobody makes"),
    };

    private static FileSemaphoreStore OpenFile(LockManagerOptions options)
    {
        var store = FileSemaphoreStore.Open(options.StateDirectory);
        foreach (var name in store.ListGroups().Where(name => !options.Groups.ContainsKey(name)))
        {
            if (store.Find(name)?.State.Holders is { IsEmpty: false } holders)
            {
                store.Close();
                throw new InvalidDataException(
                    $"group '{name}' is not configured any more and has {holders.Length} holders ({string.Join(", ", holders.Take(3).Select(static h => h.Id))}): put [LockGroup {name}] back until they have left");
            }
        }

        return store;
    }

    private static EtcdOptions EtcdOf(LockManagerOptions options) => new()
    {
        Endpoints = options.EtcdEndpoints,
        CaFile = options.EtcdCaFile,
        CertificateFile = options.EtcdCertificateFile,
        KeyFile = options.EtcdKeyFile,
        User = options.EtcdUser.Length > 0 ? options.EtcdUser : null,
        Password = options.EtcdPasswordFile is { } file ? ReadPassword(file) : "",
    };

    private static string ReadPassword(string file)
    {
        try
        {
            var text = File.ReadAllText(file).TrimEnd('\n');
            return text.Length is > 0 and <= MaxPassword ? text : throw new IOException($"it has {text.Length} characters");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationFault("[LockManager] EtcdPasswordFile", $"{file} cannot be used: {fault.Message}")]);
        }
    }
}
