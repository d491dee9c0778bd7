using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Pages;

/// <summary>What polls report in a word or a number, in words for people.</summary>
public static class PollWords
{
    /// <summary>How a reboot stands.</summary>
    public static string Describe(RebootState reboot, string reason) => With(
        reboot switch
        {
            RebootState.Due => "due",
            RebootState.Rebooting => "told to reboot",
            RebootState.Held => "held",
            _ => "",
        },
        reason);

    /// <summary>How a permission to be disrupted stands.</summary>
    public static string Describe(DisruptionState disruption, string reason) => With(
        disruption switch
        {
            DisruptionState.Permitted => "permitted",
            DisruptionState.Requested => "requested",
            DisruptionState.Denied => "denied",
            DisruptionState.Failed => "failed",
            _ => "",
        },
        reason);

    private static string With(string word, string reason) => word.Length > 0 && reason.Length > 0 ? $"{word}: {reason}" : word;
}
