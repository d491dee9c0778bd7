using Dom.Cli.Output;
using Dom.Core.Contracts.Logger;

namespace Dom.Cli.Commands;

/// <summary>The levels of one role.</summary>
/// <param name="Target">The role, as it was given.</param>
/// <param name="Rules">The level of each category that has one.</param>
/// <param name="Error">Why it is not known; null when it is.</param>
internal sealed record LogsRoleLevels(string Target, IReadOnlyList<LogLevelRule> Rules, ErrorDetail? Error);
