using System.Globalization;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Rpc;

namespace Dom.Bench;

/// <summary>Restarting an image server with many images.</summary>
/// <remarks><c>restart [--images 1000] [--files 50000] [--dir DIR]</c>. The images share one tree and differ in their manifests; the files are small.</remarks>
internal static class RestartBench
{
    private const int BytesPerFile = 200;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var options = new BenchOptions(arguments, "--images", "--files", "--dir");
        var parent = Path.GetFullPath(options.Get("--dir", Path.GetTempPath()));
        var directory = Directory.CreateDirectory(Path.Combine(parent, $"dom-bench-{Environment.ProcessId}")).FullName;
        try
        {
            var table = new BenchTable();
            await MeasureAsync(table, directory, options.Get("--images", 1000), options.Get("--files", 50_000));
            return table.AllMet ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task MeasureAsync(BenchTable table, string directory, int images, int files)
    {
        var server = new BenchImageServer(directory);
        await using (var role = await server.StartAsync())
        await using (var client = server.Connect(role))
        {
            await FillAsync(client, directory, images, files);
        }

        var started = TimeProvider.System.GetTimestamp();
        await using var again = await server.StartAsync();
        var start = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        await using var other = server.Connect(again);
        await other.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = Name(images - 1) }, CancellationToken.None);
        var answer = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var what = $"{images:N0} images of {files:N0} files";
        var isFull = images == 1000 && files == 50_000;
        table.Add($"restart with {what}, listening", Seconds(start), "", null, isFull ? "< 1 s" : "", isFull ? start < 1 : null);
        table.Add($"restart with {what}, first call over a new connection answered", Seconds(answer), "", null, isFull ? "< 1 s" : "", isFull ? answer < 1 : null);
    }

    private static async Task FillAsync(RpcClient client, string directory, int images, int files)
    {
        var source = Directory.CreateDirectory(Path.Combine(directory, "source")).FullName;
        PushBench.MakeFiles(source, files, (long)files * BytesPerFile);
        var first = await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(Name(0)), Source = new DirectorySource(source) }, null, CancellationToken.None);
        await Parallel.ForAsync(1, images, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, token) =>
        {
            var manifest = first.Manifest with { Notes = $"image {i}" };
            await client.CallAsync(ImageServerMethods.AddImage, new AddImageRequest { Name = Name(i), Manifest = manifest.Encode() }, token);
        });
    }

    private static string Name(int image) => $"stream-{image % 10}/{image}";

    private static string Seconds(double seconds) => seconds.ToString("0.00 s", CultureInfo.InvariantCulture);
}
