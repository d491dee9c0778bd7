using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Contracts.Logger;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Core.Contracts;

/// <summary>Every method of every service: for tests that walk them, documentation and the check of method lists in certificates.</summary>
public static class AllMethods
{
    /// <summary>The methods, service by service.</summary>
    public static IReadOnlyList<RpcMethod> List { get; } =
    [
        SubdMethods.Poll, SubdMethods.Fetch, SubdMethods.Update, SubdMethods.GetPlan, SubdMethods.SetComputed, SubdMethods.GetDrift, SubdMethods.Retry,
        SubdMethods.GetSnapshot, SubdMethods.GetFiles, SubdMethods.GetState, SubdMethods.GetConfiguration, SubdMethods.SetSpeeds, SubdMethods.Cleanup,
        SubdMethods.ListFiles, SubdMethods.PushFile, SubdMethods.Delete, SubdMethods.RestartService,
        ImageServerMethods.BeginUpload, ImageServerMethods.AddImage, ImageServerMethods.GetImage, ImageServerMethods.ListImages,
        ImageServerMethods.DeleteImage, ImageServerMethods.CheckImage, ImageServerMethods.CollectGarbage,
        ImageServerMethods.ChangeImageExpiration, ImageServerMethods.FindLatestImage, ImageServerMethods.GetImageUsageEstimate,
        ImageServerMethods.MakeDirectory, ImageServerMethods.ChownDirectory, ImageServerMethods.ChangeDirectoryExpiry,
        ImageServerMethods.DeleteDirectory, ImageServerMethods.ListDirectories,
        ObjectServerMethods.CheckObjects, ObjectServerMethods.AddObjects, ObjectServerMethods.GetObjects,
        DominatorMethods.DisableUpdates, DominatorMethods.EnableUpdates, DominatorMethods.GetStatus, DominatorMethods.ListSubs,
        DominatorMethods.GetInfoForSubs, DominatorMethods.WatchSubs, DominatorMethods.GetSubPlan, DominatorMethods.ClearSafetyShutoff, DominatorMethods.ClearHalt,
        MdbServerMethods.GetMdb, MdbServerMethods.GetMdbUpdates, MdbServerMethods.GetMachine, MdbServerMethods.ListImages, MdbServerMethods.GetStatus,
        MdbServerMethods.PauseUpdates, MdbServerMethods.ResumeUpdates, MdbServerMethods.AcceptShrink,
        DominatorMethods.PauseSubs, DominatorMethods.ResumeSubs, DominatorMethods.RetrySubs, DominatorMethods.FastUpdate,
        DominatorMethods.GetDefaultImage, DominatorMethods.SetDefaultImage, DominatorMethods.GetHistory, DominatorMethods.GetDrift,
        DominatorMethods.ConfigureSubs, DominatorMethods.GetSubsConfiguration, DominatorMethods.ForceDisruptiveUpdate, DominatorMethods.TakeOverSubs, DominatorMethods.AcceptMachineList,
        LoggerMethods.GetLines, LoggerMethods.Watch, LoggerMethods.GetLevels, LoggerMethods.SetLevel,
        FileGeneratorMethods.Generate,
        LockManagerMethods.Lock, LockManagerMethods.Unlock, LockManagerMethods.ForceUnlock, LockManagerMethods.GetStatus, LockManagerMethods.List,
        LockManagerMethods.SetMax, LockManagerMethods.Freeze, LockManagerMethods.GetLog, LockManagerMethods.Watch,
    ];
}
