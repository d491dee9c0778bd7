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

    /// <summary>True for a section of which there may be many, each with a name of its own behind the word: <c>[LockGroup db]</c>.</summary>
    public bool IsNamed { get; private protected set; }

    /// <summary>What stands between the brackets, for people: <c>Sub</c>, or <c>LockGroup NAME</c>.</summary>
    public string Heading => IsNamed ? $"{Name} NAME" : Name;

    /// <summary>One sentence for the reference.</summary>
    public string Description { get; }

    /// <summary>The keys, in the order of the reference.</summary>
    public abstract IReadOnlyList<OptionKey> Keys { get; }

    /// <summary>True when a section of a file is this one.</summary>
    public bool Covers(string section) => IsNamed
        ? section.Length > Name.Length + 1 && section.StartsWith(Name, StringComparison.Ordinal) && section[Name.Length] == ' '
        : section == Name;

    /// <summary>Reads all values and reports what is wrong with them.</summary>
    internal abstract IReadOnlyList<EffectiveValue> Check(AssignmentSet assignments, List<ConfigurationFault> faults);
}
