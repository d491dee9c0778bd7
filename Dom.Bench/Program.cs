using Dom.Bench;

switch (args)
{
    case ["scan", .. var rest]: return await ScanBench.RunAsync(rest);
    default:
        Console.Error.WriteLine("usage: dom-bench scan|push|converge [options]");
        return 2;
}
