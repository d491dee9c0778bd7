using Dom.Core.Linux;
using Dom.Roles.Hosting;
using Dom.Roles.Master.State;
using Dom.Tests.Roles.Master;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Hosting;

[CancelAfter(20_000)]
public sealed class DurableFileTests
{
    [Test]
    public async Task What_was_saved_last_is_loaded_and_no_other_file_stays()
    {
        using var directory = new TempDirectory();
        using var handle = DirectoryHandle.Open(directory.Path);
        var state = new SafetyState();
        var file = new DurableFile<SafetyState>(handle, "s.json", MasterStateJson.Default.SafetyState, () => state);
        Assert.That(Load(handle), Is.Null);
        for (var i = 0; i < 3; i++)
        {
            state = new SafetyState { Clears = [new SafetyClearRecord { Hostname = $"h{i}", PlanId = ScriptedSub.Id("p") }] };
            await file.SaveAsync();
            Assert.That(Load(handle)?.Clears[0].Hostname, Is.EqualTo($"h{i}"));
        }

        Assert.That(Directory.GetFileSystemEntries(directory.Path), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task Many_saves_at_once_share_writes_and_none_completes_before_its_state_is_on_disk(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        using var handle = DirectoryHandle.Open(directory.Path);
        var number = 0;
        var snapshots = 0;
        var file = new DurableFile<SafetyState>(handle, "s.json", MasterStateJson.Default.SafetyState, () =>
        {
            Interlocked.Increment(ref snapshots);
            return new SafetyState { Clears = [new SafetyClearRecord { Hostname = $"{Volatile.Read(ref number)}", PlanId = ScriptedSub.Id("p") }] };
        });
        await Parallel.ForAsync(0, 500, cancellationToken, async (_, _) =>
        {
            var mine = Interlocked.Increment(ref number);
            await file.SaveAsync();
            Assert.That(int.Parse(Load(handle)?.Clears[0].Hostname ?? "", System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(mine));
        });
        Assert.That(snapshots, Is.LessThanOrEqualTo(500));
    }

    [Test]
    public async Task A_file_left_half_written_by_a_crash_is_not_looked_at()
    {
        using var directory = new TempDirectory();
        using var handle = DirectoryHandle.Open(directory.Path);
        directory.WriteFile("s.json~", "{ half");
        Assert.That(Load(handle), Is.Null);
        var file = new DurableFile<SafetyState>(handle, "s.json", MasterStateJson.Default.SafetyState, () => new SafetyState());
        await file.SaveAsync();
        Assert.That(Load(handle), Is.Not.Null);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[1]")]
    public void A_damaged_file_is_refused_with_what_to_do(string content)
    {
        using var directory = new TempDirectory();
        using var handle = DirectoryHandle.Open(directory.Path);
        directory.WriteFile("s.json", content);
        Assert.That(() => Load(handle), Throws.TypeOf<InvalidDataException>().With.Message.Contains("s.json").And.Message.Contains("move it away"));
    }

    [Test]
    public async Task A_write_that_fails_is_reported_and_the_old_content_stands()
    {
        using var directory = new TempDirectory();
        using var handle = DirectoryHandle.Open(directory.Path);
        var file = new DurableFile<SafetyState>(handle, "s.json", MasterStateJson.Default.SafetyState, () => new SafetyState());
        await file.SaveAsync();
        directory.CreateDirectory("s.json~", "in the way");
        Assert.That(file.SaveAsync, Throws.InstanceOf<IOException>());
        Assert.That(Load(handle), Is.Not.Null);
        Directory.Delete(directory.Combine("s.json~"), recursive: true);
        await file.SaveAsync();
    }

    private static SafetyState? Load(DirectoryHandle handle) => DurableFile<SafetyState>.Load(handle, "s.json", MasterStateJson.Default.SafetyState);
}
