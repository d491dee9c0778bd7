using Microsoft.CodeAnalysis;

namespace Dom.Core.Generators;

/// <summary>Finds the wire form of a C# type.</summary>
internal static class ShapeParser
{
    public const string Attribute = "Dom.Core.Rpc.MessagePack.MessagePackObjectAttribute";
    private const string Interface = "Dom.Core.Rpc.MessagePack.IMessagePackSerializable<TSelf>";

    /// <summary>The form of a type; null when it has none.</summary>
    public static ValueShape? Parse(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            return Parse(nullable.TypeArguments[0]) is { } inner ? new NullableShape(inner) : null;
        }

        if (type.IsReferenceType && type.NullableAnnotation == NullableAnnotation.Annotated)
        {
            return Parse(type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)) is { } inner ? new NullableShape(inner) : null;
        }

        var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(
            SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier));
        return Scalar(type, name) ?? EnumOf(type, name) ?? Collection(type, name) ?? Contract(type, name);
    }

    private static RecordShape? Contract(ITypeSymbol type, string name)
    {
        var generated = type.GetAttributes().Any(attribute => attribute.AttributeClass?.ToDisplayString() == Attribute);
        var handwritten = type.AllInterfaces.Any(candidate =>
            candidate.OriginalDefinition.ToDisplayString() == Interface && SymbolEqualityComparer.Default.Equals(candidate.TypeArguments[0], type));
        return generated || handwritten ? new RecordShape(name, type.IsValueType) : null;
    }

    private static EnumShape? EnumOf(ITypeSymbol type, string name) =>
        type is INamedTypeSymbol { EnumUnderlyingType: { } underlying } && Number(underlying) is { } number ? new EnumShape(name, number) : null;

    private static ValueShape? Collection(ITypeSymbol type, string name)
    {
        if (type is IArrayTypeSymbol { Rank: 1 } array)
        {
            return Parse(array.ElementType) is { } element ? new ListShape(name, element, IsArray: true) : null;
        }

        if (type is not INamedTypeSymbol { IsGenericType: true } generic)
        {
            return null;
        }

        return generic.OriginalDefinition.ToDisplayString() switch
        {
            "System.Collections.Generic.IReadOnlyList<T>" when Parse(generic.TypeArguments[0]) is { } element =>
                new ListShape(name, element, IsArray: false),
            "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>"
                when generic.TypeArguments[0].SpecialType == SpecialType.System_String && Parse(generic.TypeArguments[1]) is { } element =>
                new DictionaryShape(name, element),
            _ => null,
        };
    }

    private static ScalarShape? Scalar(ITypeSymbol type, string name) => Number(type) ?? type.SpecialType switch
    {
        SpecialType.System_Boolean => new ScalarShape(name, "ReadBoolean", "Write", "{0}", "false"),
        SpecialType.System_Single => new ScalarShape(name, "ReadSingle", "Write", "{0} != 0", "0"),
        SpecialType.System_Double => new ScalarShape(name, "ReadDouble", "Write", "{0} != 0", "0"),
        SpecialType.System_String => new ScalarShape(name, "ReadString", "Write", "!string.IsNullOrEmpty({0})", "\"\""),
        _ => type.ToDisplayString(NullableFlowState.NotNull) switch
        {
            "byte[]" => new ScalarShape(name, "ReadByteArray", "WriteBinary", "{0} is {{ Length: > 0 }}", "[]"),
            "System.ReadOnlyMemory<byte>" => new ScalarShape(name, "ReadBinary", "WriteBinary", "!{0}.IsEmpty", "default"),
            "Dom.Core.Objects.ObjectId" => new ScalarShape(name, "ReadObjectId", "Write", "!{0}.IsNone", "default"),
            "Dom.Core.Linux.UnixPath" => new ScalarShape(name, "ReadUnixPath", "Write", "!{0}.IsEmpty", "default"),
            "System.TimeSpan" => new ScalarShape(name, "ReadTimeSpan", "Write", "(long){0}.TotalMilliseconds != 0", "default"),
            "System.DateTimeOffset" => new ScalarShape(name, "ReadDateTimeOffset", "Write", "{0} != default", "default"),
            _ => null,
        },
    };

    private static ScalarShape? Number(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Byte => Integer("byte", "ReadByte"),
        SpecialType.System_SByte => Integer("sbyte", "ReadSByte"),
        SpecialType.System_Int16 => Integer("short", "ReadInt16"),
        SpecialType.System_UInt16 => Integer("ushort", "ReadUInt16"),
        SpecialType.System_Int32 => Integer("int", "ReadInt32"),
        SpecialType.System_UInt32 => Integer("uint", "ReadUInt32"),
        SpecialType.System_Int64 => Integer("long", "ReadInt64"),
        SpecialType.System_UInt64 => Integer("ulong", "ReadUInt64"),
        _ => null,
    };

    private static ScalarShape Integer(string name, string read) => new(name, read, "Write", "{0} != 0", "0");
}
