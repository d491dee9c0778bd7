using Dom.Core.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Dom.Tests.Core.Rpc.MessagePack;

/// <summary>What the generator says of contracts that cannot have a MessagePack form.</summary>
public sealed class GeneratorTests
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    [TestCase("public sealed partial record X { public decimal Price { get; init; } }", "DOM001", "X.Price has type 'decimal'")]
    [TestCase("public sealed partial record X { public object? Any { get; init; } }", "DOM001", "X.Any has type 'object?'")]
    [TestCase("public sealed partial record X { public IReadOnlyList<DateTime> Times { get; init; } = []; }", "DOM001", "X.Times")]
    [TestCase("public sealed partial record X { public IReadOnlyDictionary<int, string>? Names { get; init; } }", "DOM001", "X.Names")]
    [TestCase("public sealed partial record X { public List<int> Numbers { get; init; } = []; }", "DOM001", "X.Numbers")]
    [TestCase("public sealed record X { }", "DOM002", "it is not partial")]
    [TestCase("public partial record X { }", "DOM002", "it is not sealed")]
    [TestCase("public sealed partial class X { }", "DOM002", "it is no record")]
    [TestCase("public sealed partial record X<T> { }", "DOM002", "it is generic")]
    [TestCase("public sealed partial record X : Y { } public record Y;", "DOM002", "it has a base record")]
    [TestCase("public sealed partial record X { public Y Inner { get; init; } = new(); } [MessagePackObject] public sealed partial record Y { }", "DOM003", "X.Inner")]
    [TestCase("public sealed partial record X { public int Port { get; init; } = 6969; }", "DOM004", "X.Port")]
    [TestCase("public sealed partial record X(int Port = 6969);", "DOM004", "X.Port")]
    [TestCase("public sealed partial record X { public int URL { get; init; } public int Url { get; init; } }", "DOM005", "URL and Url have the key 'url'")]
    public void A_contract_without_a_form_is_a_compile_error_that_names_the_place(string declaration, string id, string message)
    {
        var errors = Report("[MessagePackObject] " + declaration);

        Assert.That(errors.Select(error => error.Id), Is.EqualTo((string[])[id]));
        Assert.That(errors[0].GetMessage(), Does.Contain(message));
        Assert.That(errors[0].Location.GetLineSpan().Path, Is.EqualTo("Sample.cs"));
    }

    [TestCase("Name", "name")]
    [TestCase("URLCount", "urlCount")]
    [TestCase("URL", "url")]
    [TestCase("X", "x")]
    [TestCase("already", "already")]
    [TestCase("IPAddress4", "ipAddress4")]
    public void Keys_are_camel_case_as_in_json(string name, string key)
    {
        Assert.That(Naming.CamelCase(name), Is.EqualTo(key));
        Assert.That(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name), Is.EqualTo(key));
    }

    [Test]
    public void An_edit_elsewhere_does_not_generate_again()
    {
        var compilation = Compile("[MessagePackObject] public sealed partial record X(int A);");
        var driver = CSharpGeneratorDriver
            .Create([new MessagePackGenerator().AsSourceGenerator()], parseOptions: Options, driverOptions: new GeneratorDriverOptions(default, trackIncrementalGeneratorSteps: true))
            .RunGenerators(compilation)
            .RunGenerators(compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("public sealed class Other;", Options)));

        var reasons = driver.GetRunResult().Results[0].TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Select(output => output.Reason);

        Assert.That(reasons, Is.All.EqualTo(IncrementalStepRunReason.Cached));
    }

    private static Diagnostic[] Report(string declaration) =>
        [.. CSharpGeneratorDriver.Create([new MessagePackGenerator().AsSourceGenerator()], parseOptions: Options).RunGenerators(Compile(declaration)).GetRunResult().Diagnostics];

    private static CSharpCompilation Compile(string declaration)
    {
        var source = $"using System; using System.Collections.Generic; using Dom.Core.Rpc.MessagePack; namespace Sample; {declaration}";
        var references = AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsDynamic && assembly.Location.Length > 0)
            .Select(assembly => MetadataReference.CreateFromFile(assembly.Location));
        return CSharpCompilation.Create(
            "Sample",
            [CSharpSyntaxTree.ParseText(source, Options, "Sample.cs")],
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }
}
