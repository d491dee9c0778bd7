namespace Dom.Roles.Sub.Update;

/// <summary>What a journal that was found at start says.</summary>
/// <param name="Header">The update; null when not even its name was written.</param>
/// <param name="Steps">The steps written completely.</param>
/// <param name="SwapBegan">The point of no return was passed: every step is here, and the update goes on to its end.</param>
/// <param name="SwapDone">Every step was done and made durable.</param>
internal sealed record JournalContent(JournalHeader? Header, IReadOnlyList<SwapStep> Steps, bool SwapBegan, bool SwapDone);
