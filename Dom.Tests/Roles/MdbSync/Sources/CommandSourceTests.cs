using Dom.Core.Machines;
using Dom.Roles.MdbSync.Sources;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.MdbSync.Sources;

/// <summary>Programs that print machines.</summary>
[CancelAfter(60_000)]
public sealed class CommandSourceTests
{
    [Test]
    public async Task A_program_prints_machines_and_gets_its_arguments_as_they_are(CancellationToken token)
    {
        var list = await ReadAsync("""command text /bin/sh -c "echo $0; echo $1 web/1" "one;two" web2""".Replace("one;two", "web1", StringComparison.Ordinal), token);
        Assert.That(list.Machines.Select(m => (m.Hostname, m.RequiredImage)), Is.EqualTo(new[] { ("web1", ""), ("web2", "web/1") }));
        Assert.That((await ReadAsync("""command json /bin/echo "[{\"Hostname\":\"a\"}]" """, token)).Count, Is.EqualTo(1));
        Assert.That((await ReadAsync("command hostlist /bin/echo a", token)).Machines.Single(), Is.EqualTo(new Machine { Hostname = "a" }));
    }

    [TestCase("""command json /bin/sh -c "echo '[]'; echo no inventory >&2; exit 3" """, "ended with code 3: no inventory")]
    [TestCase("""command json /bin/sh -c "echo broken >&2; exit 1" """, "ended with code 1: broken")]
    [TestCase("""command json /bin/echo rubbish""", "the output of /bin/echo: line 1")]
    [TestCase("""command json /no/such/program""", "cannot run /no/such/program")]
    [TestCase("""command text /bin/sh -c "yes a" """, "twice")]
    [TestCase("""command json /bin/sh -c "yes ' '" """, "more than 10000 bytes")]
    public void A_program_that_fails_is_a_fault_with_its_reason(string line, string reason) => Assert.That(
        async () => await ReadAsync(line, CancellationToken.None),
        Throws.InstanceOf<Exception>().With.Matches<Exception>(e => e is IOException or MachineListException).And.Message.Contains(reason));

    [Test]
    public async Task A_program_that_is_not_done_in_time_is_killed_with_its_children(CancellationToken token)
    {
        using var directory = new TempDirectory();
        var pids = directory.Combine("pids");
        var script = $"echo $$ >> {pids}; sleep 300 & echo $! >> {pids}; wait";
        Assert.That(async () => await ReadAsync($"timeout=1s command text /bin/sh -c \"{script}\"", token), Throws.TypeOf<TimeoutException>().With.Message.Contains("within 1s and was killed"));
        var running = await File.ReadAllLinesAsync(pids, token);
        Assert.That(running, Has.Length.EqualTo(2));
        while (running.Any(pid => File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z", StringComparison.Ordinal)))
        {
            await Task.Delay(10, token);
        }
    }

    [Test]
    public async Task A_process_that_escapes_and_holds_the_output_is_not_joined_by_more(CancellationToken token)
    {
        using var directory = new TempDirectory();
        var go = directory.Combine("go");
        var source = Source($"timeout=1s command text /bin/sh -c \"setsid sh -c 'while [ ! -e {go} ]; do sleep 0.1; done' & echo web1\"");
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.TypeOf<TimeoutException>());
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>().With.Message.Contains("left a process behind"));
        await File.WriteAllTextAsync(go, "", token);
        while (true)
        {
            try
            {
                Assert.That((await source.ReadAsync(MachineList.Empty, token)).List?.Count, Is.EqualTo(1));
                return;
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                await Task.Delay(50, token);
            }
        }
    }

    private static async Task<MachineList> ReadAsync(string line, CancellationToken token) =>
        (await Source(line).ReadAsync(MachineList.Empty, token)).List ?? throw new AssertionException("it says that nothing changed");

    private static CommandSource Source(string line)
    {
        var definition = SourceDefinitionParser.Parse(line);
        return new CommandSource(definition, new SourceLimits(definition.Timeout ?? TimeSpan.FromSeconds(20), 10_000, MachineListLimits.Default), TimeProvider.System);
    }
}
