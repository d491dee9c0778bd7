using Dom.Bench;

switch (args)
{
    case ["scan", .. var rest]: return await ScanBench.RunAsync(rest);
    case ["push", .. var rest]: return await PushBench.RunAsync(rest);
    case ["converge", .. var rest]: return await ConvergeBench.RunAsync(rest);
    case ["codec"]: return CodecBench.Run();
    default:
        Console.Error.WriteLine("usage: dom-bench scan|push|converge|codec [options]");
        return 2;
}
