using Dom.Core.Linux;
using Dom.Roles.Hosting;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

[CancelAfter(30_000)]
public sealed class OwnProgramTests
{
    [Test]
    public async Task The_program_is_replaced_after_everything_else(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        await using var tree = new UpdateTree(temp.Path);
        tree.Write("/usr/bin/dom", "old");
        tree.Write("/usr/bin/other", "old");
        tree.Write("/gone/x", "x");
        tree.Write("/mode", "m");
        tree.File_("/usr/bin/dom", "new").File_("/usr/bin/other", "new").Mode("/mode", 0x180).Delete("/gone/x").RemoveDirectory("/gone");
        var seen = new List<string>();
        FailPoint.Passing = place =>
        {
            if (place is FailPoint.Installed or FailPoint.MetadataSet or FailPoint.Removed or FailPoint.RemovedDirectory)
            {
                seen.Add(tree.Read("/usr/bin/dom"));
            }
        };
        try
        {
            var order = tree.Order() with { OwnProgram = new HashSet<UnixPath> { UnixPath.Of("/usr/bin/dom") } };
            Assert.That((await tree.Engine().ApplyAsync(order, cancellationToken)).Code, Is.EqualTo(UpdateCode.Done));
        }
        finally
        {
            FailPoint.Passing = null;
        }

        Assert.That(seen, Is.EqualTo(["old", "old", "old", "old", "new"]));
    }

    [Test]
    public async Task A_service_manager_is_not_told_to_restart_a_program_that_ends_by_itself(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        await using var tree = new UpdateTree(temp.Path);
        tree.Write("/usr/bin/dom", "old");
        tree.Write("/etc/dom.conf", "old");
        var services = new RecordingServices();
        var engine = tree.Engine(services);
        var self = new Dom.Core.Trees.Triggers.TriggerActions { RestartSelf = true };
        var own = new HashSet<UnixPath> { UnixPath.Of("/usr/bin/dom") };

        await engine.ApplyAsync(tree.File_("/usr/bin/dom", "new").Order(self) with { OwnProgram = own, Self = "dom-sub" }, cancellationToken);
        Assert.That(services.Log, Is.Empty);
        await engine.ApplyAsync(tree.Clear().File_("/etc/dom.conf", "new").Order(self) with { OwnProgram = own, Self = "dom-sub" }, cancellationToken);
        Assert.That(services.Log, Is.EqualTo(["Restart dom-sub"]));
    }

    [Test]
    public void A_program_is_replaced_when_another_file_stands_at_one_of_its_paths()
    {
        using var temp = new TempDirectory();
        var (executable, library) = (temp.WriteFile("dom", "1"), temp.WriteFile("dom.dll", "1"));
        var program = new OwnProgram(executable, ["dom", "run"], [executable, library, temp.Combine("not-there")]);
        Assert.That((program.IsReplaced, program.Files), Is.EqualTo((false, new[] { executable, library })));

        File.WriteAllText(library, "changed in place is the same file");
        Assert.That(program.IsReplaced, Is.False);
        File.Move(temp.WriteFile("new", "2"), library, overwrite: true);
        Assert.That(program.IsReplaced, Is.True);
        File.Delete(library);
        Assert.That(program.IsReplaced, Is.False, "nothing is there to be started");
    }
}
