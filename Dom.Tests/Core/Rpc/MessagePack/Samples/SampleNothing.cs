using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

/// <summary>A contract without properties, as requests without arguments are.</summary>
[MessagePackObject]
public sealed partial record SampleNothing;
