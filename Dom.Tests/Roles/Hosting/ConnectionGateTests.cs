using System.Net;
using Dom.Roles.Hosting;

namespace Dom.Tests.Roles.Hosting;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ConnectionGateTests
{
    private readonly List<string> _dropped = [];

    [Test]
    public void The_oldest_of_an_address_gives_way_to_its_newest()
    {
        var gate = new ConnectionGate(new RoleHostLimits { Unauthenticated = 5, UnauthenticatedPerAddress = 2 });
        var first = Enter(gate, "10.0.0.1", "a");
        Enter(gate, "10.0.0.1", "b");
        Enter(gate, "10.0.0.2", "c");
        Assert.That(_dropped, Is.Empty);
        Enter(gate, "10.0.0.1", "d");
        Assert.That(_dropped, Is.EqualTo(new[] { "a" }), "not that of another address");
        Assert.That((first.IsHeld, gate.Count), Is.EqualTo((false, 3)));
        first.Leave();
        Assert.That(gate.Count, Is.EqualTo(3), "a place is given back once");
    }

    [Test]
    public void The_oldest_of_all_gives_way_when_everything_is_taken()
    {
        var gate = new ConnectionGate(new RoleHostLimits { Unauthenticated = 3, UnauthenticatedPerAddress = 2 });
        for (var i = 1; i <= 4; i++)
        {
            Enter(gate, $"10.0.0.{i}", $"{i}");
        }

        Assert.That(_dropped, Is.EqualTo(new[] { "1" }));
        Assert.That(gate.Count, Is.EqualTo(3));
    }

    [Test]
    public void A_stage_that_is_full_costs_the_others_nothing()
    {
        var gate = new ConnectionGate(new RoleHostLimits { Unauthenticated = 2, UnauthenticatedPerAddress = 2, Strangers = 1, StrangersPerAddress = 1 });
        var inHandshake = Enter(gate, "10.0.0.1", "handshake");
        inHandshake.Advance(ConnectionStage.Handshake);
        var page = Enter(gate, "10.0.0.1", "page");
        page.Advance(ConnectionStage.Stranger);
        Assert.That(page.IsUnderPressure, Is.True);
        for (var i = 0; i < 10; i++)
        {
            Enter(gate, "10.0.0.1", $"silent {i}");
        }

        Assert.That(_dropped, Is.EqualTo(Enumerable.Range(0, 8).Select(i => $"silent {i}")));
        Assert.That((inHandshake.IsHeld, page.IsHeld), Is.EqualTo((true, true)));
        Enter(gate, "10.0.0.9", "second page").Advance(ConnectionStage.Stranger);
        Assert.That(_dropped[^1], Is.EqualTo("page"));
    }

    [Test]
    public void The_addresses_of_one_network_count_together()
    {
        var gate = new ConnectionGate(new RoleHostLimits { UnauthenticatedPerAddress = 1 });
        Enter(gate, "2001:db8:0:1::1", "a");
        Enter(gate, "2001:db8:0:2::1", "b");
        Enter(gate, "2001:db8:0:1:ffff::2", "c");
        Assert.That(_dropped, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void One_that_was_dropped_does_not_come_back()
    {
        var gate = new ConnectionGate(new RoleHostLimits { UnauthenticatedPerAddress = 1 });
        var first = Enter(gate, "10.0.0.1", "a");
        var second = Enter(gate, "10.0.0.1", "b");
        first.Advance(ConnectionStage.Handshake);
        second.Leave();
        Assert.That(gate.Count, Is.Zero);
    }

    [Test]
    public async Task Many_threads_leave_nothing_behind()
    {
        var gate = new ConnectionGate(new RoleHostLimits { Unauthenticated = 4, UnauthenticatedPerAddress = 3 });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var ticket = gate.Enter(IPAddress.Parse($"10.0.0.{i % 3}"), static () => { });
                ticket.Advance(ConnectionStage.Handshake);
                ticket.Advance(ConnectionStage.Stranger);
                ticket.Leave();
            }
        })));
        Assert.That(gate.Count, Is.Zero);
    }

    private ConnectionGate.Ticket Enter(ConnectionGate gate, string address, string name) => gate.Enter(IPAddress.Parse(address), () => _dropped.Add(name));
}
