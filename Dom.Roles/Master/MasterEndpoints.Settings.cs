using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Records;

namespace Dom.Roles.Master;

/// <summary>What people set for the whole fleet: the default image, speeds, a machine list that the guard refused.</summary>
internal sealed partial class MasterEndpoints
{
    private void MapSettings(RpcRouter router)
    {
        router.Map(DominatorMethods.GetDefaultImage, (_, _, _) => ValueTask.FromResult(master.DefaultImage.State));
        router.Map(DominatorMethods.SetDefaultImage, SetDefaultImageAsync);
        router.Map(DominatorMethods.GetSubsConfiguration, (_, _, _) => ValueTask.FromResult(master.SubsConfiguration.State));
        router.Map(DominatorMethods.ConfigureSubs, ConfigureSubsAsync);
        router.Map(DominatorMethods.AcceptMachineList, AcceptMachineListAsync);
    }

    private async ValueTask<DefaultImage> SetDefaultImageAsync(DefaultImageRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, request.Image.Length > 0 ? request.Image : "none");
        try
        {
            await master.SetDefaultImageAsync(request.Image, call.Caller.User, reason, cancellationToken);
        }
        catch (IOException fault)
        {
            throw NotDurable("the default image stays as it was", fault);
        }

        master.History.AddControl(MachineHistory.Fleet, "set-default-image", call.Caller.User, reason, request.Image);
        LogDefaultImage(logger, call.Caller.User, request.Image.Length > 0 ? request.Image : "none", reason);
        return master.DefaultImage.State;
    }

    private async ValueTask<SubsConfiguration> ConfigureSubsAsync(ConfigureSubsRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var text = Describe(request.Settings);
        var reason = Reason(request.Reason, call, text);
        if (request.Settings is not { ScanSpeedPercent: >= 0 and <= 100, NetworkSpeedPercent: >= 0 and <= 100 })
        {
            throw new RpcException(RpcStatus.InvalidArgument, "speeds are percentages from 0 (as configured on the machine) to 100");
        }

        try
        {
            var state = new SubsConfiguration { Settings = request.Settings, User = call.Caller.User, Reason = reason, Since = master.Clock.GetUtcNow() };
            await master.SubsConfiguration.SetAsync(state, cancellationToken);
        }
        catch (IOException fault)
        {
            throw NotDurable("the configuration of the subs stays as it was", fault);
        }

        master.History.AddControl(MachineHistory.Fleet, $"configure-subs {text}", call.Caller.User, reason);
        LogConfigured(logger, call.Caller.User, text, reason);
        master.Fleet.WakeAll();
        return master.SubsConfiguration.State;
    }

    private async ValueTask<MachineListResponse> AcceptMachineListAsync(ReasonRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var reason = Reason(request.Reason, call, "machine list");
        var lost = await master.AcceptListAsync(cancellationToken);
        master.History.AddControl(MachineHistory.Fleet, $"accept-machine-list, {lost} machines gone", call.Caller.User, reason);
        LogListAccepted(logger, call.Caller.User, lost, reason);
        return new MachineListResponse { Machines = master.List.Count, Lost = lost };
    }

    private static string Describe(SubSettings settings) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"scan {settings.ScanSpeedPercent}%, network {settings.NetworkSpeedPercent}%");
}
