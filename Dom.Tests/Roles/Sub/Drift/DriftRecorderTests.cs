using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Sub.Drift;
using Dom.Roles.Sub.Update;
using Dom.Tests.Core.Trees.Comparison;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Drift;

/// <summary>What a crash interrupts: the process that corrects is not the one that records.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DriftRecorderTests : IDisposable
{
    private static readonly ImageReference Image = new() { Name = "test/1", Manifest = ObjectId.Of("manifest"u8) };

    private readonly TempDirectory _temp = new();
    private readonly DirectoryHandle _directory;
    private readonly Plan _plan = new ModelTree().File("/a", "drift").File("/extra").Compare(new ModelTree().File("/a").File("/b"));

    public DriftRecorderTests() => _directory = DirectoryHandle.Open(_temp.Path);

    public void Dispose()
    {
        _directory.Dispose();
        _temp.Dispose();
    }

    [Test]
    public void A_correction_that_the_next_process_finishes_is_recorded_once()
    {
        Run(recorder => recorder.Begin(_plan, Image, Image));

        Run(recorder => recorder.Settle(Outcome()));
        Run(recorder => recorder.Settle(Outcome()));

        Assert.That(Recorded(), Is.EqualTo(["/b Missing", "/a Changed", "/extra Extra"]));
    }

    [Test]
    public void What_was_not_corrected_is_not_recorded()
    {
        Run(recorder => recorder.Begin(_plan, Image, Image));
        Run(recorder => recorder.Settle(Outcome() with { Held = [new StepFault(UnixPath.Of("/a"), "another file")], Failures = [new StepFault(UnixPath.Of("/b"), "no space")] }));
        Assert.That(Recorded(), Is.EqualTo(["/extra Extra"]));
    }

    [Test]
    public void An_update_without_a_swap_of_another_plan_or_to_another_image_records_nothing([Values("no swap", "another plan", "another image", "dropped")] string what)
    {
        Run(recorder => recorder.Begin(_plan, Image, what == "another image" ? Image with { Manifest = ObjectId.Of("before"u8) } : Image));
        if (what == "dropped")
        {
            Run(static recorder => recorder.Drop());
        }

        var outcome = Outcome();
        Run(recorder => recorder.Settle(what switch
        {
            "no swap" => outcome with { Swapped = false },
            "another plan" => outcome with { Header = outcome.Header with { PlanId = ObjectId.Of("other"u8) } },
            _ => outcome,
        }));
        Assert.That(Recorded(), Is.Empty);
    }

    private UpdateOutcome Outcome() => new() { Header = new JournalHeader(_plan.Id, Image), Code = UpdateCode.Done, Swapped = true };

    private string[] Recorded()
    {
        using var log = DriftLog.Open(_directory);
        return [.. log.Read(new GetDriftRequest()).SelectMany(static p => p.Records).Select(static r => $"{r.Path} {r.Kind}")];
    }

    private void Run(Action<DriftRecorder> action)
    {
        using var log = DriftLog.Open(_directory);
        action(new DriftRecorder(_directory, log, new ContestedPaths(TimeProvider.System), TimeProvider.System));
    }
}
