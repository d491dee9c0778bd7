using System.Text;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc;

/// <summary>What a client makes of a server that has the right certificate and the wrong bytes.</summary>
[CancelAfter(60_000)]
public sealed class RpcBadServerTests
{
    private static readonly byte[] Chunk = MessagePackSerializer.Serialize(new DataChunk { Offset = 5, Data = new byte[100] });

    private static IEnumerable<TestCaseData> Answers()
    {
        yield return Case("no end mark", RawServer.Response(Chunk), RpcStatus.Unavailable, RpcErrorCode.Truncated);
        yield return Case("cut within a message", RawServer.Response(Chunk[..50]), RpcStatus.Unavailable, RpcErrorCode.Truncated);
        yield return Case("cut within the body", RawServer.Response(Chunk, end: false), RpcStatus.Unavailable, RpcErrorCode.Unreachable);
        yield return Case("four gigabytes announced", RawServer.Response([0x81, 0xa4, .. "data"u8, 0xc6, 0xff, 0xff, 0xff, 0xff]), RpcStatus.Internal, RpcErrorCode.TooLarge);
        yield return Case("not MessagePack", RawServer.Response([0xc1]), RpcStatus.Internal, RpcErrorCode.Malformed);
        yield return Case("another message", RawServer.Response([0x81, 0xa4, .. "data"u8, 0x05, 0xc0]), RpcStatus.Internal, RpcErrorCode.Malformed);
        yield return Case("an error that is none", RawServer.Response([0x91, 0x05], head: "409 Conflict\r\nContent-Type: application/msgpack"), RpcStatus.Conflict, "Conflict");
        yield return Case("a web page", RawServer.Response("<html>"u8.ToArray(), head: "404 Not Found\r\nContent-Type: text/html"), RpcStatus.Unavailable, RpcErrorCode.Unreachable);
        yield return Case("no HTTP", "220 mail.example.com\r\n"u8.ToArray(), RpcStatus.Unavailable, RpcErrorCode.Unreachable);
        yield return Case("nothing", [], RpcStatus.Unavailable, RpcErrorCode.Unreachable);
    }

    [TestCaseSource(nameof(Answers))]
    public async Task A_wrong_answer_is_an_error_that_says_what_is_wrong(byte[] answer, RpcStatus status, string code)
    {
        var error = await CallAsync(answer, staySilent: false, new RpcClientOptions { Retries = 0 });
        Assert.That(error, Has.Property("Status").EqualTo(status).And.Property("Code").EqualTo(code), error.Message);
        Assert.That(error.Message, Does.Contain("Test.Download"));
    }

    [Test]
    public async Task A_transfer_that_stands_still_is_given_up()
    {
        var head = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: application/msgpack\r\nTransfer-Encoding: chunked\r\n\r\n");
        var error = await CallAsync(head, staySilent: true, new RpcClientOptions { Retries = 0, BulkIdleTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.That((error.Status, error.Code), Is.EqualTo((RpcStatus.Unavailable, RpcErrorCode.TooSlow)), error.Message);
    }

    private static TestCaseData Case(string name, byte[] answer, RpcStatus status, string code) =>
        new TestCaseData(answer, status, code).SetArgDisplayNames(name);

    private static async Task<RpcException> CallAsync(byte[] answer, bool staySilent, RpcClientOptions options)
    {
        using var directory = new TempDirectory();
        using var pki = new TestPki(directory.Path);
        await using var server = new RawServer(pki.Server("test"), answer, staySilent);
        await using var client = new RpcClient(new RpcEndpoint { Host = "127.0.0.1", Port = server.Port, Role = "test" }, pki.User("bob", "*.*"), options);
        try
        {
            await foreach (var chunk in client.StreamAsync(TestMethods.Download, new EchoRequest { Text = "x" }, CancellationToken.None))
            {
                Assert.That(chunk.Data.Length, Is.EqualTo(100));
            }
        }
        catch (RpcException error)
        {
            return error;
        }

        throw new AssertionException("the answer was accepted");
    }
}
