using System.Text.RegularExpressions;

namespace Dom.Tests.Architecture;

/// <summary>References point one way: Cli to Roles to Core, and inside Core from what is particular to what is general.</summary>
public sealed partial class ReferenceTests
{
    private static readonly string[] Roles = ["Master", "Sub", "ImageServer", "MdbSync", "LockManager", "ConfigQuery", "Agent"];

    [Test]
    public void Core_knows_no_role_no_web_server_and_no_console()
    {
        AssertNone(Foreign("Dom.Core", "Dom.Roles", "Dom.Cli", "Microsoft.AspNetCore", "Spectre.Console", "System.CommandLine"));

        var references = typeof(Dom.Core.Objects.ObjectId).Assembly.GetReferencedAssemblies().Select(a => a.Name ?? "");
        Assert.That(references.Where(r => r.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || r.StartsWith("Dom.", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Roles_know_nothing_of_the_command_line() => AssertNone(Foreign("Dom.Roles", "Dom.Cli", "Spectre.Console", "System.CommandLine"));

    [Test]
    public void A_role_never_references_another() =>
        AssertNone(Roles.SelectMany(role => Foreign($"Dom.Roles/{role}", [.. Roles.Where(r => r != role).Select(r => $"Dom.Roles.{r}")])));

    [Test]
    public void What_roles_share_references_no_role() =>
        AssertNone(new[] { "Hosting", "Pages" }.SelectMany(f => Foreign($"Dom.Roles/{f}", [.. Roles.Select(r => $"Dom.Roles.{r}")])));

    [Test]
    public void Linux_and_Rpc_know_nothing_of_trees_images_and_machines() =>
        AssertNone(Foreign("Dom.Core/Linux", "Dom.Core.Images", "Dom.Core.Trees", "Dom.Core.Machines", "Dom.Core.Rpc", "Dom.Core.Contracts")
            .Concat(Foreign("Dom.Core/Rpc", "Dom.Core.Images", "Dom.Core.Machines", "Dom.Core.Contracts")));

    [Test]
    public void Trees_know_nothing_of_images_and_of_Rpc_only_its_codec() =>
        AssertNone(Foreign("Dom.Core/Trees", "Dom.Core.Images", "Dom.Core.Machines", "Dom.Core.Contracts", "Dom.Core.Rpc")
            .Where(found => !found.Contains("Dom.Core.Rpc.MessagePack", StringComparison.Ordinal)));

    [Test]
    public void Library_imports_stand_only_in_Linux() =>
        AssertNone(SourceFile.All.Where(f => !f.IsIn("Dom.Core/Linux") && !f.IsIn("Dom.Tests") && !f.IsIn("Dom.Bench"))
            .SelectMany(f => f.Lines.Where(l => NativeImport().IsMatch(l)).Select(l => $"{f}: {l.Trim()}")));

    [Test]
    public void The_reader_of_references_finds_one() =>
        Assert.That(Foreign("Dom.Tests/Architecture", "Dom.Tests.Support"), Is.Not.Empty);

    [GeneratedRegex(@"\[\s*(LibraryImport|DllImport)\b")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"\b(?:Dom|Microsoft|Spectre|System)(?:\.[A-Z]\w*)+")]
    private static partial Regex QualifiedName();

    /// <summary>Lines of code in a folder that name one of the namespaces or something below it; comments do not count.</summary>
    private static IEnumerable<string> Foreign(string folder, params string[] namespaces) =>
        from file in SourceFile.All
        where file.IsIn(folder)
        from line in file.Lines
        where !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        from Match match in QualifiedName().Matches(line)
        where namespaces.Any(n => match.Value == n || match.Value.StartsWith(n + ".", StringComparison.Ordinal))
        select $"{file}: {line.Trim()}";

    private static void AssertNone(IEnumerable<string> found) => Assert.That(found.ToList(), Is.Empty);
}
