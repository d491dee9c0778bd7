namespace Dom.Core.Generators;

/// <summary>One property of a contract.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Key">Its name on the wire.</param>
/// <param name="Shape">Its form on the wire.</param>
/// <param name="Required">Always written, and refused when absent.</param>
/// <param name="Positional">A parameter of the record's primary constructor.</param>
internal sealed record PropertyModel(string Name, string Key, ValueShape Shape, bool Required, bool Positional);
