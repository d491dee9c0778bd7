using System.Collections.Immutable;
using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Publication;

/// <summary>Cuts machines into pages that fit into messages, whatever tags they carry.</summary>
internal static class MachinePages
{
    private const int MaxMachines = 500;
    private const int MaxBytes = 2 << 20;
    private const int FieldBytes = 16;

    /// <summary>The pages; a single empty one when there are no machines.</summary>
    public static IEnumerable<ImmutableArray<Machine>> Cut(ImmutableArray<Machine> machines)
    {
        var start = 0;
        var bytes = 0L;
        for (var i = 0; i < machines.Length; i++)
        {
            var size = SizeOf(machines[i]);
            if (i > start && (i - start == MaxMachines || bytes + size > MaxBytes))
            {
                yield return machines[start..i];
                start = i;
                bytes = 0;
            }

            bytes += size;
        }

        yield return machines[start..];
    }

    /// <summary>At least what the machine takes in a message.</summary>
    private static long SizeOf(Machine machine)
    {
        var size = SizeOf(machine.Hostname) + SizeOf(machine.DataSourceIdentifier) + SizeOf(machine.DataSourceType) + SizeOf(machine.IpAddress)
            + SizeOf(machine.Location) + SizeOf(machine.RequiredImage) + SizeOf(machine.PlannedImage) + SizeOf(machine.OwnerGroup) + FieldBytes
            + SizeOf(machine.OwnerGroups) + SizeOf(machine.OwnerUsers) + SizeOf(machine.Tags);
        return machine.AwsMetadata is not { } aws
            ? size
            : size + SizeOf(aws.AccountId) + SizeOf(aws.AccountName) + SizeOf(aws.InstanceId) + SizeOf(aws.Region) + SizeOf(aws.Tags);
    }

    private static long SizeOf(string text) => text.Length == 0 ? 0 : FieldBytes + (3L * text.Length);

    private static long SizeOf(IReadOnlyList<string> texts)
    {
        var size = 0L;
        for (var i = 0; i < texts.Count; i++)
        {
            size += FieldBytes + SizeOf(texts[i]);
        }

        return size;
    }

    private static long SizeOf(IReadOnlyDictionary<string, string> pairs)
    {
        var size = 0L;
        foreach (var (name, value) in pairs)
        {
            size += FieldBytes + SizeOf(name) + SizeOf(value);
        }

        return size;
    }
}
