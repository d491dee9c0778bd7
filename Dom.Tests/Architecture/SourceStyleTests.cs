using System.Text.RegularExpressions;

namespace Dom.Tests.Architecture;

/// <summary>House rules a compiler does not know.</summary>
public sealed partial class SourceStyleTests
{
    private const int MaxLines = 400;

    private static readonly string[] VagueNames = ["Utils", "Util", "Helper", "Helpers", "Manager", "Common", "Base", "Misc"];

    [Test]
    public void A_file_holds_one_public_type_and_bears_its_name() => AssertNone(
        from file in SourceFile.All
        let types = TopLevelTypes(file).ToList()
        let isPublic = types.Any(t => t.IsPublic)
        let name = file.Name.Split('.', '{')[0]
        where (types.Count == 1 || isPublic) && (types.Count > 1 || types[0].Name != name)
        select $"{file}: {string.Join(", ", types.Select(t => t.Name))}");

    [Test]
    public void The_namespace_is_the_folder() => AssertNone(
        from file in SourceFile.All
        from line in file.Lines
        where line.StartsWith("namespace ", StringComparison.Ordinal) && line != $"namespace {file.FolderNamespace};"
            && line != "namespace System.Runtime.CompilerServices;" // What netstandard2.0 lacks for the generator.
        select $"{file}: {line}");

    [Test]
    public void Files_stay_readable() => AssertNone(
        from file in SourceFile.All
        where file.Lines.Length > MaxLines
        select $"{file}: {file.Lines.Length} lines; split it by aspect");

    [Test]
    public void Types_and_folders_have_names_that_say_something() => AssertNone(
        from file in SourceFile.All
        from part in file.Path.Split('/', '.')
        where VagueNames.Any(v => part != "LockManager" && part.EndsWith(v, StringComparison.Ordinal) && (part.Length == v.Length || char.IsLower(part[^(v.Length + 1)])))
        select file.Path);

    [Test]
    public void Comments_hold_no_reminders_banners_or_regions() => AssertNone(
        from file in SourceFile.All
        where !file.IsIn("Dom.Tests/Architecture")
        from line in file.Lines
        where Unwanted().IsMatch(line)
        select $"{file}: {line.Trim()}");

    [Test]
    public void Failures_are_not_swallowed_and_nothing_blocks() => AssertNone(
        from file in SourceFile.All
        where file.IsIn("Dom.Core") || file.IsIn("Dom.Roles") || file.IsIn("Dom.Cli")
        from line in file.Lines
        where Forbidden().IsMatch(line) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal)
        select $"{file}: {line.Trim()}");

    [GeneratedRegex(@"#region|#endregion|\bTODO\b|\bFIXME\b|\bHACK\b|^\s*//\s*[-=*#/]{4,}")]
    private static partial Regex Unwanted();

    [GeneratedRegex(@"catch\s*(\([^)]*\))?\s*\{\s*\}|\bnull!|\bThread\.Sleep\b|\.GetAwaiter\(\)\.GetResult\(\)|\basync void\b|\.Wait\(\)")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"^(?:public|internal)\s+(?:(?:static|sealed|abstract|partial|readonly|ref|unsafe|file)\s+)*(?:class|struct|record\s+struct|record|interface|enum|delegate\s+[\w<>\[\]?., ]+?)\s+(?<name>\w+)(?![\w>,])")]
    private static partial Regex TypeDeclaration();

    /// <summary>Names of types that stand at the left margin, which with file-scoped namespaces are the top-level ones.</summary>
    private static IEnumerable<(string Name, bool IsPublic)> TopLevelTypes(SourceFile file) =>
        from line in file.Lines
        let match = TypeDeclaration().Match(line)
        where match.Success
        select (match.Groups["name"].Value, line.StartsWith("public", StringComparison.Ordinal));

    private static void AssertNone(IEnumerable<string> found) => Assert.That(found.ToList(), Is.Empty);
}
