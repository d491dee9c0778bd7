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
        using var audit = Open(directory, 1 << 20);
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
        using var audit = Open(directory, 2_000);
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

    private static AuditLog Open(TempDirectory directory, long maxBytes) =>
        new(directory.Combine("audit.log"), NullLogger<AuditLog>.Instance, TimeProvider.System) { MaxBytes = maxBytes };

    private static RpcCall Call() => new(TestMethods.Echo, new RpcCaller("bob", [], []), IPAddress.Loopback);
}
