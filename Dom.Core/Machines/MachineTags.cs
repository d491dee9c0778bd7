namespace Dom.Core.Machines;

/// <summary>The tags of a machine that mean something to the system, and the comparison of tags.</summary>
public static class MachineTags
{
    /// <summary>Present: the safety stop does not apply to this machine.</summary>
    public const string DisableSafetyCheck = "DisableSafetyCheck";

    /// <summary><c>true</c>, in any case: updates of high impact need no permission.</summary>
    public const string ForceDisruptiveUpdate = "ForceDisruptiveUpdate";

    /// <summary>The group of machines of which only some may be disrupted at once.</summary>
    public const string DisruptionGroup = "DisruptionManagerGroupIdentifier";

    /// <summary>How many of the group may be disrupted at once; 1 when it is not given.</summary>
    public const string DisruptionMaximum = "DisruptionManagerGroupMaximumDisrupting";

    /// <summary>The role a machine plays for the system itself, such as <c>master-candidate</c>.</summary>
    public const string Role = "dom.role";

    /// <summary>True when both hold the same names with the same values.</summary>
    public static bool AreEqual(IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var (name, value) in left)
        {
            if (!right.TryGetValue(name, out var other) || !string.Equals(value, other, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
