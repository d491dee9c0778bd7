namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

public enum SampleMode : byte
{
    None,
    Full,
    Sparse = 200,
}
