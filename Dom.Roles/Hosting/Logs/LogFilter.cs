using Dom.Core.Contracts.Logger;

namespace Dom.Roles.Hosting.Logs;

/// <summary>Chooses lines of a log.</summary>
internal sealed class LogFilter(LogQuery query, DateTimeOffset now)
{
    private readonly DateTimeOffset _since = query.Last switch
    {
        null => query.Since ?? DateTimeOffset.MinValue,
        { } last when last >= now - DateTimeOffset.MinValue => DateTimeOffset.MinValue,
        { } last => last > TimeSpan.Zero ? now - last : now,
    };

    /// <summary>True for a line that was asked for.</summary>
    public bool Chooses(LogLine line) =>
        line.Level >= query.Level
        && line.Time >= _since
        && line.Category.Contains(query.Category, StringComparison.OrdinalIgnoreCase)
        && (query.Text.Length == 0
            || line.Message.Contains(query.Text, StringComparison.OrdinalIgnoreCase)
            || line.Category.Contains(query.Text, StringComparison.OrdinalIgnoreCase)
            || line.Event.Contains(query.Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>The newest of the chosen lines, as many as were asked for, the oldest first.</summary>
    public IReadOnlyList<LogLine> Newest(IReadOnlyList<LogLine> lines)
    {
        var chosen = lines.Where(Chooses).ToList();
        return query.Lines is { } most && most < chosen.Count ? chosen[^Math.Max(0, most)..] : chosen;
    }
}
