namespace Dom.Tests.Core.Contracts;

/// <summary>One message as an earlier program wrote it.</summary>
/// <param name="Full">With a value in every property.</param>
/// <param name="Least">With those alone that it cannot read the message without.</param>
internal sealed record RecordedMessage(byte[] Full, byte[] Least);
