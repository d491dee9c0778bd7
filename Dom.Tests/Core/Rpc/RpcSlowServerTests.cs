using Dom.Core.Rpc;
using Dom.Core.Rpc.Http;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc;

/// <summary>A server that sends, but hardly.</summary>
public sealed class RpcSlowServerTests
{
    private readonly byte[] _buffer = new byte[1 << 20];

    [Test]
    public void A_transfer_that_trickles_is_given_up()
    {
        var clock = new FakeTimeProvider();
        using var stream = Open(clock, bytes: 1, every: TimeSpan.FromSeconds(20));
        var error = Assert.ThrowsAsync<RpcException>(async () => await ReadAsync(stream, 100));
        Assert.That((error?.Status, error?.Code), Is.EqualTo((RpcStatus.Unavailable, RpcErrorCode.TooSlow)));
        Assert.That(error?.Message, Does.Contain("sent 3 bytes in 60 s"));
    }

    [TestCase(21_000, 0)]
    [TestCase(1_000_000, 600)]
    [TestCase(21_000, 600)]
    public async Task One_that_is_slow_goes_on_and_so_does_one_whose_reader_pauses(int bytes, int pause)
    {
        var clock = new FakeTimeProvider();
        await using var stream = Open(clock, bytes, every: TimeSpan.FromSeconds(20));
        for (var i = 0; i < 50; i++)
        {
            await ReadAsync(stream, 1);
            clock.Advance(TimeSpan.FromSeconds(pause));
        }
    }

    private static RpcResponseStream Open(FakeTimeProvider clock, int bytes, TimeSpan every) => new(
        new SlowStream(clock, bytes, every),
        TestMethods.Download,
        new RpcEndpoint { Host = "127.0.0.1", Port = 1, Role = "test" },
        TimeSpan.FromSeconds(60),
        clock,
        CancellationToken.None);

    private async Task ReadAsync(RpcResponseStream stream, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.That(await stream.ReadAsync(_buffer), Is.Positive);
        }
    }

    /// <summary>Gives so many bytes at each read, after so much time.</summary>
    private sealed class SlowStream(FakeTimeProvider clock, int bytes, TimeSpan every) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            clock.Advance(every);
            cancellationToken.ThrowIfCancellationRequested();
            return new(Math.Min(bytes, buffer.Length));
        }
    }
}
