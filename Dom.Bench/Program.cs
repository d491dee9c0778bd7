using Dom.Bench;
using Dom.Bench.Fleet;

switch (args)
{
    case ["scan", .. var rest]: return await ScanBench.RunAsync(rest);
    case ["push", .. var rest]: return await PushBench.RunAsync(rest);
    case ["restart", .. var rest]: return await RestartBench.RunAsync(rest);
    case ["converge", .. var rest]: return await ConvergeBench.RunAsync(rest);
    case ["fleet", .. var rest]: return await FleetBench.RunAsync(rest);
    case ["fleet-subs", .. var rest]: return await FleetSubs.RunAsync(rest);
    case ["locks", .. var rest]: return await LocksBench.RunAsync(rest);
    case ["machines", .. var rest]: return await MachinesBench.RunAsync(rest);
    case ["memory", .. var rest]: return await MasterMemoryBench.RunAsync(rest);
    case ["pages", .. var rest]: return await PagesBench.RunAsync(rest);
    case ["watch", .. var rest]: return await WatchBench.RunAsync(rest);
    case ["weight", .. var rest]: return await WeightBench.RunAsync(rest);
    case ["codec"]: return CodecBench.Run();
    default:
        Console.Error.WriteLine("usage: dom-bench scan|push|restart|converge|fleet|locks|machines|memory|pages|watch|weight|codec [options]");
        return 2;
}
