using System.Text;
using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Framing;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Tests.Core.Rpc;

public sealed class RpcCodecTests
{
    [TestCase("""{"hostnames":[null]}""")]
    [TestCase("""{"hostnames":["a",null]}""")]
    [TestCase("""{"hostnames":null}""")]
    [TestCase("""{"tags":{"a":null}}""")]
    [TestCase("null")]
    [TestCase("[null]")]
    public void Null_for_what_cannot_be_null_is_refused(string text) =>
        Assert.That(() => Read(text), Throws.InstanceOf<JsonException>().Or.InstanceOf<MessagePackException>(), text);

    [Test]
    public void What_is_left_out_of_a_message_is_empty()
    {
        var query = Read("""{"outdated":true}""");
        Assert.That((query.Hostnames, query.Statuses, query.Locations, query.Tags.Count, query.Outdated), Is.EqualTo((Array.Empty<string>(), Array.Empty<string>(), Array.Empty<string>(), 0, true)));
    }

    private static SubQuery Read(string text) => RpcCodec.Read(Encoding.UTF8.GetBytes(text), RpcEncoding.Json, ContractsJson.Default.SubQuery);
}
