namespace Dom.Roles.Hosting.Configuration;

/// <summary>Something wrong in the configuration: where, what, and what to do about it.</summary>
public sealed record ConfigurationFault(string Origin, string Message, string? Hint = null)
{
    /// <summary>One line for a person.</summary>
    public override string ToString() => Hint is null ? $"{Origin}: {Message}" : $"{Origin}: {Message}; {Hint}";
}
