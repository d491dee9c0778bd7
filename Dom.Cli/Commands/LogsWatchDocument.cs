using Dom.Cli.Output;
using Dom.Core.Contracts.Logger;

namespace Dom.Cli.Commands;

/// <summary>One line of what <c>dom logs watch --json</c> prints: a line of a log, a number of lost ones, or a fault.</summary>
/// <param name="Target">The role, as it was given.</param>
/// <param name="Line">The line.</param>
/// <param name="Lost">Lines that came faster than they were read.</param>
/// <param name="Error">Why the role is not heard.</param>
internal sealed record LogsWatchDocument(string Target, LogLine? Line = null, long? Lost = null, ErrorDetail? Error = null);
