using System.Globalization;
using Dom.Roles.Sub.Health;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Health;

[CancelAfter(60_000)]
public sealed class HealthCommandTests
{
    private static readonly HealthCommand Patient = new(TimeSpan.FromSeconds(20), TimeProvider.System);
    private static readonly HealthCommand Hasty = new(TimeSpan.FromMilliseconds(300), TimeProvider.System);

    [Test]
    public async Task The_exit_code_tells_and_the_first_lines_are_kept(CancellationToken cancellationToken)
    {
        Assert.That(await Patient.RunAsync("test \"$DOM_IMAGE\" = web/1 && test \"$PWD\" = / && test ! -s /dev/stdin", "web/1", cancellationToken), Is.Null);
        Assert.That(
            await Patient.RunAsync("for i in 1 2 3 4 5 6 7; do echo line $i; done; exit 9", "web/1", cancellationToken),
            Does.EndWith("ended with code 9: line 1; line 2; line 3; line 4; line 5"));
        Assert.That(await Patient.RunAsync("kill -9 $$", "web/1", cancellationToken), Does.EndWith("ended with code 137"));
        Assert.That(await Patient.RunAsync("no-such-program-anywhere", "web/1", cancellationToken), Does.Contain("ended with code 127"));
    }

    [Test]
    public async Task What_takes_too_long_is_killed_with_all_it_started(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var pid = temp.Combine("pid");
        var fault = await Hasty.RunAsync($"trap '' TERM HUP; sleep 300 & echo $! > {pid}; wait", "web/1", cancellationToken);
        Assert.That(fault, Does.EndWith("was not done after 0.3 s and was killed"));
        AssertGone(pid);
    }

    [Test]
    public async Task What_it_leaves_running_is_killed_and_does_not_hold_it_up(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var pid = temp.Combine("pid");
        Assert.That(await Patient.RunAsync($"sleep 300 & echo $! > {pid}", "web/1", cancellationToken), Is.Null);
        AssertGone(pid);
    }

    [Test]
    public async Task A_flood_of_output_is_cut_and_binary_is_made_readable(CancellationToken cancellationToken)
    {
        var flood = await Hasty.RunAsync("while :; do echo flooooooooooooooooooooooooooooooooooooooooood; done", "web/1", cancellationToken);
        Assert.That(flood, Has.Length.LessThan(HealthCommand.MaxOutput + 500));
        var binary = await Patient.RunAsync("printf 'a\\000\\033[31mb\\377'; exit 1", "web/1", cancellationToken);
        Assert.That(binary!.Any(char.IsControl), Is.False);
    }

    [Test]
    public async Task It_ends_when_the_sub_does(CancellationToken cancellationToken)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = Patient.RunAsync("sleep 300", "web/1", stopping.Token);
        await stopping.CancelAsync();
        Assert.That(async () => await run, Throws.InstanceOf<OperationCanceledException>());
    }

    /// <summary>Gone, or dead and not yet waited for by whoever has inherited it.</summary>
    private static void AssertGone(string pidFile)
    {
        var pid = int.Parse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture);
        Assert.That(() => IsAlive(pid), Is.False.After(20_000, 20));
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].StartsWith('Z');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
