namespace Dom.Tests.Core.Rpc.MessagePack.Samples;

public enum SampleAge : long
{
    Unknown,
    Ancient = long.MinValue,
}
