using System.Net;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Hosting;

public sealed class AuditLogTests
{
    [Test]
    public async Task An_entry_is_bounded_whatever_the_caller_says()
    {
        using var directory = new TempDirectory();
        await using var audit = Open(directory, 1 << 20);
        var call = Call();
        call.SetAudit(new string('t', 1 << 20), new string('r', 1 << 20));
        await audit.WriteAsync(call, new RpcException(RpcStatus.InvalidArgument, new string('m', 1 << 20)), TimeSpan.Zero);
        var line = await File.ReadAllTextAsync(directory.Combine("audit.log"));
        Assert.That(line, Has.Length.LessThan(5_000).And.Contain("(1048576 characters)"));
    }

    [Test]
    public async Task A_full_file_is_put_aside_and_the_oldest_goes()
    {
        using var directory = new TempDirectory();
        await using var audit = Open(directory, 2_000);
        for (var i = 0; i < 200; i++)
        {
            var call = Call();
            call.SetAudit($"target {i}");
            await audit.WriteAsync(call, null, TimeSpan.Zero);
        }

        var files = Directory.GetFiles(directory.Path).Order(StringComparer.Ordinal).ToList();
        Assert.That(files.Select(Path.GetFileName), Is.EqualTo(new[] { "audit.log" }.Concat(Enumerable.Range(1, 8).Select(i => $"audit.log.{i}"))));
        Assert.That(files.Select(f => new FileInfo(f).Length), Has.All.InRange(1, 2_000));
        Assert.That(await File.ReadAllTextAsync(files[0]), Does.Contain("target 199"));
    }

    [Test]
    public async Task Refused_calls_have_a_file_of_their_own_and_each_caller_a_budget_in_it()
    {
        using var directory = new TempDirectory();
        var time = new FakeTimeProvider();
        await using (var audit = Open(directory, 1 << 20, time))
        {
            await audit.WriteAsync(Call(), null, TimeSpan.Zero);
            var error = new RpcException(RpcStatus.PermissionDenied, new string('\u2028', 5_000));
            for (var i = 0; i < 1_000; i++)
            {
                var call = Call("mallory");
                call.SetAudit(new string('\u2028', 1024), new string('\u202e', 1024));
                await audit.WriteRefusedAsync(call, error, TimeSpan.Zero);
            }

            await audit.WriteRefusedAsync(Call("alice"), error, TimeSpan.Zero);
            Assert.That(Lines(directory, "audit.log"), Has.Count.EqualTo(1).And.All.Contain("bob"));
            var refused = Lines(directory, "audit-refused.log");
            Assert.That(refused, Has.Count.EqualTo(RefusalBudget.Entries + 1));
            Assert.That(refused[^1], Does.Contain("alice"), "who is refused rarely has his own budget");
            Assert.That(refused.Select(l => l.Length), Has.All.LessThan(6_000));

            time.Advance(RefusalBudget.Window);
            await audit.WriteRefusedAsync(Call("alice"), error, TimeSpan.Zero);
            Assert.That(Lines(directory, "audit-refused.log")[^2], Does.Contain("mallory").And.Contain($"\"calls\":{1_000 - RefusalBudget.Entries},"));
            for (var i = 0; i <= RefusalBudget.Entries; i++)
            {
                await audit.WriteRefusedAsync(Call("mallory"), error, TimeSpan.Zero);
            }
        }

        Assert.That(Lines(directory, "audit-refused.log")[^1], Does.Contain("LeftOut").And.Contain("\"calls\":1,"), "told when the role stops, too");
    }

    [Test]
    public void Callers_beyond_those_told_apart_share_one_budget()
    {
        var budget = new RefusalBudget(new FakeTimeProvider());
        for (var i = 0; i < RefusalBudget.MaxCallers + RefusalBudget.Entries; i++)
        {
            Assert.That(budget.TryTake($"user {i}", out _));
        }

        Assert.That(budget.TryTake("one more", out var isFirst), Is.False);
        Assert.That(isFirst);
        Assert.That(budget.TryTake("user 0", out _), "one who is told apart keeps his own");
    }

    private static List<string> Lines(TempDirectory directory, string name) => [.. File.ReadAllLines(directory.Combine(name))];

    private static AuditLog Open(TempDirectory directory, long maxBytes, TimeProvider? time = null) =>
        new(directory.Combine("audit.log"), NullLogger<AuditLog>.Instance, time ?? TimeProvider.System) { MaxBytes = maxBytes };

    private static RpcCall Call(string user = "bob") => new(TestMethods.Echo, new RpcCaller(user, [], []), IPAddress.Loopback);
}
