using System.Net;
using Dom.Cli;
using Dom.Core.Systemd;
using Dom.Roles.Hosting;

namespace Dom.Tests.Cli;

[CancelAfter(10_000)]
public sealed class RunningRolesTests
{
    [Test]
    public async Task Roles_stop_in_the_reverse_order_of_their_start(CancellationToken cancellationToken)
    {
        var events = new List<string>();
        await using (var running = new RunningRoles())
        {
            await running.StartAsync(new ScriptedRole("imageserver", events), cancellationToken);
            await running.StartAsync(new ScriptedRole("master", events), cancellationToken);
        }

        Assert.That(events, Is.EqualTo(new[] { "imageserver starts", "master starts", "master stops", "imageserver stops" }));
    }

    [Test]
    public async Task A_role_that_does_not_start_is_disposed_and_the_others_still_stop(CancellationToken cancellationToken)
    {
        var events = new List<string>();
        await using (var running = new RunningRoles())
        {
            await running.StartAsync(new ScriptedRole("imageserver", events), cancellationToken);
            var broken = new ScriptedRole("sub", events) { StartFault = new IOException("the port is taken") };
            Assert.That(() => running.StartAsync(broken, cancellationToken), Throws.TypeOf<IOException>());
            Assert.That(running.Started, Has.Count.EqualTo(1));
        }

        Assert.That(events, Is.EqualTo(new[] { "imageserver starts", "sub stops", "imageserver stops" }));
    }

    [Test]
    public async Task A_role_that_fails_to_stop_does_not_keep_the_others_from_it(CancellationToken cancellationToken)
    {
        var events = new List<string>();
        var running = new RunningRoles();
        await running.StartAsync(new ScriptedRole("imageserver", events), cancellationToken);
        await running.StartAsync(new ScriptedRole("master", events) { StopFault = new IOException("disk full") }, cancellationToken);

        Assert.That(async () => await running.DisposeAsync(), Throws.TypeOf<IOException>());
        Assert.That(events, Does.Contain("imageserver stops"));
    }

    [Test]
    public async Task What_ends_a_role_ends_the_wait(CancellationToken cancellationToken)
    {
        await using var running = new RunningRoles();
        var role = new ScriptedRole("sub", []);
        await running.StartAsync(role, cancellationToken);
        var waiting = running.WaitAsync(cancellationToken);
        role.End(new IOException("the root is gone"));

        Assert.That(
            async () => await waiting,
            Throws.TypeOf<CommandException>().With.Message.EqualTo("the sub cannot go on: the root is gone").And.Property("ExitCode").EqualTo(ExitCode.Failed));
    }

    [Test]
    public async Task What_ends_a_role_ends_the_work_with_it(CancellationToken cancellationToken)
    {
        await using var running = new RunningRoles();
        var role = new ScriptedRole("master", []);
        await running.StartAsync(role, cancellationToken);
        var working = running.WhileRunningAsync(
            async token =>
            {
                await Task.Delay(Timeout.Infinite, token);
                return 0;
            },
            cancellationToken);
        role.End(new IOException("the disk is gone"));

        Assert.That(async () => await working, Throws.TypeOf<CommandException>().With.Message.Contains("the master cannot go on"));
    }

    [Test]
    public async Task Work_that_ends_while_the_roles_run_returns_its_result_or_its_fault(CancellationToken cancellationToken)
    {
        await using var running = new RunningRoles();
        await running.StartAsync(new ScriptedRole("sub", []), cancellationToken);
        Assert.That(await running.WhileRunningAsync(_ => Task.FromResult(7), cancellationToken), Is.EqualTo(7));
        Assert.That(
            () => running.WhileRunningAsync<int>(_ => throw new TimeoutException("late"), cancellationToken), Throws.TypeOf<TimeoutException>());
    }

    [Test]
    public async Task A_cancelled_wait_ends_without_an_error(CancellationToken cancellationToken)
    {
        await using var running = new RunningRoles();
        await running.StartAsync(new ScriptedRole("sub", []), cancellationToken);
        using var stop = new CancellationTokenSource();
        var waiting = running.WaitAsync(stop.Token);
        await stop.CancelAsync();

        Assert.That(async () => await waiting, Throws.Nothing);
    }

    private sealed class ScriptedRole(string name, List<string> events) : IRole
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Exception? StartFault { get; init; }

        public Exception? StopFault { get; init; }

        public string Name => name;

        public IPEndPoint Address { get; } = new(IPAddress.Loopback, 1);

        public Task Completion => _completion.Task;

        public IReadOnlyList<LoopProgress> Loops => [];

        public void End(Exception fault) => _completion.TrySetException(fault);

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (StartFault is not null)
            {
                throw StartFault;
            }

            events.Add($"{name} starts");
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            events.Add($"{name} stops");
            _completion.TrySetResult();
            return StopFault is null ? ValueTask.CompletedTask : ValueTask.FromException(StopFault);
        }
    }
}
