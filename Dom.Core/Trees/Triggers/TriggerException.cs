namespace Dom.Core.Trees.Triggers;

/// <summary>Triggers that cannot be used. Every fault names the trigger by its place (from 1) and service.</summary>
public sealed class TriggerException(IReadOnlyList<string> faults, Exception? inner = null)
    : FormatException("bad triggers: " + string.Join("; ", faults), inner)
{
    /// <summary>One text for each fault.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
