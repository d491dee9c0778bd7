using Dom.Core.Rpc;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Core.Rpc;

/// <summary>All shapes of calls over real TLS on the loopback.</summary>
[CancelAfter(60_000)]
public sealed class RpcClientTests
{
    [Test]
    public async Task A_call_reaches_the_handler_and_its_answer_comes_back(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var client = host.Client("Test.*");
        for (var i = 0; i < 20; i++)
        {
            var response = await client.CallAsync(TestMethods.Echo, new EchoRequest { Text = $"hello {i} ä" }, cancellationToken);
            Assert.That(response, Is.EqualTo(new EchoResponse { Text = $"hello {i} ä", User = "alice" }));
        }
    }

    [Test]
    public async Task A_stream_of_responses_ends_after_the_last_one(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var numbers = new List<int>();
        await foreach (var response in host.Client("Test.*").StreamAsync(TestMethods.Count, new EchoRequest { Text = "x", Count = 5000 }, cancellationToken))
        {
            numbers.Add(response.Number);
        }

        Assert.That(numbers, Is.EqualTo(Enumerable.Range(0, 5000)));
    }

    [Test]
    public async Task An_error_after_the_last_response_reaches_the_reader_of_the_stream(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var seen = 0;
        var error = Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in host.Client("Test.*")
                .StreamAsync(TestMethods.Count, new EchoRequest { Text = "fail at end", Count = 3, Delay = TimeSpan.FromMilliseconds(1) }, cancellationToken))
            {
                seen++;
            }
        });
        Assert.That(seen, Is.EqualTo(3));
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.NotFound).And.Property("Code").EqualTo("CountedOut"));
    }

    [Test]
    public async Task Bulk_data_travels_both_ways_over_http_1_1(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var client = host.Client("Test.*");
        var received = 0L;
        await foreach (var chunk in client.StreamAsync(TestMethods.Download, new EchoRequest { Text = "x", Count = 40 }, cancellationToken))
        {
            Assert.That(chunk.Offset, Is.EqualTo(received));
            Assert.That(chunk.Data.Span.IndexOfAnyExcept((byte)(chunk.Offset >> 20)), Is.EqualTo(-1));
            received += chunk.Data.Length;
        }

        var uploaded = await client.UploadAsync(TestMethods.Upload, Chunks(40), cancellationToken);
        Assert.That((received, uploaded.Text), Is.EqualTo((40L << 20, $"{40L << 20}")));
    }

    [Test]
    public async Task A_duplex_call_answers_each_message_before_the_next_is_sent(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var questions = System.Threading.Channels.Channel.CreateBounded<EchoRequest>(1);
        await questions.Writer.WriteAsync(new EchoRequest { Text = "a" }, cancellationToken);
        var answers = new List<string>();
        await foreach (var answer in host.Client("Test.*").DuplexAsync(TestMethods.Chat, questions.Reader.ReadAllAsync(cancellationToken), cancellationToken))
        {
            answers.Add(answer.Text);
            if (answers.Count == 20)
            {
                questions.Writer.Complete();
            }
            else
            {
                await questions.Writer.WriteAsync(new EchoRequest { Text = $"b{answers.Count}" }, cancellationToken);
            }
        }

        Assert.That(answers, Has.Count.EqualTo(20).And.ItemAt(0).EqualTo("A").And.ItemAt(19).EqualTo("B19"));
    }

    [Test]
    public async Task An_upload_that_is_refused_or_fails_midway_is_told_why(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var refused = Assert.ThrowsAsync<RpcException>(() => host.Client("Other.*").UploadAsync(TestMethods.Upload, Chunks(60), cancellationToken));
        var failed = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*").UploadAsync(TestMethods.Upload, Chunks(60, damaged: 2), cancellationToken));
        Assert.That(refused?.Code, Is.EqualTo(RpcErrorCode.MethodNotGranted), refused?.Message);
        Assert.That(failed?.Message, Is.EqualTo($"the chunk at {2 << 20} is damaged"));
    }

    private static async IAsyncEnumerable<DataChunk> Chunks(int count, int damaged = -1)
    {
        for (var i = 0; i < count; i++)
        {
            var data = new byte[1 << 20];
            data.AsSpan().Fill((byte)(i == damaged ? i + 1 : i));
            yield return new DataChunk { Offset = (long)i << 20, Data = data };
            await Task.Yield();
        }
    }
}
