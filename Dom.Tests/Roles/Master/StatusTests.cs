using System.Net.Sockets;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

/// <summary>Each status of docs/master.md is brought about once.</summary>
[CancelAfter(30_000)]
public sealed class StatusTests
{
    private static readonly IReadOnlyDictionary<string, string> Group = new Dictionary<string, string> { [MachineTags.DisruptionGroup] = "db" };

    public static IEnumerable<string> Words => MachineStatuses.All.Select(s => s.Word());

    [TestCaseSource(nameof(Words))]
    public async Task A_machine_comes_to_have_the_status(string word, CancellationToken cancellationToken)
    {
        Assert.That(MachineStatuses.TryParse(word, out var status));
        await using var rig = new MasterRig();
        var scene = Make(status);
        rig.Options = scene.Options(rig.Options);
        var manifest = rig.Images.Add("web/1");
        var names = Enumerable.Range(0, scene.Machines).Select(i => $"m{i}").ToArray();
        foreach (var name in names)
        {
            var sub = rig.Add(name, ScriptedSub.Obedient(applied: scene.IsApplied ? manifest : null));
            scene.Prepare(sub, manifest);
            if (scene.Fault is { } fault)
            {
                rig.Channels[name] = new BrokenChannel(() => fault, rig.Clock);
            }
        }

        rig.WriteList([.. names.Select(n => scene.Entry(new Machine { Hostname = n, RequiredImage = "web/1" }))]);
        await rig.StartAsync(cancellationToken);
        if (scene.Report is { } report)
        {
            await rig.WhenAsync("m0", MachineStatus.Synced, cancellationToken);
            rig.Subs["m0"].Set(s => report(s, manifest));
        }

        await rig.WhenAsync(
            () => rig.Fleet.Count()[status] > 0, () => string.Join(", ", rig.Fleet.Count().Where(c => c.Value > 0)), cancellationToken, step: scene.Step);
        Assert.That(status is MachineStatus.Synced or MachineStatus.HeldByOther || !status.IsAlive() || status.IsDeviant());
    }

    private static Scene Make(MachineStatus status) => status switch
    {
        MachineStatus.Unknown => new Scene { Machines = 2, Options = o => o with { MaxConnecting = 1 }, Prepare = (sub, _) => sub.IsSilent = true },
        MachineStatus.Connecting => new Scene { Prepare = (sub, _) => sub.IsSilent = true },
        MachineStatus.DnsError => Unreachable(SocketError.HostNotFound),
        MachineStatus.ConnectionRefused => Unreachable(SocketError.ConnectionRefused),
        MachineStatus.NoRoute => Unreachable(SocketError.NetworkUnreachable),
        MachineStatus.ConnectTimeout => Unreachable(SocketError.TimedOut),
        MachineStatus.ConnectFailed => Unreachable(SocketError.ProtocolNotSupported),
        MachineStatus.BadCertificate => new Scene { Fault = new RpcException(RpcStatus.Unauthenticated, "expired", RpcErrorCode.CertificateExpired) },
        MachineStatus.PollDenied => new Scene { Fault = new RpcException(RpcStatus.PermissionDenied, "no") },
        MachineStatus.PollFailed => new Scene { Fault = new RpcException(RpcStatus.Internal, "no") },
        MachineStatus.HeldByOther => Reports((s, _) => s with { HeldBy = new MasterHold { Master = "first/1", User = "dominator" } }),
        MachineStatus.Unwritable => Reports((s, _) => s with { LastWriteError = "read-only file system" }),
        MachineStatus.SubNotReady => Reports((s, _) => s with { Phase = SubPhase.Scanning }),
        MachineStatus.ImageUndefined => new Scene { Entry = m => m with { RequiredImage = "" } },
        MachineStatus.ImageNotReady => new Scene { Entry = m => m with { RequiredImage = "nothing/1" } },
        MachineStatus.ImageUnusable => Reports((s, _) => s with { RequiredReadiness = ImageReadiness.Unusable }),
        MachineStatus.InsufficientSpace => Reports((s, _) => s with { RequiredReadiness = ImageReadiness.InsufficientSpace }),
        MachineStatus.WaitingToFetch => new Scene
        {
            Machines = 2,
            Options = o => o with { MaxFetching = 1 },
            Prepare = (sub, _) => sub.OnFetch = (me, _) => me.Set(s => s with { Phase = SubPhase.Fetching }),
        },
        MachineStatus.Fetching => new Scene { Prepare = (sub, _) => sub.OnFetch = (me, _) => me.Set(s => s with { Phase = SubPhase.Fetching }) },
        MachineStatus.FetchDenied => new Scene { Prepare = (sub, _) => sub.FetchFault = new RpcException(RpcStatus.PermissionDenied, "no") },
        MachineStatus.FetchFailed => new Scene
        {
            Prepare = (sub, manifest) => sub.OnFetch = (me, _) => me.Set(s => s with
            {
                RequiredReadiness = ImageReadiness.NeedsObjects,
                Plan = ScriptedSub.Plan(manifest, 3),
                LastFetchError = "cut off",
            }),
        },
        MachineStatus.ComputingUpdate => Reports((s, _) => s with { RequiredReadiness = ImageReadiness.Comparing }),
        MachineStatus.MissingComputedFile => Reports((s, _) => s with { RequiredReadiness = ImageReadiness.MissingComputedFile }),
        MachineStatus.UpdatesDisabled => Reports((s, m) => s with { Plan = ScriptedSub.Plan(m, 1) }) with { Entry = m => m with { DisableUpdates = true } },
        MachineStatus.UnsafeUpdate => Reports((s, m) => s with { AppliedManifest = default, Plan = ScriptedSub.Plan(m, 70, deletions: 70) }),
        MachineStatus.ImageHalted => Fails() with { Options = o => o with { MaxFailures = CountOrPercent.Parse("1") }, Step = TimeSpan.FromSeconds(5) },
        MachineStatus.DisruptionRequested => Updating(SubPhase.Swapping) with
        {
            Machines = 2,
            Options = o => o with { MaxUpdating = CountOrPercent.Parse("2") },
            Entry = m => m with { Tags = Group },
            Prepare = (sub, manifest) =>
            {
                sub.OnFetch = (me, _) => me.Set(s => s with { RequiredReadiness = ImageReadiness.Ready, Plan = ScriptedSub.Plan(manifest, 3) with { HighImpact = true } });
                sub.StopsIn(SubPhase.Swapping);
            },
        },
        MachineStatus.DisruptionDenied => Asks(DisruptionState.Denied),
        MachineStatus.DisruptionFailed => Asks(DisruptionState.Failed),
        MachineStatus.Rebooting => Reports((s, _) => s with { Reboot = RebootState.Due, RebootReason = "updates are stopped" }),
        MachineStatus.RebootHeld => Reports((s, _) => s with { Reboot = RebootState.Held, RebootReason = "it has rebooted twice" }),
        MachineStatus.WaitingForTurn => Updating(SubPhase.Swapping) with { Machines = 2, Options = o => o with { MaxUpdating = CountOrPercent.Parse("1") } },
        MachineStatus.SendingUpdate => new Scene { Prepare = (sub, _) => sub.UpdateAnswer = new TaskCompletionSource().Task },
        MachineStatus.Updating => Updating(SubPhase.Preparing),
        MachineStatus.UpdateDenied => new Scene { Prepare = (sub, _) => sub.UpdateFault = new RpcException(RpcStatus.PermissionDenied, "no") },
        MachineStatus.UpdateFailed => Fails(),
        MachineStatus.RolledBack => Reports((s, _) => s with { RequiredReadiness = ImageReadiness.RolledBack, RolledBackReason = "sshd did not start" }),
        MachineStatus.WayBackFailed => Reports((s, _) => s with { RequiredReadiness = ImageReadiness.WayBackFailed, RolledBackReason = "nothing was kept" }),
        MachineStatus.AwaitingHealth => Reports((s, _) => s with { AwaitsHealth = true }),
        MachineStatus.Contested => Reports((s, m) => s with { Plan = ScriptedSub.Empty(m) with { Contested = 1 } }),
        MachineStatus.ServicesDown => Reports((s, _) => s with { ServicesDown = true }),
        MachineStatus.Blocked => Reports((s, m) => s with { Plan = ScriptedSub.Empty(m) with { Blocked = 1 } }),
        MachineStatus.Incomplete => Reports((s, m) => s with { Plan = ScriptedSub.Empty(m) with { Unknown = 1 } }),
        MachineStatus.Synced => new Scene(),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "nothing is known that brings this status about"),
    };

    private static Scene Unreachable(SocketError error) => new() { Fault = new RpcException(RpcStatus.Unavailable, "no", innerException: new SocketException((int)error)) };

    private static Scene Reports(Func<PollResponse, ObjectId, PollResponse> report) => new() { IsApplied = true, Report = report };

    private static Scene Asks(DisruptionState state) =>
        Reports((s, m) => s with { Plan = ScriptedSub.Plan(m, 3) with { HighImpact = true }, Disruption = state, DisruptionReason = "the maintenance window is over" });

    private static Scene Updating(SubPhase phase) => new()
    {
        Prepare = (sub, _) => sub.OnUpdate = (me, direction) => me.Set(s => s with { Phase = phase, RunningPlan = direction.PlanId }),
    };

    private static Scene Fails() => new()
    {
        Prepare = (sub, _) => sub.OnUpdate = (me, direction) => me.Set(s => s with
        {
            LastUpdatePlan = direction.PlanId,
            LastUpdateError = "it broke",
            LastUpdateErrorCode = "SwapIncomplete",
        }),
    };

    /// <summary>How a status is brought about.</summary>
    private sealed record Scene
    {
        public int Machines { get; init; } = 1;

        public bool IsApplied { get; init; }

        public Func<MasterOptions, MasterOptions> Options { get; init; } = o => o;

        public Func<Machine, Machine> Entry { get; init; } = m => m;

        public Action<ScriptedSub, ObjectId> Prepare { get; init; } = (_, _) => { };

        public RpcException? Fault { get; init; }

        public Func<PollResponse, ObjectId, PollResponse>? Report { get; init; }

        public TimeSpan Step { get; init; }
    }
}
