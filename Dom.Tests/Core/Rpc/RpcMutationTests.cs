using System.Text;
using Dom.Core.Rpc;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.MessagePack.Samples;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc;

/// <summary>Mutated requests over real TLS. Half are mutated before they are framed, so that they arrive whole; half after, HTTP and all.</summary>
[CancelAfter(300_000)]
public sealed class RpcMutationTests
{
    [Test]
    public async Task Mutated_requests_get_an_answer_or_an_error_and_the_server_goes_on(CancellationToken cancellationToken)
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var mutator = new MessageMutator(random);
        await using var host = await TestHost.StartAsync();
        var certificate = host.Pki.User("mutator", "Test.*").Current.Certificate;
        byte[][] messages =
        [
            MessagePackSerializer.Serialize(new EchoRequest { Text = "hello", Count = 3 }),
            MessagePackSerializer.Serialize(new DataChunk { Offset = 0, Data = new byte[300] }),
        ];
        string[] paths = ["/rpc/Test.Echo", "/rpc/Test.Upload", "/rpc/Test.Count", "/rpc/Test.Change"];
        RawConnection? raw = null;
        try
        {
            for (var i = 0; i < Counts.Of(400, 50_000); i++)
            {
                raw ??= await RawConnection.TlsAsync(host.Port, certificate, cancellationToken);
                var path = paths[random.Next(paths.Length)];
                var message = messages[path.EndsWith("Upload", StringComparison.Ordinal) ? 1 : 0];
                if (i % 2 == 0)
                {
                    byte[] end = random.Next(2) == 0 ? [] : [0xc0];
                    var response = await raw.PostAsync(path, (byte[])[.. mutator.Mutate(message), .. end], cancellationToken);
                    Assert.That(response.Status, Is.EqualTo(200).Or.EqualTo(400), () => $"seed {seed}, round {i}: {response.Head}{response.Error.Message}");
                    continue;
                }

                await SendMutatedAsync(raw, random, path, message, cancellationToken);
                await raw.DisposeAsync();
                raw = null;
            }
        }
        finally
        {
            await (raw?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        var answer = await host.Client("Test.*").CallAsync(TestMethods.Echo, new EchoRequest { Text = "alive" }, cancellationToken);
        Assert.That(answer.Text, Is.EqualTo("alive"), $"seed {seed}");
    }

    /// <summary>Any end will do but a hang: an answer, a refusal by HTTP, or a closed connection.</summary>
    private static async Task SendMutatedAsync(RawConnection raw, Random random, string path, byte[] message, CancellationToken cancellationToken)
    {
        byte[] request =
        [
            .. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {RpcProtocol.MessagePackType}\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .. Encoding.ASCII.GetBytes($"{message.Length:x}\r\n"), .. message, .. "\r\n0\r\n\r\n"u8,
        ];
        for (var faults = random.Next(1, 5); faults > 0; faults--)
        {
            request[random.Next(request.Length)] ^= (byte)(1 << random.Next(8));
        }

        try
        {
            await raw.Stream.WriteAsync(request.AsMemory(0, random.Next(4) == 0 ? random.Next(request.Length) : request.Length), cancellationToken);
            if (raw.Stream is System.Net.Security.SslStream tls)
            {
                await tls.ShutdownAsync();
            }

            await raw.WhenClosedAsync(cancellationToken);
        }
        catch (IOException)
        {
            // The server closed the connection while the test still wrote.
        }
    }
}
