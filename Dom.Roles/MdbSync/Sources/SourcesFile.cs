using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Upstream's list of sources: one a line, <c>#</c> begins a comment, <c>$name</c> stands for a variable.</summary>
internal static class SourcesFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>All sources of the options, those of the file last.</summary>
    /// <exception cref="ConfigurationException">All that is wrong, with file and line.</exception>
    public static IReadOnlyList<SourceDefinition> ReadAll(MdbSyncOptions options, Variables variables)
    {
        var faults = new List<ConfigurationFault>();
        var sources = new List<SourceDefinition>();
        foreach (var source in options.Source)
        {
            Add(source.Text, "[MdbSync] Source");
        }

        if (options.SourcesFile is { } path)
        {
            Read(path, faults, Add);
        }

        foreach (var twice in sources.GroupBy(static s => s.Name).Where(static g => g.Count() > 1))
        {
            faults.Add(new ConfigurationFault("[MdbSync]", $"two sources are called {twice.Key}", "name= before the driver tells them apart"));
        }

        if (sources.Count == 0 && faults.Count == 0)
        {
            faults.Add(new ConfigurationFault("[MdbSync]", "there is no source of machines", "for example Source=json /etc/dom/machines.json"));
        }

        return faults.Count == 0 ? sources : throw new ConfigurationException(faults);

        void Add(string line, string origin)
        {
            try
            {
                sources.Add(SourceDefinitionParser.Parse(variables.ExpandLine(line)));
            }
            catch (FormatException fault)
            {
                faults.Add(new ConfigurationFault(origin, fault.Message));
            }
        }
    }

    private static void Read(string path, List<ConfigurationFault> faults, Action<string, string> add)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
            {
                faults.Add(new ConfigurationFault(path, $"has more than {MaxBytes} bytes, which no list of sources has"));
                return;
            }

            var number = 0;
            foreach (var line in File.ReadLines(path))
            {
                number++;
                if (line.AsSpan().TrimStart() is { Length: > 0 } and not ['#', ..])
                {
                    add(line.Trim(), $"{path}:{number}");
                }
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigurationFault(path, $"cannot be read: {fault.Message}"));
        }
    }
}
