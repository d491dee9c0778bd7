using System.Collections.Immutable;
using System.Text;
using Dom.Core.Locks;
using Dom.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Dom.Tests.Core.Locks;

/// <summary>The rules of the semaphore and its stored forms.</summary>
public sealed class GroupStateTests
{
    [Test]
    public void A_group_of_three_slots_goes_as_the_specification_shows()
    {
        var group = GroupState.Fresh(3);
        Lock("a", LockOutcome.Granted, 2);
        Lock("a", LockOutcome.AlreadyHeld, 2);
        Lock("b", LockOutcome.Granted, 1);
        Lock("c", LockOutcome.Granted, 0);
        Lock("d", LockOutcome.Full, 0);
        group = group.WithLimit("1", 1);
        Assert.That(group.Available, Is.EqualTo(-2));
        Lock("d", LockOutcome.Full, -2);
        Lock("a", LockOutcome.AlreadyHeld, -2);
        Unlock("x", -2);
        Unlock("a", -1);
        Lock("d", LockOutcome.Full, -1);
        Unlock("b", 0);
        Lock("d", LockOutcome.Full, 0);
        Unlock("c", 1);
        Lock("d", LockOutcome.Granted, 0);
        Assert.That(group.Holders.Single().Grant, Is.EqualTo(4));

        void Lock(string id, LockOutcome outcome, int available)
        {
            Assert.That(group.TryLock(new LockHolder { Id = id }, out group), Is.EqualTo(outcome), id);
            Assert.That(group.Available, Is.EqualTo(available));
        }

        void Unlock(string id, int available)
        {
            group = group.Unlock(id);
            Assert.That(group.Available, Is.EqualTo(available));
        }
    }

    [Test]
    public void Whatever_is_done_the_invariants_hold()
    {
        var step = Gen.Choose(0, 9).SelectMany(static kind => Gen.Choose(0, 7), static (kind, which) => (kind, which));
        var runs = step.ListOf().ToArbitrary();
        Prop.ForAll(runs, static steps =>
        {
            var group = GroupState.Fresh(2);
            var model = new HashSet<string>();
            foreach (var (kind, which) in steps)
            {
                var before = group;
                var id = $"h{which}";
                switch (kind)
                {
                    case < 5:
                        var outcome = group.TryLock(new LockHolder { Id = id }, out group);
                        var expected = model.Contains(id) ? LockOutcome.AlreadyHeld : model.Count < group.Max ? LockOutcome.Granted : LockOutcome.Full;
                        Assert.That(outcome, Is.EqualTo(expected));
                        if (outcome == LockOutcome.Granted)
                        {
                            model.Add(id);
                            Assert.That(group.Holders, Has.Length.LessThanOrEqualTo(group.Max), "I1");
                            Assert.That(group.Grants, Is.EqualTo(before.Grants + 1), "I18");
                        }
                        else
                        {
                            Assert.That(group, Is.SameAs(before), "I4");
                        }

                        break;
                    case < 9:
                        group = group.Unlock(id);
                        Assert.That(ReferenceEquals(group, before), Is.EqualTo(!model.Remove(id)), "I5");
                        break;
                    default:
                        group = group.WithLimit($"{which - 1}", which - 1);
                        Assert.That(group.Holders, Is.EqualTo(before.Holders), "I8");
                        break;
                }

                Assert.That(group.Available, Is.EqualTo(group.Max - group.Holders.Length), "I2");
                Assert.That(group.Holders.Select(h => h.Id), Is.EqualTo(model.Order(StringComparer.Ordinal)), "I3");
                Assert.That(GroupDocument.Write(GroupDocument.Read(GroupDocument.Write(group, DocumentForm.Dom), DocumentForm.Dom), DocumentForm.Dom), Is.EqualTo(GroupDocument.Write(group, DocumentForm.Dom)));
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Counts.Of(200, 20_000)).WithQuietOnSuccess(true));
    }

    [Test]
    public void Documents_are_those_of_locksmith_and_airlock_to_the_byte()
    {
        var group = GroupState.Fresh(1);
        Assert.That(Text(group, DocumentForm.Locksmith, isNew: true), Is.EqualTo("""{"semaphore":1,"max":1,"holders":null}"""));
        Assert.That(Text(group, DocumentForm.Airlock, isNew: true), Is.EqualTo("""{"total_slots":1,"holders":[]}"""));
        group.TryLock(new LockHolder { Id = "aaa", Reason = "kernel" }, out group);
        Assert.That(Text(group, DocumentForm.Locksmith), Is.EqualTo("""{"semaphore":0,"max":1,"holders":["aaa"]}"""));
        Assert.That(Text(group.Unlock("aaa"), DocumentForm.Locksmith), Is.EqualTo("""{"semaphore":1,"max":1,"holders":[]}"""));
        Assert.That(Text(group, DocumentForm.Airlock), Is.EqualTo("""{"total_slots":1,"holders":["aaa"]}"""));
        Assert.That(Text(group, DocumentForm.Dom), Does.StartWith("""{"semaphore":0,"max":1,"holders":["aaa"],"limit":"1",""").And.Contain("kernel"));
    }

    [Test]
    public void Foreign_documents_are_read_as_their_authors_read_them()
    {
        var group = Read("""{"SEMAPHORE":5,"Max":1,"holders":["b","a","b"],"why":{"a":"x"}}""");
        Assert.That(group.Holders.Select(h => h.Id), Is.EqualTo(new[] { "a", "b" }), "sorted and unique, whoever wrote them");
        Assert.That(group.Available, Is.EqualTo(-1), "the number of free slots is never believed");
        Assert.That(Text(group, DocumentForm.Locksmith), Is.EqualTo("""{"semaphore":-1,"max":1,"holders":["a","b"],"why":{"a":"x"}}"""));
        Assert.That(Read("""{"holders":null}""").Max, Is.Zero);
        foreach (var bad in new[] { "", "[]", "null", """{"max":"1"}""", """{"max":1.5}""", """{"max":99999999999}""", """{"holders":[{"id":"a"}]}""", """{"holders":"a"}""", """{"max":1""" })
        {
            Assert.That(() => Read(bad), Throws.TypeOf<LockDocumentException>(), bad);
        }

        static GroupState Read(string text) => GroupDocument.Read(Encoding.UTF8.GetBytes(text), DocumentForm.Locksmith);
    }

    [Test]
    public void A_number_that_another_program_set_counts_over_our_words()
    {
        var group = GroupState.Fresh(4).WithLimit("30%", 4);
        Assert.That(GroupDocument.Read(GroupDocument.Write(group, DocumentForm.Dom), DocumentForm.Dom).Limit, Is.EqualTo("30%"));
        var text = Encoding.UTF8.GetString(GroupDocument.Write(GroupState.Fresh(4), DocumentForm.Dom)).Replace("\"max\":4", "\"max\":2", StringComparison.Ordinal);
        Assert.That(GroupDocument.Read(Encoding.UTF8.GetBytes(text), DocumentForm.Dom), Has.Property("Max").EqualTo(2).And.Property("Limit").EqualTo("2"));
    }

    [Test]
    public void Holders_are_ordered_by_their_bytes()
    {
        string[] names = ["a", "ab", "\uffff", "\U0001f600", "b", "", "é", "A"];
        var sorted = names.Order(HolderOrder.Instance).ToList();
        Assert.That(sorted, Is.EqualTo(names.OrderBy(n => Convert.ToHexString(Encoding.UTF8.GetBytes(n)), StringComparer.Ordinal)));
        Assert.That(GroupState.Fresh(9) with { Holders = [.. names.Select(n => new LockHolder { Id = n })] }, Has.Property("Holders").Matches<ImmutableArray<LockHolder>>(h => h.Select(x => x.Id).SequenceEqual(sorted)));
    }

    [TestCase("default", true)]
    [TestCase("db-1.prod", true)]
    [TestCase(".", false)]
    [TestCase("..", false)]
    [TestCase(".hidden", false)]
    [TestCase("a/b", false)]
    [TestCase("a\n", false)]
    [TestCase("", false)]
    [TestCase("ä", false)]
    public void Names_of_groups_stay_in_their_place(string name, bool good) => Assert.That(LockName.FindGroupFault(name), good ? Is.Null : Is.Not.Null);

    [TestCase("1c09ca98649c4c7abc779cd04c96812e", true)]
    [TestCase("job nightly ü", true)]
    [TestCase("", false)]
    [TestCase("a\nb", false)]
    [TestCase(" a", false)]
    public void Names_of_holders_are_plain(string id, bool good) => Assert.That(LockName.FindIdFault(id), good ? Is.Null : Is.Not.Null);

    [Test]
    public void Names_are_bounded_and_well_formed()
    {
        Assert.That(LockName.FindIdFault("a" + (char)0xd800), Is.Not.Null);
        Assert.That(LockName.FindGroupFault(new string('a', LockName.MaxGroupBytes + 1)), Is.Not.Null);
        Assert.That(LockName.FindIdFault(new string('é', LockName.MaxIdBytes / 2 + 1)), Is.Not.Null);
    }

    private static string Text(GroupState state, DocumentForm form, bool isNew = false) => Encoding.UTF8.GetString(GroupDocument.Write(state, form, isNew));
}
