using Dom.Core.Linux;
using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>One file of a directory: its last good machines and what is wrong with it now.</summary>
internal sealed class DirectoryFile(DirectoryFile.Form form, TimeProvider clock)
{
    private const int MaxBytes = 4 << 20;

    private readonly FileFreshness _freshness = new(clock);

    /// <summary>The forms of files.</summary>
    internal enum Form
    {
        Yaml,
        Json,
    }

    /// <summary>The last good machines; null when there were none since the start.</summary>
    public MachineList? List { get; private set; }

    /// <summary>What is wrong with the file; empty when nothing is.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>True when the machines, or what is wrong, are others than at the last look.</summary>
    public bool IsNew { get; set; }

    /// <summary>The form by the name's ending; null for files that do not count.</summary>
    public static Form? FormOf(string name) => Path.GetExtension(name) switch
    {
        ".yaml" or ".yml" => Form.Yaml,
        ".json" => Form.Json,
        _ => null,
    };

    /// <summary>Reads the file if it changed.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="entry">The status of the directory's entry.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    public async Task RefreshAsync(string path, FileStatus entry, SourceLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            if (entry.Kind == FileKind.Regular && !_freshness.MustRead(entry))
            {
                return;
            }

            using var file = ConfiguredFile.Open(path);
            if (entry.Kind == FileKind.Symlink && !_freshness.MustRead(file.GetStatus()))
            {
                return;
            }

            var list = await ReadAsync(path, file, limits, cancellationToken);
            IsNew |= Fault.Length > 0 || List is null || !list.Machines.AsSpan().SequenceEqual(List.Machines.AsSpan());
            List = list;
            Fault = "";
        }
        catch (MachineListException fault)
        {
            IsNew |= Fault != fault.Message;
            Fault = fault.Message;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _freshness.Forget();
            IsNew |= Fault != fault.Message;
            Fault = fault.Message;
        }
    }

    private async Task<MachineList> ReadAsync(string path, FileHandle file, SourceLimits limits, CancellationToken cancellationToken)
    {
        var status = file.GetStatus();
        if (status.Size > MaxBytes)
        {
            throw new MachineListException($"it has {status.Size} bytes; a file of a directory may have {MaxBytes}");
        }

        var content = new byte[status.Size];
        var filled = 0;
        while (filled < content.Length && file.Read(content.AsSpan(filled)) is var count and > 0)
        {
            filled += count;
        }

        var name = Path.GetFileNameWithoutExtension(path);
        return form == Form.Yaml
            ? MachineFileReader.ReadYaml(content.AsSpan(0, filled), name, limits.Machines)
            : await MachineFileReader.ReadJsonAsync(content.AsMemory(0, filled), name, limits.Machines, cancellationToken);
    }
}
