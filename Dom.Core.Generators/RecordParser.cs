using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dom.Core.Generators;

/// <summary>Reads a contract from the compiler's symbols and finds what is wrong with it.</summary>
internal static class RecordParser
{
    private const int MaxProperties = 64;

    public static RecordModel Parse(INamedTypeSymbol type, CancellationToken cancellation)
    {
        var faults = new List<Fault>();
        foreach (var reason in Objections(type))
        {
            faults.Add(Fault.At(type, Diagnostics.NotAContract, type.Name, reason));
        }

        var parameters = PrimaryConstructor(type)?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty;
        var properties = new List<PropertyModel>();
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>().Where(IsOnTheWire))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Property(type, property, parameters.FirstOrDefault(parameter => parameter.Name == property.Name), faults) is { } model)
            {
                properties.Add(model);
            }
        }

        foreach (var reason in KeyFaults(properties))
        {
            faults.Add(Fault.At(type, Diagnostics.Keys, type.Name, reason));
        }

        return new RecordModel(
            type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(),
            type.Name,
            type.IsValueType ? "partial record struct" : "partial record",
            new EquatableArray<string>(Containers(type).Reverse().Select(container => $"partial {Keyword(container)} {container.Name}")),
            new EquatableArray<PropertyModel>(properties),
            new EquatableArray<Fault>(faults));
    }

    private static IEnumerable<string> Objections(INamedTypeSymbol type)
    {
        if (!type.IsRecord)
        {
            yield return "it is no record";
        }

        if (!Declarations(type).All(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword)))
        {
            yield return "it is not partial";
        }

        if (type is { IsValueType: false, IsSealed: false })
        {
            yield return "it is not sealed";
        }

        if (type is { IsValueType: false, BaseType.SpecialType: not SpecialType.System_Object })
        {
            yield return "it has a base record";
        }

        if (type.IsGenericType)
        {
            yield return "it is generic";
        }

        foreach (var container in Containers(type))
        {
            if (!Declarations(container).Any(declaration => declaration.Modifiers.Any(SyntaxKind.PartialKeyword)))
            {
                yield return $"the type around it, {container.Name}, is not partial";
            }
        }
    }

    private static PropertyModel? Property(INamedTypeSymbol type, IPropertySymbol property, IParameterSymbol? parameter, List<Fault> faults)
    {
        if (ShapeParser.Parse(property.Type) is not { } shape)
        {
            var name = property.Type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
            faults.Add(Fault.At(property, Diagnostics.UnsupportedType, type.Name, property.Name, name));
            return null;
        }

        var required = property.IsRequired || parameter is { HasExplicitDefaultValue: false };
        if (!required && shape is RecordShape { IsStruct: false })
        {
            faults.Add(Fault.At(property, Diagnostics.NeitherRequiredNorNullable, type.Name, property.Name));
        }

        if (!required && HasOtherInitialValue(property, parameter))
        {
            faults.Add(Fault.At(property, Diagnostics.InitialValue, type.Name, property.Name));
        }

        return new PropertyModel(property.Name, Naming.CamelCase(property.Name), shape, required, parameter is not null);
    }

    private static IEnumerable<string> KeyFaults(List<PropertyModel> properties)
    {
        if (properties.Count > MaxProperties)
        {
            yield return $"it has {properties.Count} properties, at most {MaxProperties} are possible";
        }

        foreach (var group in properties.GroupBy(property => property.Key).Where(group => group.Count() > 1))
        {
            yield return $"{string.Join(" and ", group.Select(property => property.Name))} have the key '{group.Key}'";
        }
    }

    /// <summary>Public instance properties that can be set; computed ones are no part of the message.</summary>
    private static bool IsOnTheWire(IPropertySymbol property) => property is
    {
        IsStatic: false,
        IsIndexer: false,
        DeclaredAccessibility: Accessibility.Public,
        SetMethod.DeclaredAccessibility: Accessibility.Public,
    };

    /// <summary>True when a new record has another value than the one absence stands for: only empty things may be initial values.</summary>
    private static bool HasOtherInitialValue(IPropertySymbol property, IParameterSymbol? parameter)
    {
        if (parameter is not null)
        {
            return parameter.HasExplicitDefaultValue && parameter.ExplicitDefaultValue is not (null or false or 0 or "");
        }

        return property.DeclaringSyntaxReferences
            .Select(reference => reference.GetSyntax())
            .OfType<PropertyDeclarationSyntax>()
            .Any(declaration => declaration.Initializer is { } initializer && !IsEmpty(initializer.Value));
    }

    /// <summary>The ways to write nothing: <c>0</c>, <c>[]</c>, <c>""</c>, <c>X.Empty</c>, <c>X.Zero</c>, <c>X.None</c>, <c>new X()</c>, <c>default</c>.</summary>
    private static bool IsEmpty(ExpressionSyntax value) => value switch
    {
        LiteralExpressionSyntax literal => literal.Token.Value is null or false or 0 or "",
        DefaultExpressionSyntax => true,
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text is "Empty" or "Zero" or "None",
        InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0 } call => call.Expression is MemberAccessExpressionSyntax { Name.Identifier.Text: "Empty" },
        BaseObjectCreationExpressionSyntax { Initializer: null } creation => creation.ArgumentList is null or { Arguments.Count: 0 },
        _ => value.ToString() == "[]",
    };

    /// <summary>The constructor whose parameters became properties.</summary>
    private static IMethodSymbol? PrimaryConstructor(INamedTypeSymbol type) =>
        Declarations(type).OfType<RecordDeclarationSyntax>().Any(declaration => declaration.ParameterList is not null)
            ? type.InstanceConstructors.FirstOrDefault(constructor =>
                constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is RecordDeclarationSyntax))
            : null;

    private static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type) =>
        type.DeclaringSyntaxReferences.Select(reference => reference.GetSyntax()).OfType<TypeDeclarationSyntax>();

    private static IEnumerable<INamedTypeSymbol> Containers(INamedTypeSymbol type)
    {
        for (var container = type.ContainingType; container is not null; container = container.ContainingType)
        {
            yield return container;
        }
    }

    private static string Keyword(INamedTypeSymbol type) => type switch
    {
        { TypeKind: TypeKind.Interface } => "interface",
        { IsRecord: true, IsValueType: true } => "record struct",
        { IsRecord: true } => "record",
        { IsValueType: true } => "struct",
        _ => "class",
    };
}
