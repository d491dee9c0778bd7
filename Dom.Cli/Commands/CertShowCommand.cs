using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Dom.Cli.Output;
using Dom.Core.Rpc.Certificates;

namespace Dom.Cli.Commands;

/// <summary><c>dom cert show</c>: what certificates state.</summary>
internal static class CertShowCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("file") { Description = "PEM files with certificates.", HelpName = "FILE", Arity = ArgumentArity.OneOrMore };
        return new Verb("show", "Shows what certificates state: name, validity, methods, groups, roles, hosts.") { files }
            .Prints(CertificateJson.Default.CertificateDocument)
            .WithExample("dom cert show ~/.ssl/cert.pem", "what your certificate allows")
            .WithExample("dom cert show --json /etc/ssl/*/cert.pem", "for a program")
            .Runs((run, _) => Task.FromResult(Show(run, run.Value(files))));
    }

    /// <summary>Reads the certificates of a file.</summary>
    public static List<X509Certificate2> Read(string file)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(File.ReadAllText(file));
        }
        catch (CryptographicException e)
        {
            throw new CommandException(ExitCode.Corrupt, "BadCertificate", $"'{file}' has a damaged certificate: {e.Message}");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException(ExitCode.Failed, "Unreadable", $"'{file}' cannot be read: {e.Message}");
        }

        return certificates.Count > 0
            ? [.. certificates]
            : throw new CommandException(ExitCode.Usage, "NoCertificate", $"'{file}' has no '-----BEGIN CERTIFICATE-----'", "name a PEM file with a certificate");
    }

    /// <summary>Describes a certificate.</summary>
    public static CertificateEntry Describe(string file, X509Certificate2 certificate, DateTimeOffset now)
    {
        var facts = CertificateFacts.Read(certificate);
        var state = now < facts.NotBefore ? "not yet valid" : now > facts.NotAfter ? "expired" : "valid";
        return new CertificateEntry(
            file,
            facts.Name,
            facts.IsAuthority,
            facts.Issuer,
            state,
            facts.NotBefore,
            facts.NotAfter,
            facts.Roles,
            [.. facts.DnsNames, .. facts.Addresses.Select(address => address.ToString())],
            facts.Methods,
            facts.Groups,
            facts.SerialNumber,
            facts.Fingerprint);
    }

    /// <summary>Prints the document for programs; nothing without <c>--json</c>.</summary>
    public static void Document(CommandRun run, IEnumerable<string> files)
    {
        if (run.Output.IsJson)
        {
            var entries = files.SelectMany(file => Read(file).Select(certificate => Describe(file, certificate, run.Time.GetUtcNow())));
            run.Output.Document(new CertificateDocument([.. entries], []), CertificateJson.Default.CertificateDocument);
        }
    }

    private static int Show(CommandRun run, string[] files)
    {
        var entries = new List<CertificateEntry>();
        var failures = new List<ErrorDetail>();
        var worst = ExitCode.Done;
        foreach (var file in files)
        {
            try
            {
                entries.AddRange(Read(file).Select(certificate => Describe(file, certificate, run.Time.GetUtcNow())));
            }
            catch (Exception fault) when (fault is CommandException or CertificateException or IOException)
            {
                var failure = CommandFailure.From(fault);
                failures.Add(new ErrorDetail(failure.Code, failure.Message, failure.Hint));
                run.Output.Note(failure.Hint is { } hint ? $"{failure.Message} ({hint})" : failure.Message);
                worst = failure.ExitCode;
            }
        }

        foreach (var entry in entries)
        {
            Print(run, entry);
        }

        run.Output.Document(new CertificateDocument(entries, failures), CertificateJson.Default.CertificateDocument);
        return failures.Count > 0 && entries.Count > 0 ? ExitCode.Partial : worst;
    }

    private static void Print(CommandRun run, CertificateEntry entry)
    {
        var output = run.Output;
        output.Line($"{entry.Name}{(entry.IsAuthority ? " (authority)" : "")}  {entry.File}");
        output.Line($"  issued by  {entry.Issuer}");
        output.Line($"  valid      {entry.NotBefore:yyyy-MM-dd HH:mm} to {entry.NotAfter:yyyy-MM-dd HH:mm} UTC ({State(entry, run.Time.GetUtcNow())})");
        List(run, "roles", entry.Roles);
        List(run, "hosts", entry.Hosts);
        List(run, "methods", entry.Methods);
        List(run, "groups", entry.Groups);
        output.Line($"  serial     {entry.SerialNumber}");
        output.Line($"  sha256     {entry.Fingerprint}");
    }

    private static string State(CertificateEntry entry, DateTimeOffset now) =>
        entry.State == "valid" ? $"{(int)(entry.NotAfter - now).TotalDays} days left" : entry.State;

    private static void List(CommandRun run, string label, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            run.Output.Line($"  {label,-9}  {string.Join(", ", values)}");
        }
    }
}
