using System.Buffers;
using System.Text;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Core.Rpc;

/// <summary>Bytes that no client of ours sends, over real TLS with a good certificate: a precise error, and memory that stays flat.</summary>
[CancelAfter(120_000)]
public sealed class RpcBadInputTests
{
    private const string Echo = "/rpc/Test.Echo";
    private const string Upload = "/rpc/Test.Upload";

    [Test]
    public async Task A_length_of_four_gigabytes_is_refused_before_memory_is_taken(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        byte[] text = [0x81, 0xa4, .. "text"u8, 0xdb, 0xff, 0xff, 0xff, 0xff];
        byte[] data = [0x81, 0xa4, .. "data"u8, 0xc6, 0xff, 0xff, 0xff, 0xff];
        byte[] array = [0xdd, 0xff, 0xff, 0xff, 0xff];
        await using var raw = await ConnectAsync(host, cancellationToken);
        Expect(await raw.PostAsync(Echo, text, cancellationToken), RpcErrorCode.Malformed, "EchoRequest.text");
        Expect(await raw.PostAsync(Upload, data, cancellationToken), RpcErrorCode.TooLarge, "Test.Upload");

        var before = GC.GetTotalAllocatedBytes(precise: true);
        const int Rounds = 100;
        for (var i = 0; i < Rounds; i++)
        {
            Expect(await raw.PostAsync(Echo, text, cancellationToken), RpcErrorCode.Malformed, "text");
            Expect(await raw.PostAsync(Upload, array, cancellationToken), RpcErrorCode.TooLarge, "Test.Upload");
        }

        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (2 * Rounds);
        Assert.That(each, Is.LessThan(256 * 1024), "bytes allocated for each refused request, test and server together");
    }

    [Test]
    public async Task Nesting_ten_thousand_deep_is_refused(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await ConnectAsync(host, cancellationToken);
        var deep = new byte[10_000];
        deep.AsSpan().Fill(0x91);
        byte[] inUnknownKey = [0x82, 0xa1, (byte)'x', .. deep, 0xc0, 0xa4, .. "text"u8, 0xa0];
        Expect(await raw.PostAsync(Echo, inUnknownKey, cancellationToken), RpcErrorCode.Malformed, "Test.Echo");
        Expect(await raw.PostAsync(Upload, deep, cancellationToken), RpcErrorCode.Malformed, "64 deep");
        var json = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"x\":", 10_000)));
        var response = await raw.PostAsync(Echo, json, cancellationToken, RpcProtocol.JsonType);
        Assert.That(response.Status, Is.EqualTo(400));
        Assert.That(response.Text, Does.Contain($"\"code\":\"{RpcErrorCode.Malformed}\""));
    }

    [Test]
    public async Task Wrong_types_missing_and_repeated_keys_are_named(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await ConnectAsync(host, cancellationToken);
        Expect(await raw.PostAsync(Echo, new byte[] { 0x81, 0xa4, (byte)'t', (byte)'e', (byte)'x', (byte)'t', 0x05 }, cancellationToken), RpcErrorCode.Malformed, "EchoRequest.text");
        Expect(await raw.PostAsync(Echo, new byte[] { 0x80 }, cancellationToken), RpcErrorCode.Malformed, "text");
        byte[] twice = [0x82, 0xa4, .. "text"u8, 0xa0, 0xa4, .. "text"u8, 0xa0];
        Expect(await raw.PostAsync(Echo, twice, cancellationToken), RpcErrorCode.Malformed, "text");
        Expect(await raw.PostAsync(Echo, new byte[] { 0xc1 }, cancellationToken), RpcErrorCode.Malformed, "Test.Echo");
        Expect(await raw.PostAsync(Echo, ReadOnlyMemory<byte>.Empty, cancellationToken), RpcErrorCode.Malformed, "Test.Echo");
        Expect(await raw.PostAsync(Upload, new byte[] { 0xc1 }, cancellationToken), RpcErrorCode.Malformed, "0xc1");
    }

    [Test]
    public async Task A_body_larger_than_the_method_allows_is_refused(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var large = MessagePackSerializer.Serialize(new EchoRequest { Text = new string('x', 100_000) });
        await using var raw = await ConnectAsync(host, cancellationToken);
        Expect(await raw.PostAsync(Echo, large, cancellationToken), RpcErrorCode.TooLarge, "65536");
        var error = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*")
            .CallAsync(TestMethods.Echo, new EchoRequest { Text = new string('x', 100_000) }, cancellationToken));
        Assert.That(error?.Code, Is.EqualTo(RpcErrorCode.TooLarge));
    }

    [Test]
    public async Task A_stream_without_its_end_mark_is_refused_as_truncated(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await ConnectAsync(host, cancellationToken);
        var chunk = MessagePackSerializer.Serialize(new DataChunk { Offset = 0, Data = new byte[100] });
        Expect(await raw.PostAsync(Upload, chunk, cancellationToken), RpcErrorCode.Truncated, "end mark");
        Expect(await raw.PostAsync(Upload, chunk.AsMemory(0, 50), cancellationToken), RpcErrorCode.Truncated, "in the middle");
        var whole = await raw.PostAsync(Upload, new byte[][] { chunk, [0xc0] }.SelectMany(part => part).ToArray(), cancellationToken);
        Assert.That(whole.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_connection_that_breaks_in_the_middle_of_a_request_leaves_nothing_behind(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            await using var raw = await ConnectAsync(host, cancellationToken);
            var path = i % 2 == 0 ? Echo : Upload;
            await raw.Stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{new string('x', i)}"), cancellationToken);
        }

        Assert.That(
            (await host.Client("Test.*").CallAsync(TestMethods.Echo, new EchoRequest { Text = "still here" }, cancellationToken)).Text,
            Is.EqualTo("still here"));
    }

    [Test]
    public async Task A_sender_that_is_too_slow_is_told_so(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await ConnectAsync(host, cancellationToken);
        await raw.Stream.WriteAsync(
            Encoding.ASCII.GetBytes($"POST {Echo} HTTP/1.1\r\nHost: x\r\nContent-Type: application/msgpack\r\nContent-Length: 5000\r\n\r\nx"), cancellationToken);
        Expect(await raw.ReadAsync(cancellationToken), RpcErrorCode.TooSlow, "slow");
    }

    [Test]
    public async Task A_fault_inside_a_handler_reaches_the_caller_as_an_internal_error(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var error = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*").CallAsync(TestMethods.Echo, new EchoRequest { Text = "boom" }, cancellationToken));
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Internal).And.Property("Retryable").False);
        Assert.That(error?.Message, Does.Contain("Test.Echo").And.Contain("the boiler burst"));
    }

    private static async Task<RawConnection> ConnectAsync(TestHost host, CancellationToken cancellationToken) =>
        await RawConnection.TlsAsync(host.Port, host.Pki.User("raw", "Test.*").Current.Certificate, cancellationToken);

    private static void Expect(RawResponse response, string code, string words)
    {
        Assert.That(response.Status, Is.EqualTo(400), response.Head);
        Assert.That(response.Error.Code, Is.EqualTo(code), response.Error.Message);
        Assert.That(response.Error.Message, Does.Contain(words));
    }
}
