using Microsoft.CodeAnalysis;

namespace Dom.Core.Generators;

/// <summary>What the generator refuses, as compile errors.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor UnsupportedType = Error(
        "DOM001",
        "The type has no MessagePack form",
        "{0}.{1} has type '{2}', which has no MessagePack form: use a boolean, number, string, enum, bytes, ObjectId, UnixPath, TimeSpan, "
        + "DateTimeOffset, another contract record, or IReadOnlyList<T>, T[] or IReadOnlyDictionary<string, T> of these");

    public static readonly DiagnosticDescriptor NotAContract = Error(
        "DOM002",
        "A contract is a sealed partial record",
        "{0} cannot have a MessagePack form: {1}");

    public static readonly DiagnosticDescriptor NeitherRequiredNorNullable = Error(
        "DOM003",
        "A nested record is required or nullable",
        "{0}.{1} holds a record and would be null when it is absent: make it required or nullable");

    public static readonly DiagnosticDescriptor InitialValue = Error(
        "DOM004",
        "An initial value is lost on the wire",
        "{0}.{1} has an initial value, but absent on the wire means the default of the type: make it required or nullable, or drop the initial value");

    public static readonly DiagnosticDescriptor Keys = Error(
        "DOM005",
        "Every property has a key of its own",
        "{0} cannot have a MessagePack form: {1}");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "MessagePack", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
