using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Images;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>What comes between an image that fails and the way back from it: a stop of the sub, and another update.</summary>
[CancelAfter(120_000)]
public sealed class InterruptedWayBackTests
{
    private const long Large = 80 << 20;

    [Test]
    public async Task A_stop_while_it_waits_for_the_content_of_a_file_ends_at_once_and_the_next_process_goes_on(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken, configure: static o => o with { HealthyAfter = TimeSpan.FromHours(1) });
        var (_, two) = await ConvergeToTwoAsync(rig, cancellationToken, withLarge: true);
        await rig.StopSubAsync();
        MarkDue(rig, two);
        using (var writer = new RestlessFile(rig.Root + "/large"))
        {
            // Everything else is brought back; of this file nobody can say what it holds while it is written to.
            await rig.StartSubAsync(cancellationToken);
            await rig.PollUntilAsync(_ => rig.Read("/etc/conf") == "one", cancellationToken);
            await rig.StopSubAsync().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        }

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollUntilAsync(static s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);
        Assert.That((state.RolledBackReason, state.AppliedImage, rig.Read("/etc/conf")), Is.EqualTo(("the process ended just then", "test/1", "one")));
        Assert.That(File.GetLastWriteTimeUtc(rig.Root + "/large"), Is.EqualTo(DateTime.UnixEpoch.AddDays(1)), "it is as it was");
    }

    [Test]
    public async Task A_health_command_that_fails_after_another_update_has_begun_says_nothing_about_that_one(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var (asked, answer) = (temp.Combine("asked"), temp.Combine("answer"));
        await using var rig = await SubRig.StartAsync(cancellationToken, configure: static o => o with { HealthyAfter = TimeSpan.FromSeconds(1) });
        await ConvergeToTwoAsync(rig, cancellationToken, $"touch {asked}; while [ ! -e {answer} ]; do sleep 0.05; done; exit 1");
        await rig.PollUntilAsync(_ => File.Exists(asked), cancellationToken);

        rig.Required = await rig.Shelf.AddAsync("test/3", rig.Source("three", ("/etc/conf", "three")));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Sub.Parts.Applied.Image!.Name, Is.EqualTo("test/3"), "the command does not hold it up");
        await File.WriteAllTextAsync(answer, "", cancellationToken);

        // What was kept goes when the third image has proved itself, which is asked after the answer of the second's command.
        var state = await rig.PollUntilAsync(static s => s.PreviousBytes == 0 || !s.RolledBackManifest.IsNone, cancellationToken);
        Assert.That((state.AppliedImage, state.RolledBackReason, rig.Read("/etc/conf")), Is.EqualTo(("test/3", "", "three")));
        Assert.That(rig.Sub.Parts.RolledBack.Note, Is.Null);
    }

    [Test]
    public async Task When_another_update_came_between_there_is_no_way_back_to_the_image_that_failed(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken, configure: static o => o with { HealthyAfter = TimeSpan.FromHours(1) });
        var (_, two) = await ConvergeToTwoAsync(rig, cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/3", rig.Source("three", ("/etc/conf", "three")));
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        MarkDue(rig, two);

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.ConvergeAsync(cancellationToken);
        await rig.PollUntilAsync(_ => rig.Sub.Parts.RolledBack.Note is null, cancellationToken);
        Assert.That((state.AppliedImage, rig.Read("/etc/conf")), Is.EqualTo(("test/3", "three")));
        Assert.That(rig.Sub.Parts.Engine.Previous.Image!.Name, Is.EqualTo("test/2"), "the way back of the third image stays");
    }

    private static async Task<(ImageReference One, ImageReference Two)> ConvergeToTwoAsync(SubRig rig, CancellationToken cancellationToken, string health = "", bool withLarge = false)
    {
        var one = rig.Required = await rig.Shelf.AddAsync("test/1", Source("one"));
        await rig.ConvergeAsync(cancellationToken);
        var two = rig.Required = await rig.Shelf.AddAsync("test/2", Source("two"), m => m with { HealthCommand = health });
        await rig.ConvergeAsync(cancellationToken);
        return (one, two);

        string Source(string name)
        {
            var source = rig.Source(name, [("/etc/conf", name), .. withLarge ? new[] { ("/large", "") } : []]);
            if (withLarge)
            {
                using (var file = File.OpenWrite(source + "/large"))
                {
                    file.SetLength(Large);
                }

                File.SetLastWriteTimeUtc(source + "/large", DateTime.UnixEpoch.AddDays(1));
            }

            return source;
        }
    }

    private static void MarkDue(SubRig rig, ImageReference image)
    {
        using var directory = DirectoryHandle.Open(rig.Root + "/.subd");
        new RolledBackMark(directory, new ImageMark(directory, "applied"u8)).Set(image, "the process ended just then", WayBackState.Due);
    }

    /// <summary>A file that is written to all the time; what it holds stays the same.</summary>
    private sealed class RestlessFile : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Thread _writing;

        public RestlessFile(string path)
        {
            _writing = new Thread(() =>
            {
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                do
                {
                    RandomAccess.Write(file, [0], 0);
                }
                while (!_stop.Token.WaitHandle.WaitOne(1));
            });
            _writing.Start();
        }

        public void Dispose()
        {
            _stop.Cancel();
            _writing.Join();
            _stop.Dispose();
        }
    }
}
