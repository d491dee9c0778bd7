using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Hosting;

/// <summary>The program this process runs: the files it was started from, as they were then, and how to start it anew.</summary>
/// <remarks>
/// The files are the executable, which is all of a published <c>dom</c>, or the directory of <c>dom.dll</c> when a shared runtime runs it. Whether an update
/// replaced them is seen from their inodes: whatever stands there now under another number is not what runs.
/// </remarks>
public sealed class OwnProgram
{
    private readonly Dictionary<string, (ulong Device, ulong Inode)> _seen = [];

    /// <summary>Notes what these files are now.</summary>
    /// <param name="executable">What to execute.</param>
    /// <param name="arguments">With which command line, the program's name first.</param>
    /// <param name="files">Absolute paths, symbolic links resolved.</param>
    public OwnProgram(string executable, IReadOnlyList<string> arguments, IEnumerable<string> files)
    {
        Executable = executable;
        Arguments = arguments;
        foreach (var file in files)
        {
            if (Look(file) is { } identity)
            {
                _seen[file] = identity;
            }
        }
    }

    /// <summary>The program of this process, as it was when this was first asked for: to be asked at the start.</summary>
    public static OwnProgram Current { get; } = Read();

    /// <summary>The executable.</summary>
    public string Executable { get; }

    /// <summary>The command line, the program's name first.</summary>
    public IReadOnlyList<string> Arguments { get; }

    /// <summary>Absolute paths of its files.</summary>
    public IReadOnlyCollection<string> Files => _seen.Keys;

    /// <summary>True when another file stands at one of the paths than the one this process was started from.</summary>
    public bool IsReplaced => _seen.Any(static file => Look(file.Key) is { } now && now != file.Value);

    /// <summary>Executes what stands at the path of the executable now in the place of this process: same id, same command line, same environment.</summary>
    /// <exception cref="LinuxException">It cannot be executed; this process goes on.</exception>
    public void Execute() => ProcessControl.Execute(Executable, Arguments);

    private static OwnProgram Read()
    {
        var executable = Environment.ProcessPath ?? "";
        var arguments = Encoding.UTF8.GetString(File.ReadAllBytes("/proc/self/cmdline")).TrimEnd('\0').Split('\0');
        var library = Path.Combine(AppContext.BaseDirectory, AppDomain.CurrentDomain.FriendlyName + ".dll");
        if (!File.Exists(library))
        {
            return new OwnProgram(executable, arguments, [executable]);
        }

        using var directory = DirectoryHandle.Open(AppContext.BaseDirectory);
        var place = directory.DescribePath();
        return new OwnProgram(executable, arguments, Directory.EnumerateFiles(AppContext.BaseDirectory).Select(file => Path.Combine(place, Path.GetFileName(file))));
    }

    private static (ulong, ulong)? Look(string file)
    {
        var place = Path.GetDirectoryName(file);
        if (!Directory.Exists(place))
        {
            return null;
        }

        using var directory = DirectoryHandle.Open(place);
        return directory.TryGetStatus(Encoding.UTF8.GetBytes(Path.GetFileName(file)), out var status) == Errno.None ? (status.Device, status.Inode) : null;
    }
}
