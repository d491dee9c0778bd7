using System.Buffers;
using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;

namespace Dom.Roles.Sub.Update;

/// <summary>The life of an update, in order.</summary>
internal static class UpdateStages
{
    /// <summary>What can be halted at any time. Nothing in the tree is touched and no service is stopped.</summary>
    public static IReadOnlyList<IUpdateStage> Preparation { get; } =
    [
        new CheckOldInodes(),
        new StageNewInodes(),
        new WriteJournal(),
        new MakeDurable(),
        new CheckOldInodesAgain(),
    ];

    /// <summary>What cannot be halted, but can still fail without a trace in the tree; the last of these is the point of no return.</summary>
    public static IReadOnlyList<IUpdateStage> Commitment { get; } =
    [
        new StopServices(),
        new CommitToSwap(),
    ];

    /// <summary>From the first rename to the end.</summary>
    public static IReadOnlyList<IUpdateStage> FromSwap { get; } =
    [
        new Swap(),
        new StartServices(),
        new FinishJournal(),
    ];

    private sealed class CheckOldInodes : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Preparing;

        public Task RunAsync(UpdateRun run, CancellationToken halt)
        {
            var missing = run.Order.Plan.MissingComputed;
            return missing.IsEmpty
                ? Task.Run(() => run.Check.Look(halt), CancellationToken.None)
                : throw new UpdateAbortedException(UpdateCode.PrepareFailed, $"{missing[0]}: the content of this computed file is not known");
        }
    }

    private sealed class StageNewInodes : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Preparing;

        public Task RunAsync(UpdateRun run, CancellationToken halt) => Task.Run(() => run.Stager.Stage(halt), CancellationToken.None);
    }

    private sealed class WriteJournal : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Preparing;

        public Task RunAsync(UpdateRun run, CancellationToken halt)
        {
            Write(run, halt);
            return Task.CompletedTask;
        }

        /// <summary>Writes the journal anew without the steps that were left out. A crash before it is durable is one before the swap.</summary>
        public static void WriteAgain(UpdateRun run, CancellationToken halt)
        {
            run.Journal!.Remove();
            run.Journal.Dispose();
            run.Journal = null;
            Write(run, halt);
            run.Site.Private.Sync();
        }

        private static void Write(UpdateRun run, CancellationToken halt)
        {
            run.Journal = Journal.Create(run.Site.Private, run.Header);
            var steps = new List<SwapStep>(run.Drafts.Drafts.Count);
            foreach (var draft in run.Drafts.Drafts)
            {
                halt.ThrowIfCancellationRequested();
                var step = ToStep(draft);
                run.Journal.Append(step);
                steps.Add(step);
            }

            run.Journal.Flush();
            run.Steps = steps;
        }

        private static SwapStep ToStep(StepDraft draft) => new()
        {
            Action = draft.Action,
            Path = draft.Path,
            Staged = draft.Staged,
            MovedPrefix = draft.MovedPrefix,
            Old = draft.Seen.Inode == 0 ? default : InodeIdentity.Of(draft.Seen),
            New = draft.New,
            Metadata = draft.Action == SwapAction.SetMetadata || BringsDirectory(draft) ? Encode(draft.Plan.New) : default,
            OldContent = OldContent(draft),
        };

        private static ObjectId OldContent(StepDraft draft)
        {
            var old = draft.Action is SwapAction.Install or SwapAction.Remove ? draft.Plan.Old.ReadInode() : default;
            return old is { Kind: InodeKind.Regular, Size: > 0, IsUnread: false } ? old.Content : default;
        }

        private static bool BringsDirectory(StepDraft draft) =>
            draft.Action == SwapAction.Install && draft.Plan.New.ReadInode().Kind == InodeKind.Directory;

        private static byte[] Encode(EntryRef entry)
        {
            var buffer = new ArrayBufferWriter<byte>();
            var writer = new MessagePackWriter(buffer);
            DirectoryBlock.WriteEntry(ref writer, entry.Name.Span, entry.ReadInode());
            writer.Flush();
            return buffer.WrittenSpan.ToArray();
        }
    }

    private sealed class MakeDurable : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Preparing;

        public async Task RunAsync(UpdateRun run, CancellationToken halt)
        {
            await Task.Run(run.Staging.Directory.SyncFileSystem, CancellationToken.None);
            FailPoint.Pass(FailPoint.Synced);
        }
    }

    private sealed class CheckOldInodesAgain : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Preparing;

        public Task RunAsync(UpdateRun run, CancellationToken halt) => Task.Run(() => Look(run, halt), CancellationToken.None);

        private static void Look(UpdateRun run, CancellationToken halt)
        {
            run.Check.LookAgain(run.Stager.Linked, halt);
            if (run.Drafts.Cut())
            {
                foreach (var number in run.Drafts.Unused)
                {
                    run.Staging.Remove(number);
                }

                WriteJournal.WriteAgain(run, halt);
            }
        }
    }

    private sealed class StopServices : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Stopping;

        public Task RunAsync(UpdateRun run, CancellationToken halt) => run.Services.StopAsync(run.Order.Services.Stop, CancellationToken.None);
    }

    private sealed class CommitToSwap : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Stopping;

        public Task RunAsync(UpdateRun run, CancellationToken halt)
        {
            // A sub whose own program is replaced ends by itself when all is done, and the new one starts: no service manager needs to be told before.
            var replaced = run.Steps.Any(step => step.Action == SwapAction.Install && run.Order.OwnProgram.Contains(step.Path));
            var services = run.Order.Services;
            run.Services.Plan(ServiceAction.After(services with { RestartSelf = services.RestartSelf && !replaced }, run.Order.Self));
            run.Journal!.BeginSwap();
            return Task.CompletedTask;
        }
    }

    private sealed class Swap : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Swapping;

        public Task RunAsync(UpdateRun run, CancellationToken halt)
        {
            var started = run.Time.GetTimestamp();
            run.Swapper.Run(run.Steps, again: false);
            run.SwapTime = run.Time.GetElapsedTime(started);
            return Task.CompletedTask;
        }
    }

    private sealed class StartServices : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Starting;

        public Task RunAsync(UpdateRun run, CancellationToken halt) => run.Services.SettleAsync(CancellationToken.None);
    }

    private sealed class FinishJournal : IUpdateStage
    {
        public SubPhase Phase => SubPhase.Starting;

        public async Task RunAsync(UpdateRun run, CancellationToken halt)
        {
            run.Kept = run.Staging.Keep(run.Steps);
            if (run.Header.Previous is { } previous)
            {
                run.Previous.Take(run.Staging, run.Steps, previous);
            }

            await Task.Run(run.Site.Root.SyncFileSystem, CancellationToken.None);
            run.Reboots = run.Services.RebootDue;
            run.Concluding(run.Finish());
            run.Services.RebootNoted();
            run.Journal!.Finish();
            run.Staging.Discard();
        }
    }
}
