using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Dom.Core.Generators;

/// <summary>A diagnostic to report, without references into the compilation.</summary>
internal sealed record Fault(DiagnosticDescriptor Descriptor, string File, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static Fault At(ISymbol symbol, DiagnosticDescriptor descriptor, params string[] arguments)
    {
        var location = symbol.Locations.FirstOrDefault() ?? Location.None;
        var lines = location.GetLineSpan();
        return new Fault(descriptor, lines.Path ?? "", location.SourceSpan, lines.Span, new EquatableArray<string>(arguments));
    }

    public Diagnostic ToDiagnostic() =>
        Diagnostic.Create(Descriptor, Location.Create(File, Span, Lines), Arguments.ToArray<object>());
}
