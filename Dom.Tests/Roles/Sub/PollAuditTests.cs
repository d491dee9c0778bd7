using System.Text.Json;

namespace Dom.Tests.Roles.Sub;

/// <summary>A poll decides what a machine is to be: what it changes is written down.</summary>
[CancelAfter(120_000)]
public sealed class PollAuditTests
{
    [Test]
    public async Task A_poll_that_changes_image_halt_or_master_is_audited_and_others_are_not(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        for (var i = 0; i < 4; i++)
        {
            await rig.PollAsync(cancellationToken);
        }

        rig.Halt = true;
        await rig.PollAsync(cancellationToken);
        var entries = await ReadAuditAsync(rig, cancellationToken);
        Assert.That(entries, Has.Count.EqualTo(2));
        Assert.That(entries[0], Does.Contain("the required image is test/1").And.Contain("it was none").And.Contain("the master 'test' polls"));
        Assert.That(entries[1], Is.EqualTo("updates are stopped"));
    }

    private static async Task<List<string>> ReadAuditAsync(SubRig rig, CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(rig.Root, ".subd", "audit.log"), cancellationToken);
        return [.. lines.Select(static line => JsonDocument.Parse(line).RootElement)
            .Where(static e => e.GetProperty("method").GetString() == "Subd.Poll").Select(static e => e.GetProperty("reason").GetString() ?? "")];
    }
}
