namespace Dom.Core.Generators;

/// <summary>How a value of some C# type stands on the wire.</summary>
/// <param name="Type">The type as written in generated code, without a question mark.</param>
internal abstract record ValueShape(string Type);

/// <summary>A value that the reader and writer have a method for.</summary>
/// <param name="Type">The type.</param>
/// <param name="ReadMethod">The reader's method.</param>
/// <param name="WriteMethod">The writer's method.</param>
/// <param name="Present">An expression that is true when the value, put in for {0}, is not the default of its type.</param>
/// <param name="Initial">What an absent value is.</param>
internal sealed record ScalarShape(string Type, string ReadMethod, string WriteMethod, string Present, string Initial) : ValueShape(Type);

/// <summary>An enum, written as the number it is.</summary>
internal sealed record EnumShape(string Type, ScalarShape Number) : ValueShape(Type);

/// <summary>A type that implements IMessagePackSerializable: another contract.</summary>
internal sealed record RecordShape(string Type, bool IsStruct) : ValueShape(Type);

/// <summary>IReadOnlyList&lt;T&gt; or T[].</summary>
internal sealed record ListShape(string Type, ValueShape Element, bool IsArray) : ValueShape(Type);

/// <summary>IReadOnlyDictionary&lt;string, T&gt;.</summary>
internal sealed record DictionaryShape(string Type, ValueShape Element) : ValueShape(Type);

/// <summary>A value or nil.</summary>
internal sealed record NullableShape(ValueShape Value) : ValueShape(Value.Type);
