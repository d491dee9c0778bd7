namespace Dom.Roles.Hosting.Configuration;

/// <summary>The configuration cannot be used. Carries every fault that was found, not only the first.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes the exception from at least one fault.</summary>
    public ConfigurationException(IReadOnlyList<ConfigurationFault> faults)
        : base(string.Join('\n', faults)) => Faults = faults;

    /// <summary>All faults, in the order of their sources.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; }
}
