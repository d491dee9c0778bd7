using System.Net;
using Dom.Roles.Hosting;

namespace Dom.Tests.Roles.Hosting;

public sealed class ConnectionGateTests
{
    [Test]
    public void Places_are_counted_in_all_and_for_each_address_and_given_back_once()
    {
        var gate = new ConnectionGate(new RoleHostLimits { Unauthenticated = 5, UnauthenticatedPerAddress = 2 });
        var first = gate.TryEnter(IPAddress.Parse("10.0.0.1"));
        Assert.That(gate.TryEnter(IPAddress.Parse("10.0.0.1")), Is.Not.Null);
        Assert.That(gate.TryEnter(IPAddress.Parse("10.0.0.1")), Is.Null);
        first?.Leave();
        first?.Leave();
        Assert.That(gate.Count, Is.EqualTo(1));
        Assert.That(gate.TryEnter(IPAddress.Parse("10.0.0.1")), Is.Not.Null);
        for (var i = 2; i < 5; i++)
        {
            Assert.That(gate.TryEnter(IPAddress.Parse($"10.0.0.{i}")), Is.Not.Null);
        }

        Assert.That(gate.TryEnter(IPAddress.Parse("10.0.0.9")), Is.Null);
        Assert.That(gate.Count, Is.EqualTo(5));
    }

    [Test]
    public async Task Many_threads_leave_nothing_behind()
    {
        var gate = new ConnectionGate(new RoleHostLimits { Unauthenticated = 1000, UnauthenticatedPerAddress = 3 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                gate.TryEnter(IPAddress.Parse($"10.0.0.{i % 3}"))?.Leave();
            }
        })));
        Assert.That(gate.Count, Is.Zero);
        for (var i = 0; i < 3; i++)
        {
            Assert.That(gate.TryEnter(IPAddress.Parse("10.0.0.0")), Is.Not.Null);
        }
    }
}
