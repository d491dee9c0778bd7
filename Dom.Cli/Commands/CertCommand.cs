using System.CommandLine;

namespace Dom.Cli.Commands;

/// <summary><c>dom cert</c>: the fleet's authority and its certificates.</summary>
internal static class CertCommand
{
    /// <summary>The directory that commands use when none is named.</summary>
    private const string DefaultDirectory = "dom-ca";

    /// <summary>Builds the command.</summary>
    public static Command Build() => new VerbGroup("cert", "Makes an authority, issues and shows certificates, and revokes them.")
    {
        CertInitCommand.Build(),
        CertIssueCommand.Build(),
        CertShowCommand.Build(),
        CertRevokeCommand.Build(),
    };

    /// <summary>The option that names the authority's directory.</summary>
    public static Option<string> OutOption() => new("--out")
    {
        Description = "Directory of the authority and of what it issues.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultDirectory,
    };

    /// <summary>The option that picks the identity authority.</summary>
    public static Option<bool> IdentityOption(string description) => new("--identity") { Description = description };

    /// <summary>An option in days.</summary>
    public static Option<int> DaysOption(int days, string description)
    {
        var option = new Option<int>("--days") { Description = description, HelpName = "DAYS", DefaultValueFactory = _ => days };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var value) || value is < 1 or > 36_500))
            {
                result.AddError("--days is a number from 1 to 36500");
            }
        });
        return option;
    }

    /// <summary>Values separated by commas, in one option or several.</summary>
    public static IEnumerable<string> Split(string[]? values) =>
        (values ?? []).SelectMany(value => value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
