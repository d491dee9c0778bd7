using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Roles.Sub;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Sub;

public sealed class MachineHoldTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TempDirectory _temp = new();
    private readonly DirectoryHandle _directory;
    private MachineHold _hold;

    public MachineHoldTests()
    {
        _directory = DirectoryHandle.Open(_temp.CreateDirectory("subd"));
        _hold = Open();
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _directory.Dispose();
        _temp.Dispose();
    }

    [SetUp]
    public void Empty()
    {
        _directory.UnlinkIfExists("holder"u8);
        _hold = Open();
    }

    [Test]
    public void The_first_holds_the_machine_as_long_as_it_polls_within_its_lifetime()
    {
        var number = Ask("first").Number;
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.That(Ask("second").HeldBy?.Master, Is.EqualTo("first"));
            Assert.That(Ask("first").Number, Is.EqualTo(number));
        }

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(Ask("second").Number, Is.Not.EqualTo(number).And.Not.Zero);
        Assert.That(Ask("first").HeldBy?.Master, Is.EqualTo("second"), "the one that was away stands in line");
    }

    [Test]
    public void A_poll_that_waits_longer_than_the_lifetime_does_not_lose_the_machine_meanwhile()
    {
        Ask("first", wait: TimeSpan.FromMinutes(4));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.That(Ask("second").HeldBy, Is.Not.Null);
    }

    [Test]
    public void Another_certificate_is_another_master()
    {
        Ask("first");
        Assert.That(Ask("first", user: "mallory").HeldBy?.User, Is.EqualTo("dominator"));
    }

    [Test]
    public void A_new_process_of_the_holder_takes_over_at_once_and_the_old_one_is_refused()
    {
        var old = Ask("first", instance: 1).Number;
        var fresh = Ask("first", instance: 2).Number;
        Assert.That(fresh, Is.Not.Zero.And.Not.EqualTo(old));
        Assert.That(Ask("first", instance: 1).HeldBy?.Master, Is.EqualTo("first"));
        Assert.That(() => _hold.Require(old), Throws.TypeOf<RpcException>());
        _time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 2; i++)
        {
            Assert.That(Ask("first", instance: 1).Number, Is.Not.Zero, "the other one is gone, and this one goes on");
        }

        Assert.That(Ask("first", instance: 2).HeldBy, Is.Not.Null);
    }

    [Test]
    public void Directions_are_taken_under_the_hold_of_now_only_and_the_refusal_says_who_has_it()
    {
        Assert.That(() => _hold.Require(0), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotHeld"));
        var number = Ask("first").Number;
        Assert.That(() => _hold.Require(number), Throws.Nothing);
        var refusal = Assert.Throws<RpcException>(() => _hold.Require(number + 2))!;
        Assert.That(refusal.Code, Is.EqualTo("HeldByOther"));
        Assert.That(refusal.Message, Does.Contain("'first' (certificate of dominator) since").And.Contain("60 s from now").And.Contain("dom ctl take-over"));
    }

    [Test]
    public void A_person_gives_the_machine_to_another_master_and_whoever_waits_is_told()
    {
        var number = Ask("first").Number;
        var lost = _hold.WhenNot(number);
        var taken = _hold.Ask(new PollRequest { Master = "second", TakeOver = true, Reason = "alice: moves" }, "dominator");
        Assert.That(lost.IsCompleted);
        Assert.That(taken.Change, Does.Contain("from 'first'").And.Contain("alice: moves"));
        Assert.That(Ask("first").HeldBy?.Master, Is.EqualTo("second"));
    }

    [Test]
    public void Only_the_holder_lets_go()
    {
        Ask("first");
        Assert.That(_hold.Release(new PollRequest { Master = "second" }, "dominator"), Is.False);
        Assert.That(Ask("second").HeldBy, Is.Not.Null);
        Assert.That(_hold.Release(new PollRequest { Master = "first" }, "dominator"), Is.True);
        Assert.That(Ask("second").Number, Is.Not.Zero);
    }

    [Test]
    public void The_holder_is_known_over_a_restart_of_the_sub_for_a_lifetime()
    {
        Ask("first");
        _time.Advance(TimeSpan.FromHours(1));
        _hold = Open();
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(Ask("second").HeldBy?.Master, Is.EqualTo("first"));
        Assert.That(Ask("first", instance: 9).Number, Is.Not.Zero);

        _hold = Open();
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.That(Ask("second").Number, Is.Not.Zero);
    }

    [Test]
    public void A_damaged_note_of_the_holder_keeps_no_sub_from_starting()
    {
        _directory.ReplaceFile("holder"u8, [0xc1, 0xff]);
        _hold = Open();
        Assert.That(Ask("first").Number, Is.Not.Zero);
    }

    private MachineHold Open() => new(_directory, _time, NullLogger.Instance);

    private HoldAnswer Ask(string master, string user = "dominator", ulong instance = 0, TimeSpan wait = default) =>
        _hold.Ask(new PollRequest { Master = master, Instance = instance, Wait = wait, Lifetime = TimeSpan.FromSeconds(60) }, user);
}
