using System.CommandLine;
using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary><c>dom cert init-ca</c>: makes an authority.</summary>
internal static class CertInitCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var identity = CertCommand.IdentityOption("Make the authority for identity only: its certificates never grant methods.");
        var name = new Option<string?>("--name") { Description = "Name of the authority.", HelpName = "NAME" };
        var days = CertCommand.DaysOption(3650, "How long it is valid.");
        var directory = CertCommand.OutOption();
        return new Verb("init-ca", "Makes the fleet's certificate authority.") { identity, name, days, directory }
            .Prints(CertificateJson.Default.CertificateDocument)
            .WithExample("dom cert init-ca --out /root/fleet-ca", "CA.pem for all machines, CA.key for a safe place")
            .WithExample("dom cert init-ca --identity", "an authority that names people and grants nothing")
            .Runs((run, _) => Task.FromResult(Make(run, run.Value(identity), run.Value(name), run.Value(days), run.Value(directory) ?? ".")));
    }

    private static int Make(CommandRun run, bool identity, string? name, int days, string directory)
    {
        var place = new CertDirectory(directory, run.Time);
        using var authority = place.CreateAuthority(name ?? (identity ? "dom identity CA" : "dom CA"), identity, TimeSpan.FromDays(days));
        run.Output.Line($"made {place.AuthorityFile(identity)}; copy it to /etc/ssl/{(identity ? "IdentityCA.pem" : "CA.pem")} on every machine");
        run.Output.Line(identity
            ? "the key beside it can name anybody: keep it off the machines"
            : "the key beside it is root on the whole fleet: keep it off the machines");
        CertShowCommand.Document(run, [place.AuthorityFile(identity)]);
        return ExitCode.Done;
    }
}
