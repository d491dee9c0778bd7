using System.CommandLine;
using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary><c>dom cert revoke</c>: puts certificates on the revocation list.</summary>
internal static class CertRevokeCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("file")
        {
            Description = "PEM files of the certificates to revoke; none renews the list.",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var days = CertCommand.DaysOption(365, "When a newer list is due; an outdated list still counts.");
        var directory = CertCommand.OutOption();
        return new Verb("revoke", "Puts certificates on the revocation list, revoked.pem.") { files, days, directory }
            .Prints(CertificateJson.Default.RevocationDocument)
            .WithDryRun(ownDocument: true)
            .WithExample("dom cert revoke dom-ca/alice/cert.pem", "then copy revoked.pem to where RevocationFile= names it")
            .Runs((run, _) => Task.FromResult(Revoke(
                run, new CertDirectory(run.Value(directory) ?? ".", run.Time), run.OptionalValue(files) ?? [], TimeSpan.FromDays(run.Value(days)), run.IsDryRun)));
    }

    private static int Revoke(CommandRun run, CertDirectory place, string[] files, TimeSpan lifetime, bool dryRun)
    {
        // Only the first certificate of a file is its holder's; those after it are authorities above.
        var certificates = files.Select(file => (File: file, Certificate: CertShowCommand.Read(file)[0])).ToList();
        var content = File.Exists(place.RevocationFile) ? File.ReadAllText(place.RevocationFile) : null;
        using var authority = place.OpenAuthority(identity: false);
        using var identity = place.HasAuthority(identity: true) ? place.OpenAuthority(identity: true) : null;
        var own = certificates.Where(c => identity is null || !identity.HasIssued(c.Certificate)).Select(c => c.Certificate).ToList();
        var others = certificates.Select(c => c.Certificate).Except(own).ToList();
        content = authority.Revoke(own, content, lifetime);
        if (identity is not null && (others.Count > 0 || files.Length == 0))
        {
            content = identity.Revoke(others, content, lifetime);
        }

        if (!dryRun)
        {
            place.WriteRevocations(content);
        }

        var entries = certificates.Select(c => CertShowCommand.Describe(c.File, c.Certificate, run.Time.GetUtcNow())).ToList();
        foreach (var entry in entries)
        {
            run.Output.Line($"{(dryRun ? "would revoke" : "revoked")} {entry.Name} (serial {entry.SerialNumber})");
        }

        if (!dryRun)
        {
            run.Output.Line($"wrote {place.RevocationFile}; roles take it up within a second once it is where RevocationFile= names it");
        }

        run.Output.Document(new RevocationDocument(place.RevocationFile, dryRun, entries), CertificateJson.Default.RevocationDocument);
        return ExitCode.Done;
    }
}
