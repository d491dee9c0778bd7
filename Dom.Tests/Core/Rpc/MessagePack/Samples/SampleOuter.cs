using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

public static partial class SampleOuter
{
    public partial struct Inner
    {
        [MessagePackObject]
        public sealed partial record Nested(int A);
    }
}
