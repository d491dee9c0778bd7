namespace Dom.Cli.Output;

/// <summary>Prints names and values below each other; what has no value is left out.</summary>
internal sealed class FactLines(ConsoleOutput output)
{
    /// <summary>Prints one.</summary>
    public void Add(string name, string value)
    {
        if (value.Length > 0)
        {
            output.Line($"{name,-18} {value}");
        }
    }
}
