using System.Text.Json.Nodes;
using Dom.Cli.Output;
using Dom.Tests.Cli.Schemas;
using Dom.Tests.Support;

namespace Dom.Tests.Docs;

/// <summary>docs/schemas has the schema of each document that commands print. <c>DOM_UPDATE_DOCS=1</c> writes them anew, unless that would break who reads them.</summary>
public sealed class OutputSchemaTests
{
    private static IEnumerable<string> Names => OutputSchemas.Documents.Keys;

    [Test]
    public void Every_verb_says_which_document_it_prints() =>
        Assert.That(OutputSchemas.Verbs.Where(v => v.Verb.Documents.Count == 0).Select(v => v.Path), Is.Empty);

    [Test]
    public void No_two_documents_share_a_schema() =>
        Assert.That(
            OutputSchemas.Verbs.SelectMany(v => v.Verb.Documents).GroupBy(OutputSchemas.NameOf).Where(g => g.Select(d => d.Type).Distinct().Count() > 1).Select(g => g.Key), Is.Empty);

    [TestCaseSource(nameof(Names))]
    public void The_schema_is_what_the_program_prints(string name)
    {
        var file = OutputSchemas.FileOf(name);
        var schema = OutputSchemas.Make(name);
        var written = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))?.AsObject() : null;
        if (written?["properties"]?["schema_version"]?["const"]?.GetValue<int>() == ConsoleOutput.SchemaVersion)
        {
            Assert.That(
                SchemaCompatibility.Breaks(written, schema),
                Is.Empty,
                $"programs that read '{name}' would break: keep the old form, or raise ConsoleOutput.SchemaVersion and say so in the changelog");
        }

        if (Environment.GetEnvironmentVariable("DOM_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, OutputSchemas.Write(schema));
        }

        Assert.That(File.Exists(file) ? File.ReadAllText(file) : "", Is.EqualTo(OutputSchemas.Write(schema)), "run this test with DOM_UPDATE_DOCS=1 and commit docs/schemas");
    }

    [Test]
    public void There_is_no_schema_of_a_document_that_nobody_prints() =>
        Assert.That(Directory.GetFiles(Repository.Combine("docs", "schemas"), "*.json").Select(Path.GetFileNameWithoutExtension), Is.EquivalentTo(Names));

    [TestCase("""{"properties":{"a":{"type":"string"}}}""", """{"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["b"]}""", 0)]
    [TestCase("""{"properties":{"a":{"type":"string"}}}""", """{"properties":{"b":{"type":"string"}}}""", 1)]
    [TestCase("""{"properties":{"a":{"type":"string"}}}""", """{"properties":{"a":{"type":"integer"}}}""", 1)]
    [TestCase("""{"properties":{"a":{"type":"string"}},"required":["a"]}""", """{"properties":{"a":{"type":"string"}}}""", 1)]
    [TestCase("""{"properties":{"a":{"enum":["x","y"]}}}""", """{"properties":{"a":{"enum":["x","z"]}}}""", 1)]
    [TestCase("""{"properties":{"a":{"items":{"properties":{"b":{"type":"string"}}}}}}""", """{"properties":{"a":{"items":{"properties":{}}}}}""", 1)]
    public void Only_what_is_added_breaks_nobody(string old, string @new, int breaks) =>
        Assert.That(SchemaCompatibility.Breaks(JsonNode.Parse(old), JsonNode.Parse(@new)), Has.Count.EqualTo(breaks));
}
