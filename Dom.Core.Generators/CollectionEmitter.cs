namespace Dom.Core.Generators;

/// <summary>Writes the pair of methods that a collection has, named after the property, and those of the collections in it.</summary>
internal static class CollectionEmitter
{
    public static void Emit(SourceWriter source, string name, ValueShape shape)
    {
        switch (shape)
        {
            case NullableShape nullable:
                Emit(source, name, nullable.Value);
                break;
            case ListShape list:
                WriteList(source, name, list);
                ReadList(source, name, list);
                Emit(source, name + "Item", list.Element);
                break;
            case DictionaryShape dictionary:
                WriteDictionary(source, name, dictionary);
                ReadDictionary(source, name, dictionary);
                Emit(source, name + "Item", dictionary.Element);
                break;
        }
    }

    private static void WriteList(SourceWriter source, string name, ListShape list)
    {
        source.Line();
        source.Open($"private static void Write{name}(ref MessagePackWriter writer, {list.Type} items)");
        source.Line($"writer.WriteArrayHeader(items.{(list.IsArray ? "Length" : "Count")});");
        source.Open("foreach (var item in items)");
        ValueEmitter.Write(source, list.Element, "item", name + "Item");
        source.Close();
        source.Close();
    }

    private static void ReadList(SourceWriter source, string name, ListShape list)
    {
        source.Line();
        source.Open($"private static {list.Type} Read{name}(ref MessagePackReader reader)");
        source.Line("var count = reader.ReadArrayHeader();");
        source.Open("if (count == 0)");
        source.Line("return [];");
        source.Close();
        source.Line();
        source.Line("reader.Enter();");
        source.Line($"var items = new List<{ValueEmitter.TypeOf(list.Element)}>(Math.Min(count, MessagePackReader.FirstCapacity));");
        source.Open("for (; count > 0; count--)");
        source.Line($"items.Add({ValueEmitter.Read(list.Element, name + "Item")});");
        source.Close();
        source.Line("reader.Leave();");
        source.Line($"return {(list.IsArray ? "items.ToArray()" : "items")};");
        source.Close();
    }

    private static void WriteDictionary(SourceWriter source, string name, DictionaryShape dictionary)
    {
        source.Line();
        source.Open($"private static void Write{name}(ref MessagePackWriter writer, {dictionary.Type} entries)");
        source.Line("var keys = new List<string>(entries.Keys);");
        source.Line("keys.Sort(StringComparer.Ordinal);");
        source.Line("writer.WriteMapHeader(keys.Count);");
        source.Open("foreach (var key in keys)");
        source.Line("writer.Write(key);");
        ValueEmitter.Write(source, dictionary.Element, "entries[key]", name + "Item");
        source.Close();
        source.Close();
    }

    private static void ReadDictionary(SourceWriter source, string name, DictionaryShape dictionary)
    {
        var type = $"Dictionary<string, {ValueEmitter.TypeOf(dictionary.Element)}>";
        source.Line();
        source.Open($"private static {dictionary.Type} Read{name}(ref MessagePackReader reader)");
        source.Line("var count = reader.ReadMapHeader();");
        source.Line("reader.Enter();");
        source.Line($"var entries = new {type}(Math.Min(count, MessagePackReader.FirstCapacity), StringComparer.Ordinal);");
        source.Open("for (; count > 0; count--)");
        source.Line("var key = reader.ReadString();");
        source.Open($"if (!entries.TryAdd(key, {ValueEmitter.Read(dictionary.Element, name + "Item")}))");
        source.Line("throw MessagePackException.DuplicateKey(key, reader.Consumed);");
        source.Close();
        source.Close();
        source.Line("reader.Leave();");
        source.Line("return entries;");
        source.Close();
    }
}
