namespace Dom.Core.Generators;

/// <summary>Everything known of one contract, or what is wrong with it.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Declaration">How its partial declaration starts: <c>partial record</c> or <c>partial record struct</c>.</param>
/// <param name="Containers">The declarations of the types around it, outermost first.</param>
/// <param name="Properties">Its properties in the order of declaration.</param>
/// <param name="Faults">Why nothing can be generated for it; empty when it can.</param>
internal sealed record RecordModel(
    string Namespace,
    string Name,
    string Declaration,
    EquatableArray<string> Containers,
    EquatableArray<PropertyModel> Properties,
    EquatableArray<Fault> Faults);
