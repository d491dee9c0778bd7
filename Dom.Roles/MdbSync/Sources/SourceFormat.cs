using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>Reads the content of a source in its form.</summary>
internal static class SourceFormat
{
    /// <summary>True when a list that was cut off cannot be told from a shorter one: lines have no end mark.</summary>
    public static bool IsOpenEnded(SourceDefinition definition) => definition.Format != SourceDriver.Json;

    /// <summary>Reads machines.</summary>
    /// <exception cref="MachineListException">The content is not of that form, or exceeds a limit.</exception>
    public static Task<MachineList> ReadAsync(SourceDefinition definition, Stream content, SourceLimits limits, CancellationToken cancellationToken)
    {
        var limited = new LimitedStream(content, limits.MaxBytes);
        return definition.Format switch
        {
            SourceDriver.Json => MachineListReader.ReadAsync(limited, limits.Machines, cancellationToken),
            SourceDriver.Text => MachineLines.ReadTextAsync(limited, limits.Machines, cancellationToken),
            SourceDriver.Hostlist => MachineLines.ReadHostsAsync(limited, Image(0), Image(1), limits.Machines, cancellationToken),
            _ => throw new InvalidOperationException($"{definition.Format} is no form of content"),
        };

        // A command's arguments are its own, so its host lists carry no images.
        string Image(int index) => definition.Driver == SourceDriver.Hostlist && index < definition.Arguments.Count ? definition.Arguments[index] : "";
    }
}
