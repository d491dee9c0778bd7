using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Dom.Core.Generators;

/// <summary>Generates the MessagePack form of every record marked with <c>[MessagePackObject]</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class MessagePackGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var records = context.SyntaxProvider.ForAttributeWithMetadataName(
            ShapeParser.Attribute,
            static (node, _) => node is TypeDeclarationSyntax,
            static (match, cancellation) => RecordParser.Parse((INamedTypeSymbol)match.TargetSymbol, cancellation));
        context.RegisterSourceOutput(records, static (output, record) => Generate(output, record));
    }

    private static void Generate(SourceProductionContext output, RecordModel record)
    {
        foreach (var fault in record.Faults)
        {
            output.ReportDiagnostic(fault.ToDiagnostic());
        }

        if (record.Faults.Count == 0)
        {
            var path = record.Containers.Select(container => container.Split(' ').Last()).Append(record.Name);
            var name = $"{record.Namespace}.{string.Join(".", path)}.MessagePack.g.cs";
            output.AddSource(name, SourceText.From(RecordEmitter.Emit(record), Encoding.UTF8));
        }
    }
}
