using System.Collections.Immutable;
using System.CommandLine;
using Dom.Cli.Output;
using Dom.Core.Contracts;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Cli.Commands;

/// <summary><c>dom cert issue</c>: issues a certificate with a new key.</summary>
internal static class CertIssueCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var name = new Option<string>("--name") { Description = "The user, machine or service; also the directory it is written to.", HelpName = "NAME", Required = true };
        var role = new Option<string[]>("--role")
        {
            Description = "The role it serves in; grants what that role calls.",
            HelpName = "ROLE",
            CompletionSources = { _ => RoleGrants.Roles.Select(r => new System.CommandLine.Completions.CompletionItem(r)) },
        };
        var allow = new Option<string[]>("--allow") { Description = "Methods it grants, with * and ?, separated by commas.", HelpName = "Subd.*,…" };
        var groups = new Option<string[]>("--groups") { Description = "Groups its holder is in, separated by commas.", HelpName = "GROUP,…" };
        var hosts = new Option<string[]>("--host") { Description = "DNS names and addresses it serves under, separated by commas.", HelpName = "HOST,…" };
        var days = CertCommand.DaysOption(365, "How long it is valid.");
        var identity = CertCommand.IdentityOption("Issue it by the identity authority; it then grants no methods.");
        var replace = new Option<bool>("--replace") { Description = "Replace the certificate and key of this name." };
        var directory = CertCommand.OutOption();
        return new Verb("issue", "Issues a certificate with a new key.") { name, role, allow, groups, hosts, days, identity, replace, directory }
            .Prints(CertificateJson.Default.CertificateDocument)
            .WithDryRun()
            .WithExample("dom cert issue --name sub --role sub --host web1.example.com", "for a machine")
            .WithExample("dom cert issue --name master --role master", "for the master; recognised by its role")
            .WithExample("dom cert issue --name alice --allow 'Dominator.*,ImageServer.*,ObjectServer.*'", "for an operator")
            .Runs((run, _) =>
            {
                var roles = CertCommand.Split(run.Value(role)).ToImmutableArray();
                var order = new CertificateOrder
                {
                    Name = run.Value(name) ?? "",
                    Roles = roles,
                    Methods = [.. roles.SelectMany(r => GrantsOf(r)).Concat(CertCommand.Split(run.Value(allow))).Distinct(StringComparer.Ordinal)],
                    Groups = [.. CertCommand.Split(run.Value(groups))],
                    Hosts = [.. CertCommand.Split(run.Value(hosts))],
                    Lifetime = TimeSpan.FromDays(run.Value(days)),
                };
                return Task.FromResult(Issue(run, new CertDirectory(run.Value(directory) ?? ".", run.Time), order, run.Value(identity), run.Value(replace)));
            });
    }

    private static int Issue(CommandRun run, CertDirectory place, CertificateOrder order, bool identity, bool replace)
    {
        if (identity && !order.Methods.IsEmpty)
        {
            throw new CommandException(
                ExitCode.Usage, "IdentityOnly", "the identity authority grants no methods", "leave out --role and --allow, or leave out --identity");
        }

        foreach (var pattern in order.Methods)
        {
            if (MethodPattern.Fault(pattern) is { } fault)
            {
                throw new CommandException(ExitCode.Usage, "BadMethodPattern", $"--allow {fault}");
            }

            if (!AllMethods.List.Any(method => MethodPattern.Matches(pattern, method.FullName)))
            {
                run.Output.Note($"no method of this version matches '{pattern}' ({Suggestion.For(pattern, AllMethods.List.Select(m => m.FullName)) ?? "it is granted anyway"})");
            }
        }

        using var authority = place.OpenAuthority(identity);
        if (run.IsDryRun)
        {
            return Look(run, place, order, replace);
        }

        place.Issue(authority, order, replace);
        run.Output.Line($"issued {place.CertificateFile(order.Name)} and its key");
        CertShowCommand.Document(run, [place.CertificateFile(order.Name)]);
        return ExitCode.Done;
    }

    private static int Look(CommandRun run, CertDirectory place, CertificateOrder order, bool replace)
    {
        var file = place.CertificateFile(order.Name);
        var exists = File.Exists(file);
        if (exists && !replace)
        {
            throw new CommandException(ExitCode.Refused, "AlreadyExists", $"'{file}' exists", "--replace issues a new one in its place");
        }

        var report = new DryRunReport(run);
        var methods = order.Methods.IsEmpty ? "no methods" : string.Join(", ", order.Methods);
        report.Add(file, exists ? $"valid until {Amounts.Moment(CertShowCommand.Read(file)[0].NotAfter.ToUniversalTime())}" : "", $"a new certificate of {order.Name} with a new key, for {methods}");
        return report.Print($"would issue a certificate for {order.Name}");
    }

    private static ImmutableArray<string> GrantsOf(string role) => RoleGrants.For(role) ?? throw new CommandException(
        ExitCode.Usage, "NoSuchRole", $"there is no role '{role}'", Suggestion.For(role, RoleGrants.Roles) ?? $"the roles are {string.Join(", ", RoleGrants.Roles)}");
}
