using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub.Update;

/// <summary>One stage of an update.</summary>
internal interface IUpdateStage
{
    /// <summary>What polls report while it runs.</summary>
    SubPhase Phase { get; }

    /// <summary>Does its part. Stages before the swap throw <see cref="UpdateAbortedException"/> to end the update.</summary>
    Task RunAsync(UpdateRun run, CancellationToken halt);
}
