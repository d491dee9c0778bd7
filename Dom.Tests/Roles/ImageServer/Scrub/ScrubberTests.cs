using Dom.Core.Contracts.ImageServer;
using Dom.Roles.ImageServer;

namespace Dom.Tests.Roles.ImageServer.Scrub;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ScrubberTests
{
    [Test, CancelAfter(60_000)]
    public async Task Damage_at_rest_is_found_set_aside_and_healed_by_the_next_push(CancellationToken token)
    {
        await using var server = await StartAsync();
        var files = MakeFiles(server, 200);
        await server.PushAsync("web/1", files, token);
        await server.State.Scrubber.PassAsync(token);
        Assert.That((server.State.Scrubber.Passes, server.State.Archive.DamagedCount), Is.EqualTo((1L, 0)));
        Assert.That(server.State.Scrubber.Objects, Is.GreaterThan(200));

        // One in a pack, one in a file of its own.
        Damage(Directory.GetFiles(Path.Combine(server.StateDirectory, "objects", "packs")).Single());
        Damage(Directory.GetFiles(Path.Combine(server.StateDirectory, "objects"), "*", SearchOption.AllDirectories)
            .First(static f => Path.GetFileName(Path.GetDirectoryName(f))?.Length == 2));
        await server.State.Scrubber.PassAsync(token);
        Assert.That(server.State.Archive.DamagedCount, Is.EqualTo(2));
        Assert.That(Directory.GetFiles(Path.Combine(server.StateDirectory, "corrupt")), Has.Length.EqualTo(2));
        await server.RestartAsync();
        Assert.That(server.State.Archive.DamagedCount, Is.EqualTo(2), "remembered over a restart");
        var check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = "web/1" }, token);
        Assert.That(check.Missing, Has.Count.EqualTo(2));

        await server.PushAsync("web/2", files, token);
        Assert.That(server.State.Archive.DamagedCount, Is.Zero);
        check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = "web/1" }, token);
        Assert.That((check.Missing.Count, check.Corrupt.Count), Is.EqualTo((0, 0)));
    }

    [Test, CancelAfter(60_000)]
    public async Task It_reads_no_faster_than_allowed(CancellationToken token)
    {
        await using var server = await StartAsync(mebibytesPerSecond: 1);
        var files = server.MakeDirectory("files");
        File.WriteAllBytes(Path.Combine(files, "large"), new byte[3 << 20]);
        await server.PushAsync("web/1", files, token);
        var before = server.Clock.GetUtcNow();
        var pass = server.State.Scrubber.PassAsync(token);
        while (!pass.IsCompleted)
        {
            await Task.WhenAny(pass, server.Clock.WhenTimersAsync(1, token));
            server.Clock.Advance(TimeSpan.FromMilliseconds(50));
        }

        await pass;
        Assert.That(server.Clock.GetUtcNow() - before, Is.GreaterThan(TimeSpan.FromSeconds(2.9)));
    }

    private static async Task<ServerFixture> StartAsync(int mebibytesPerSecond = 10_000)
    {
        var server = await ServerFixture.StartAsync(new ImageServerOptions { ScrubMebibytesPerSecond = mebibytesPerSecond });
        return server;
    }

    private static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[200] ^= 1;
        using var file = File.OpenWrite(path);
        file.Write(bytes);
    }

    private static string MakeFiles(ServerFixture server, int files)
    {
        var directory = server.MakeDirectory("files");
        var random = new Random(1);
        for (var i = 0; i < files; i++)
        {
            var content = new byte[2000];
            random.NextBytes(content);
            File.WriteAllBytes(Path.Combine(directory, $"file-{i}"), content);
        }

        return directory;
    }
}
