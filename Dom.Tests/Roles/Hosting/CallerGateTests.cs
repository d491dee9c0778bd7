using System.Net;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;

namespace Dom.Tests.Roles.Hosting;

public sealed class CallerGateTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    [Test]
    public void A_user_at_one_address_has_a_limit_and_another_address_its_own()
    {
        var gate = new CallerGate(new RoleHostLimits { CallsPerCaller = 2 });
        Assert.That(gate.Take("sub", Here, CallerResource.Calls, 2), Is.Null);
        Assert.That(gate.Take("sub", Here, CallerResource.Calls, 1), Does.Contain("sub has 2 calls and pages under way at 192.0.2.1"));
        Assert.That(gate.Take("sub", IPAddress.Parse("192.0.2.2"), CallerResource.Calls, 2), Is.Null, "machines may share a certificate");
        Assert.That(gate.Take("alice", Here, CallerResource.Calls, 2), Is.Null);
        Assert.That(gate.Take("sub", Here, CallerResource.Connections, 1), Is.Null, "each resource counts by itself");
    }

    [Test]
    public void A_user_has_a_limit_at_all_addresses_and_a_refusal_takes_nothing()
    {
        var gate = new CallerGate(new RoleHostLimits { RequestBytesPerCaller = 100 });
        for (var i = 0; i < CallerGate.BytesOfUser; i++)
        {
            Assert.That(gate.Take("sub", Site(i), CallerResource.RequestBytes, 100), Is.Null);
        }

        Assert.That(gate.Take("sub", Here, CallerResource.RequestBytes, 1), Does.Contain("at all addresses"));
        for (var i = 0; i < CallerGate.BytesOfUser; i++)
        {
            gate.GiveBack("sub", Site(i), CallerResource.RequestBytes, 100);
        }

        Assert.That(gate.Count, Is.Zero, "nothing is kept of callers who are gone");

        static IPAddress Site(int i) => new([10, 0, 0, (byte)i]);
    }

    [Test]
    public void Of_seats_one_user_has_a_quarter_and_who_leaves_twice_leaves_once()
    {
        var seats = new Seats(8, "readers of the test");
        var (mallory, alice) = (new RpcCaller("mallory", [], []), new RpcCaller("alice", [], []));
        var first = seats.Take(mallory);
        seats.Take(mallory);
        Assert.That(() => seats.Take(mallory), Throws.TypeOf<RpcException>().With.Message.EqualTo("2 readers of the test are of mallory already; one user may have 2 of 8"));
        seats.Take(alice);
        first.Dispose();
        first.Dispose();
        Assert.That(seats.Taken, Is.EqualTo(2));
        seats.Take(mallory);
        Assert.That(() => seats.Take(mallory), Throws.TypeOf<RpcException>());
        for (var i = 0; i < 5; i++)
        {
            seats.Take(new RpcCaller($"user {i}", [], []));
        }

        Assert.That(() => seats.Take(alice), Throws.TypeOf<RpcException>().With.Message.EqualTo("there are 8 readers of the test already"));
    }
}
