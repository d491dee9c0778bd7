using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

[MessagePackObject]
public readonly partial record struct SamplePoint(int X, long Y, ulong Bits, bool Set, double Weight, string? Label = null);
