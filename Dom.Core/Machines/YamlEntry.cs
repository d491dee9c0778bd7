namespace Dom.Core.Machines;

/// <summary>One entry of a YAML file as the JSON object that says the same.</summary>
/// <param name="Json">The object in UTF-8.</param>
/// <param name="Line">The line where it begins, from 1.</param>
internal readonly record struct YamlEntry(ReadOnlyMemory<byte> Json, long Line);
