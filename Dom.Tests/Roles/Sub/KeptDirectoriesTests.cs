using Dom.Core.Linux;
using Dom.Roles.Sub.Update;

namespace Dom.Tests.Roles.Sub;

/// <summary>What an update had to put aside is told until somebody has removed it; the fault tests bring it about.</summary>
[CancelAfter(60_000)]
public sealed class KeptDirectoriesTests
{
    [Test]
    public async Task What_was_put_aside_is_told_by_polls_and_counted_on_the_page(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await rig.StopSubAsync();
        Directory.CreateDirectory(rig.Root + "/.subd/elsewhere");
        File.WriteAllText(rig.Root + "/.subd/elsewhere/late", "precious");
        using (var inside = DirectoryHandle.Open(rig.Root + "/.subd"))
        {
            new KeptDirectories(inside).Put(inside, "elsewhere"u8, UnixPath.Of("/opt/app"));
        }

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollAsync(cancellationToken);

        Assert.That((state.Kept, state.KeptPaths.Single().ToString()), Is.EqualTo((1, "/opt/app")));
        using var http = new HttpClient();
        var page = await http.GetStringAsync(new Uri($"http://{rig.Sub.Address}/"), cancellationToken);
        Assert.That(page, Does.Contain("directories put aside"));
        Assert.That(page, Does.Not.Contain("/opt/app"), "paths are for holders of a certificate");
        foreach (var hidden in new[] { "kept", "plan", "unreadable", "drift" })
        {
            foreach (var form in new[] { "html", "json", "csv", "text" })
            {
                using var refused = await http.GetAsync(new Uri($"http://{rig.Sub.Address}/{hidden}?output={form}"), cancellationToken);
                Assert.That(refused.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.Forbidden), $"{hidden} {form}");
            }
        }
    }
}
