using Dom.Core.Linux;

namespace Dom.Cli.Quickstart;

/// <summary>The directory that holds everything of a quickstart: authority, certificates, stores, the managed root. Only its owner may enter it.</summary>
internal sealed class QuickstartDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private QuickstartDirectory(string path, FileStream @lock, bool isNew)
    {
        Path = path;
        _lock = @lock;
        IsNew = isNew;
    }

    /// <summary>The absolute path.</summary>
    public string Path { get; }

    /// <summary>False when an earlier quickstart is continued.</summary>
    public bool IsNew { get; }

    /// <summary>The root directory the sub keeps identical to the image.</summary>
    public string Root => In("root");

    /// <summary>The state of the image server.</summary>
    public string ImageServerState => In("imageserver");

    /// <summary>The state of the master.</summary>
    public string MasterState => In("master");

    /// <summary>The machine list.</summary>
    public string MachineList => In("machines.json");

    /// <summary>Certificates and keys.</summary>
    public string Certificates => In("certificates");

    /// <summary>The log of the three roles.</summary>
    public string Log => In("quickstart.log");

    /// <summary>Opens the directory of an earlier run or makes a new one, and keeps other runs out of it.</summary>
    /// <exception cref="CommandException">It holds something else, or another quickstart runs in it.</exception>
    public static QuickstartDirectory Open(string path)
    {
        CheckIsOurs(path);
        var marker = System.IO.Path.Combine(path, "quickstart.lock");
        var isNew = !File.Exists(marker);
        if (isNew && Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new CommandException(ExitCode.Usage, "NotEmpty", $"{path} holds files that are not of a quickstart", "choose a new directory with --dir");
        }

        Directory.CreateDirectory(path, OwnerOnly);
        CheckIsOurs(path);
        File.SetUnixFileMode(path, OwnerOnly);
        var opened = new QuickstartDirectory(path, Lock(path, marker), isNew);
        foreach (var part in new[] { opened.Root, opened.ImageServerState, opened.MasterState, opened.Certificates })
        {
            CheckIsOurs(part);
            Directory.CreateDirectory(part, OwnerOnly);
        }

        return opened;
    }

    /// <summary>The path of something in it.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>What somebody else made, or where somebody else leads, is not entered: as root we would write and delete there for him.</summary>
    private static void CheckIsOurs(string path)
    {
        if (System.IO.Path.GetDirectoryName(path) is not { } above || !Directory.Exists(above))
        {
            return;
        }

        using var parent = DirectoryHandle.Open(above);
        var error = parent.TryGetStatus(System.Text.Encoding.UTF8.GetBytes(System.IO.Path.GetFileName(path)), out var status);
        if (error != Errno.None)
        {
            return;
        }

        var fault = status.Kind != FileKind.Directory ? $"{path} is no directory" : status.Owner != ProcessControl.EffectiveUser ? $"{path} belongs to another user" : null;
        if (fault is not null)
        {
            throw new CommandException(ExitCode.Refused, "NotOurs", fault, "choose another directory with --dir");
        }
    }

    private static FileStream Lock(string path, string marker)
    {
        try
        {
            return new FileStream(marker, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new CommandException(ExitCode.Refused, "InUse", $"{path} is in use by another quickstart, or its lock cannot be opened ({e.Message})", "end that one, or choose another directory with --dir");
        }
    }
}
