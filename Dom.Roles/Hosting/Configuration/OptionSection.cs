namespace Dom.Roles.Hosting.Configuration;

/// <summary>A section of the configuration and its keys.</summary>
public abstract class OptionSection
{
    private protected OptionSection(string name, string description)
    {
        Name = name;
        Description = description;
    }

    /// <summary>The name between the brackets.</summary>
    public string Name { get; }

    /// <summary>One sentence for the reference.</summary>
    public string Description { get; }

    /// <summary>The keys, in the order of the reference.</summary>
    public abstract IReadOnlyList<OptionKey> Keys { get; }

    /// <summary>Reads all values and reports what is wrong with them.</summary>
    internal abstract IReadOnlyList<EffectiveValue> Check(AssignmentSet assignments, List<ConfigurationFault> faults);
}
