using System.Buffers;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Roles.Sub.Update;
using Dom.Tests.Faults;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class JournalTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly DirectoryHandle _directory;

    public JournalTests() => _directory = DirectoryHandle.Open(_temp.Path);

    private string JournalFile => _temp.Combine("journal");

    public void Dispose()
    {
        _directory.Dispose();
        _temp.Dispose();
    }

    [Test]
    public void What_was_written_is_read_back()
    {
        var steps = Write();

        var content = Journal.Open(_directory, out var journal);

        using (journal)
        {
            Assert.That(content!.Header, Is.EqualTo(new JournalHeader(UpdateTree.Image.Manifest, UpdateTree.Image)));
            Assert.That(content.SwapBegan, Is.True);
            Assert.That(content.SwapDone, Is.False);
            Assert.That(content.Steps.Select(s => s with { Metadata = default }), Is.EqualTo(steps.Select(s => s with { Metadata = default })));
            Assert.That(content.Steps[1].Metadata.ToArray(), Is.EqualTo(steps[1].Metadata.ToArray()));
        }
    }

    [Test]
    public void The_way_back_is_part_of_it()
    {
        var header = new JournalHeader(UpdateTree.Image.Manifest, UpdateTree.Image, FaultScenario.Previous);
        var step = new SwapStep { Action = SwapAction.Remove, Path = UnixPath.Of("/gone"), OldContent = ObjectId.Of("gone"u8) };
        using (var written = Journal.Create(_directory, header))
        {
            written.Append(step);
            written.BeginSwap();
        }

        var content = Journal.Open(_directory, out var journal)!;
        journal!.Dispose();
        Assert.That((content.Header, content.Steps.Single().OldContent), Is.EqualTo((header, step.OldContent)));
    }

    [Test]
    public void A_journal_of_the_version_before_is_read()
    {
        var (output, checksum) = (new ArrayBufferWriter<byte>(), 0u);
        void Append(WriteRecord write)
        {
            var payload = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(payload);
            write(ref writer);
            writer.Flush();
            RecordFrames.Append(output, payload.WrittenSpan, ref checksum);
        }

        Append((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(6);
            writer.Write(1u);
            writer.Write(1);
            writer.Write(ObjectId.Of("plan"u8));
            writer.Write("test/1");
            writer.Write(UpdateTree.Image.Manifest);
            writer.Write(default(ObjectId));
        });
        Append((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(10);
            writer.Write(2u);
            writer.Write((uint)SwapAction.Remove);
            writer.Write(UnixPath.Of("/gone"));
            writer.Write(-1);
            writer.Write(0);
            for (var i = 0; i < 4; i++)
            {
                writer.Write(7ul);
            }

            writer.WriteBinary([]);
        });
        Append((ref MessagePackWriter writer) =>
        {
            writer.WriteArrayHeader(1);
            writer.Write(3u);
        });
        File.WriteAllBytes(JournalFile, output.WrittenSpan.ToArray());

        var content = Journal.Open(_directory, out var journal)!;
        journal!.Dispose();
        Assert.That((content.Header, content.SwapBegan), Is.EqualTo((new JournalHeader(ObjectId.Of("plan"u8), UpdateTree.Image), true)));
        Assert.That((content.Steps.Single().Path, content.Steps[0].OldContent.IsNone), Is.EqualTo((UnixPath.Of("/gone"), true)));
    }

    private delegate void WriteRecord(ref MessagePackWriter writer);

    [Test]
    public void A_journal_cut_at_any_byte_is_read_up_to_the_cut()
    {
        var steps = Write();
        var bytes = File.ReadAllBytes(JournalFile);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(JournalFile, bytes[..length]);

            var content = Journal.Open(_directory, out var journal)!;

            journal!.Dispose();
            Assert.That(content.SwapBegan, Is.False, $"cut at {length}");
            Assert.That(content.Steps.Select(s => s.Path), Is.EqualTo(steps.Take(content.Steps.Count).Select(s => s.Path)), $"cut at {length}");
        }
    }

    [Test]
    public void A_changed_byte_anywhere_ends_the_reading_before_it()
    {
        Write();
        var bytes = File.ReadAllBytes(JournalFile);
        for (var place = 0; place < bytes.Length; place++)
        {
            var changed = (byte[])bytes.Clone();
            changed[place] ^= 0x40;
            File.WriteAllBytes(JournalFile, changed);

            var content = Journal.Open(_directory, out var journal)!;

            journal!.Dispose();
            Assert.That(content.SwapBegan, Is.False, $"changed at {place}");
        }
    }

    [Test]
    public void Records_can_be_added_after_a_cut()
    {
        Write();
        var bytes = File.ReadAllBytes(JournalFile);
        File.WriteAllBytes(JournalFile, bytes[..^3]);
        Journal.Open(_directory, out var journal);
        journal!.BeginSwap();
        journal.Dispose();

        Assert.That(Journal.Open(_directory, out var again)!.SwapBegan, Is.True);
        again!.Dispose();
    }

    private SwapStep[] Write()
    {
        SwapStep[] steps =
        [
            new() { Action = SwapAction.Install, Path = UnixPath.Of("/etc/passwd"), Staged = 0, New = new InodeIdentity(17, 42) },
            new() { Action = SwapAction.SetMetadata, Path = new UnixPath("/bin/\xff\xfe"u8.ToArray()), Old = new InodeIdentity(ulong.MaxValue, 1), Metadata = new byte[300] },
            new() { Action = SwapAction.Remove, Path = UnixPath.Of("/lib/x"), Staged = 3, MovedPrefix = 4, Old = new InodeIdentity(5, 6) },
        ];
        using var journal = Journal.Create(_directory, new JournalHeader(UpdateTree.Image.Manifest, UpdateTree.Image));
        foreach (var step in steps)
        {
            journal.Append(step);
        }

        journal.Flush();
        journal.BeginSwap();
        return steps;
    }
}
