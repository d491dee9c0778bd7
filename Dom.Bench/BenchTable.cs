using System.Globalization;

namespace Dom.Bench;

/// <summary>The lines that docs/performance.md quotes, as a Markdown table.</summary>
internal sealed class BenchTable
{
    public BenchTable()
    {
        Console.WriteLine("| job | measured | yardstick | ratio | goal | met |");
        Console.WriteLine("|---|---|---|---|---|---|");
    }

    /// <summary>True when every goal so far was met.</summary>
    public bool AllMet { get; private set; } = true;

    /// <summary>Prints a line.</summary>
    public void Add(string job, string measured, string yardstick = "", double? ratio = null, string goal = "", bool? met = null)
    {
        AllMet &= met != false;
        var share = ratio is { } r ? r.ToString("P0", CultureInfo.InvariantCulture) : "";
        Console.WriteLine($"| {job} | {measured} | {yardstick} | {share} | {goal} | {(met is { } m ? m ? "yes" : "NO" : "")} |");
    }
}
