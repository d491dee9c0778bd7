using Dom.Cli.Output;
using Dom.Core.Contracts.Logger;

namespace Dom.Cli.Commands;

/// <summary>The log of one role.</summary>
/// <param name="Target">The role, as it was given.</param>
/// <param name="Lost">Lines before these that are not kept any more.</param>
/// <param name="Lines">The lines, the oldest first.</param>
/// <param name="Error">Why there is none; null when there is one.</param>
internal sealed record LogsLogDocument(string Target, long Lost, IReadOnlyList<LogLine> Lines, ErrorDetail? Error);
