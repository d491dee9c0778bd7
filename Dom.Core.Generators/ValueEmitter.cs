using System.Globalization;

namespace Dom.Core.Generators;

/// <summary>Expressions and statements that read, write and test one value.</summary>
internal static class ValueEmitter
{
    /// <summary>An expression that reads the value; collections have a method of their own, named after the property.</summary>
    public static string Read(ValueShape shape, string name) => shape switch
    {
        ScalarShape scalar => $"reader.{scalar.ReadMethod}()",
        EnumShape number => $"({number.Type})reader.{number.Number.ReadMethod}()",
        RecordShape record => $"{record.Type}.Read(ref reader)",
        // The cast matters: a bare null next to a ReadOnlyMemory<byte> would become an empty one.
        NullableShape nullable => $"reader.TryReadNil() ? ({nullable.Type}?)null : {Read(nullable.Value, name)}",
        _ => $"Read{name}(ref reader)",
    };

    /// <summary>Statements that write the value.</summary>
    public static void Write(SourceWriter source, ValueShape shape, string value, string name)
    {
        switch (shape)
        {
            case NullableShape nullable:
                // The variable's scope is the whole method, so its name is the property's.
                var present = Naming.CamelCase(name) + "Value";
                source.Open($"if ({value} is {{ }} {present})");
                Write(source, nullable.Value, present, name);
                source.Close();
                source.Open("else");
                source.Line("writer.WriteNil();");
                source.Close();
                break;
            case ScalarShape { WriteMethod: "WriteBinary" } bytes:
                source.Line($"writer.WriteBinary({value}{(bytes.ReadMethod == "ReadBinary" ? ".Span" : "")});");
                break;
            case ScalarShape:
                source.Line($"writer.Write({value});");
                break;
            case EnumShape number:
                source.Line($"writer.Write(({number.Number.Type}){value});");
                break;
            case RecordShape record:
                source.Line($"{record.Type}.Write(ref writer, {value});");
                break;
            default:
                source.Line($"Write{name}(ref writer, {value});");
                break;
        }
    }

    /// <summary>An expression that is true when the value is not the one that absence stands for.</summary>
    public static string Present(ValueShape shape, string value) => shape switch
    {
        ScalarShape scalar => string.Format(CultureInfo.InvariantCulture, scalar.Present, value),
        NullableShape => $"{value} is not null",
        ListShape { IsArray: true } => $"{value} is {{ Length: > 0 }}",
        ListShape or DictionaryShape => $"{value} is {{ Count: > 0 }}",
        _ => $"{value} != default",
    };

    /// <summary>What an absent value is.</summary>
    public static string Initial(ValueShape shape) => shape switch
    {
        ScalarShape scalar => scalar.Initial,
        NullableShape or RecordShape { IsStruct: false } => "null",
        ListShape => "[]",
        DictionaryShape dictionary => $"new Dictionary<string, {TypeOf(dictionary.Element)}>()",
        _ => "default",
    };

    /// <summary>A type with its question mark.</summary>
    public static string TypeOf(ValueShape shape) => shape is NullableShape ? shape.Type + "?" : shape.Type;
}
