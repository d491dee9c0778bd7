using System.Collections.Frozen;
using System.Text;
using System.Text.Json;

namespace Dom.Core.Machines;

/// <summary>Reads a small YAML or JSON file that describes one machine or a few: an entry, or a list of entries, with the fields of <see cref="Machine"/>.</summary>
public static class MachineFileReader
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly FrozenSet<string> Booleans = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, nameof(Machine.DisableUpdates));

    /// <summary>Reads YAML. A single entry without a host name gets <paramref name="defaultName"/>.</summary>
    /// <exception cref="MachineListException">The content is not what it should be.</exception>
    public static MachineList ReadYaml(ReadOnlySpan<byte> content, string defaultName, MachineListLimits limits)
    {
        var entries = YamlEntries.Read(Decode(content), Booleans);
        var machines = new MachineCollector(limits);
        foreach (var entry in entries)
        {
            machines.Add(Named(Parse(entry.Json.Span, entry.Line), entries.Count == 1 ? defaultName : ""), entry.Line);
        }

        return machines.ToList();
    }

    /// <summary>Reads JSON: an object, or an array of objects. A single object without a host name gets <paramref name="defaultName"/>.</summary>
    /// <exception cref="MachineListException">The content is not what it should be.</exception>
    public static async Task<MachineList> ReadJsonAsync(
        ReadOnlyMemory<byte> content, string defaultName, MachineListLimits limits, CancellationToken cancellationToken)
    {
        if (content.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            using var stream = new MemoryStream(content.ToArray(), writable: false);
            return await MachineListReader.ReadAsync(stream, limits, cancellationToken);
        }

        var machines = new MachineCollector(limits);
        machines.Add(Named(Parse(content.Span, 1), defaultName), 1);
        return machines.ToList();
    }

    private static Machine Named(Machine machine, string defaultName) =>
        machine is { Hostname.Length: 0, IpAddress.Length: 0 } ? machine with { Hostname = defaultName } : machine;

    private static Machine Parse(ReadOnlySpan<byte> json, long line)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MachineJson.Default.Machine) ?? throw new JsonException("an entry is null");
        }
        catch (JsonException fault)
        {
            throw new MachineListException(MachineListReader.Explain(fault), line + (fault.LineNumber ?? 0), 1, fault);
        }
    }

    private static string Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            return Utf8.GetString(content);
        }
        catch (DecoderFallbackException fault)
        {
            throw new MachineListException("the file is not UTF-8 text", innerException: fault);
        }
    }
}
