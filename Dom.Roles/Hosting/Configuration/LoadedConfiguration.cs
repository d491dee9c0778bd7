namespace Dom.Roles.Hosting.Configuration;

/// <summary>The configuration of this program: every value read, checked against the keys that exist, and known by its origin.</summary>
public sealed class LoadedConfiguration
{
    private readonly AssignmentSet _assignments;

    private LoadedConfiguration(AssignmentSet assignments, IReadOnlyList<EffectiveValue> effective)
    {
        _assignments = assignments;
        Effective = effective;
    }

    /// <summary>Every key of every section with the value that counts and where it comes from.</summary>
    public IReadOnlyList<EffectiveValue> Effective { get; }

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="ConfigurationException">All that is wrong: unreadable files, unknown sections and keys, bad values.</exception>
    public static LoadedConfiguration Load(IReadOnlyList<OptionSection> schema, ConfigurationSources sources)
    {
        var faults = new List<ConfigurationFault>();
        var given = new List<Assignment>();
        ConfigurationFile.ReadWithDropIns(sources.File ?? ConfigurationSources.DefaultFile, sources.File is not null, given, faults);
        AddEnvironment(sources.Environment, given);
        AddSets(sources.Sets, given, faults);
        given.AddRange(sources.Flags);

        given.RemoveAll(assignment => !IsKnown(schema, assignment, faults));
        var assignments = new AssignmentSet(given);
        var effective = schema.SelectMany(section => section.Check(assignments, faults)).ToList();
        return faults.Count == 0 ? new LoadedConfiguration(assignments, effective) : throw new ConfigurationException(faults);
    }

    /// <summary>The options of one section.</summary>
    public TOptions Get<TOptions>(OptionTable<TOptions> section)
        where TOptions : class, new()
    {
        var faults = new List<ConfigurationFault>();
        var options = section.Bind(_assignments, faults);
        return faults.Count == 0 ? options : throw new ConfigurationException(faults);
    }

    /// <summary>The options of every section of one kind, by the name behind the word.</summary>
    public IReadOnlyDictionary<string, TOptions> GetNamed<TOptions>(OptionTable<TOptions> section)
        where TOptions : class, new()
    {
        var faults = new List<ConfigurationFault>();
        var all = section.SectionsIn(_assignments).ToDictionary(s => s[(section.Name.Length + 1)..], s => section.Bind(_assignments, faults, s), StringComparer.Ordinal);
        return faults.Count == 0 ? all : throw new ConfigurationException(faults);
    }

    private static void AddEnvironment(IReadOnlyDictionary<string, string> environment, List<Assignment> given)
    {
        const string prefix = "DOM_";
        foreach (var (variable, value) in environment.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            var parts = variable.Split("__", 2);
            if (parts.Length == 2 && parts[0].Length > prefix.Length && parts[0].StartsWith(prefix, StringComparison.Ordinal))
            {
                given.Add(new Assignment(parts[0][prefix.Length..], parts[1], value.Trim(), $"environment {variable}"));
            }
        }
    }

    private static void AddSets(IReadOnlyList<string> sets, List<Assignment> given, List<ConfigurationFault> faults)
    {
        foreach (var set in sets)
        {
            var equals = set.IndexOf('=', StringComparison.Ordinal);

            // A section may have a name with dots behind its word; no key has one.
            var dot = equals < 0 ? -1 : set.LastIndexOf('.', equals);
            if (dot <= 0 || equals < dot + 2)
            {
                faults.Add(new ConfigurationFault($"--set {set}", "is not Section.Key=Value", "for example --set Sub.Listen=127.0.0.2:6969"));
                continue;
            }

            given.Add(new Assignment(set[..dot], set[(dot + 1)..equals], set[(equals + 1)..].Trim(), $"--set {set[..equals]}"));
        }
    }

    private static bool IsKnown(IReadOnlyList<OptionSection> schema, Assignment assignment, List<ConfigurationFault> faults)
    {
        var section = schema.FirstOrDefault(s => s.Covers(assignment.Section));
        if (section is null)
        {
            faults.Add(new ConfigurationFault(assignment.Origin, $"there is no section [{assignment.Section}]",
                Suggestion.For(assignment.Section, schema.Select(s => s.Name)) ?? $"the sections are {string.Join(", ", schema.Select(s => s.Heading))}"));
            return false;
        }

        if (section.Keys.Any(k => k.Name == assignment.Key))
        {
            return true;
        }

        faults.Add(new ConfigurationFault(assignment.Origin, $"[{section.Name}] has no key '{assignment.Key}'",
            Suggestion.For(assignment.Key, section.Keys.Select(k => k.Name)) ?? "`dom config show --effective` lists the keys"));
        return false;
    }
}
