namespace Dom.Core.Rpc.MessagePack;

/// <summary>
/// Generates the MessagePack form of a partial record at compile time: a map from camelCase property names to values, in the order of declaration.
/// </summary>
/// <remarks>
/// <para>A <c>required</c> property is always written and must be there when reading. Any other property is left out while it has the
/// default of its type (null, zero, false, empty) and gets that default when it is absent. Unknown keys are skipped, so that properties can be added later.</para>
/// <para>A <see cref="ReadOnlyMemory{T}"/> property borrows its bytes from the buffer that was read, without a copy: it is valid as long as that buffer is.</para>
/// </remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct)]
public sealed class MessagePackObjectAttribute : Attribute;
