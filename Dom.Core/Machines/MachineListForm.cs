using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dom.Core.Machines;

/// <summary>The form in which machine lists are written for others: upstream's, with empty fields left out.</summary>
public static class MachineListForm
{
    /// <summary>A whole list.</summary>
    public static JsonTypeInfo<IReadOnlyList<Machine>> List { get; } = (JsonTypeInfo<IReadOnlyList<Machine>>)new JsonSerializerOptions(MachineJson.Default.Options)
    {
        TypeInfoResolver = MachineJson.Default.WithAddedModifier(LeaveOutEmpty),
    }.GetTypeInfo(typeof(IReadOnlyList<Machine>));

    private static void LeaveOutEmpty(JsonTypeInfo type)
    {
        if (type.Type != typeof(Machine) && type.Type != typeof(AwsMetadata))
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            property.ShouldSerialize = static (_, value) => value switch
            {
                null or "" or false => false,
                ICollection { Count: 0 } => false,
                IReadOnlyDictionary<string, string> { Count: 0 } => false,
                _ => true,
            };
        }
    }
}
