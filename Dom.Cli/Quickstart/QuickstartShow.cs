using System.Globalization;
using Dom.Cli.Output;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Images;
using Dom.Roles.Pages;
using Microsoft.Extensions.Logging;

namespace Dom.Cli.Quickstart;

/// <summary>The first thing a new user sees: a whole fleet of one machine, filled from an image and put right after each deviation.</summary>
internal sealed class QuickstartShow(QuickstartRequest request, ConsoleOutput output, TimeProvider time)
{
    private const int LeftOutShown = 10;

    private static readonly string[] Pages = ["master", "imageserver", "sub"];

    private static readonly TimeSpan FillLimit = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan CorrectionLimit = TimeSpan.FromMinutes(2);

    /// <summary>Runs the show, then goes on until the token is cancelled unless the request says to exit.</summary>
    /// <returns>0 when the machine is compliant at the end of the show.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        CheckSource();
        using var directory = QuickstartDirectory.Open(request.Directory);
        output.Line($"quickstart in {directory.Path}{(directory.IsNew ? "" : ", continued")}");
        using var logging = new PrintableLogging(LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace)
            .AddProvider(new FileLogging(directory.Log, time))));
        var certificates = QuickstartCertificates.Prepare(directory.Certificates, QuickstartImage.Machine, time);
        output.Line($"  certificates  {directory.Certificates}, of a throwaway authority");

        await using var fleet = new QuickstartFleet(directory, certificates, logging, time);
        var (imageServer, sub) = await fleet.StartServersAsync(cancellationToken);
        output.Line($"  image server  {fleet.PageOf("imageserver")}");
        output.Line($"  sub           {fleet.PageOf("sub")}  keeps {directory.Root}");

        var images = new QuickstartImage(imageServer, directory, output, time);
        var pushed = await images.PushAsync(request, cancellationToken);
        Report(pushed);
        images.Require(pushed.Image.Name);
        var watch = new MachineWatch(await fleet.StartMasterAsync(cancellationToken), sub, QuickstartImage.Machine, time);
        output.Line($"  master        {fleet.PageOf("master")}");

        var code = await fleet.WhileRunningAsync(
            async running => await FillAsync(watch, pushed, directory, running)
                ? await CorrectAsync(watch, pushed, directory, fleet, running)
                : ExitCode.Drift,
            cancellationToken);
        if (!request.Exit)
        {
            await fleet.WaitAsync(cancellationToken);
        }

        return code;
    }

    private void CheckSource()
    {
        if (!Directory.Exists(request.From))
        {
            var what = File.Exists(request.From) ? $"{request.From} is a file" : $"there is no directory {request.From}";
            throw new CommandException(ExitCode.NotFound, "NoSuchDirectory", what, "--from names the directory the image is made from");
        }

        if (request.From == request.Directory)
        {
            throw new CommandException(ExitCode.Usage, "SameDirectory", $"--from and --dir are both {request.From}", "keep the quickstart in another directory");
        }
    }

    private async Task<bool> FillAsync(MachineWatch watch, PushResult pushed, QuickstartDirectory directory, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        bool filled;
        using (var progress = output.Progress("filling"))
        {
            var told = new StatusTeller(output, time);
            filled = await watch.WaitForComplianceAsync(pushed.Image.Manifest, FillLimit, See, cancellationToken);

            void See(SubInfo info)
            {
                progress.Status(info.Status);
                told.See(info);
            }
        }

        if (filled)
        {
            output.Line($"  filled        {directory.Root} equals the image after {Amounts.Duration(time.GetElapsedTime(start))}");
            return true;
        }

        output.Line($"quickstart: not compliant: {watch.Last?.Status ?? "the master has not answered"} {watch.Last?.Detail}; the log is {directory.Log}");
        return false;
    }

    private async Task<int> CorrectAsync(
        MachineWatch watch, PushResult pushed, QuickstartDirectory directory, QuickstartFleet fleet, CancellationToken cancellationToken)
    {
        var deviations = DeviationSet.Choose(directory.Root);
        var done = new List<Correction>();
        output.Line("deviations");
        var elapsed = await watch.CorrectAsync(deviations, CorrectionLimit, Show, cancellationToken);
        var compliant = await watch.WaitForComplianceAsync(pushed.Image.Manifest, CorrectionLimit, _ => { }, cancellationToken)
            && done.Count == deviations.Count;
        foreach (var missed in deviations.Except(done.Select(d => d.Deviation)))
        {
            output.Line($"  {missed.What}: not corrected");
        }

        output.Document(
            new QuickstartDocument(
                directory.Path, pushed.Image.Name, compliant, [.. Pages.Select(fleet.PageOf)],
                [.. pushed.LeftOut.Select(l => l.Path.ToString())],
                [.. done.Select(d => new QuickstartCorrection(d.Deviation.What, d.Deviation.Path, d.Noticed?.TotalMilliseconds, d.Corrected?.TotalMilliseconds))]),
            OutputJson.Default.QuickstartDocument);
        if (!request.Exit)
        {
            output.Line($"status pages: {string.Join("  ", Pages.Select(fleet.PageOf))}");
            output.Line($"Change files in {directory.Root} and watch them come back. Ctrl-C ends it; the same command goes on later.");
        }

        var seconds = elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        output.Line($"quickstart: {(compliant ? "compliant" : "not compliant")}, {done.Count} of {deviations.Count} deviations corrected in {seconds} s");
        return compliant ? ExitCode.Done : ExitCode.Drift;

        void Show(Correction correction)
        {
            done.Add(correction);
            output.Line($"  {correction.Deviation.What,-44} noticed after {Amounts.Duration(correction.Noticed ?? default),7}, corrected after {Amounts.Duration(correction.Corrected ?? default),7}");
        }
    }

    private void Report(PushResult pushed)
    {
        var owner = request.Owner is { } o ? $", owned by {o}" : "";
        output.Line($"  image         {pushed.Image.Name}: {Amounts.Count(pushed.Manifest.Files, "file", "files")}, {Amounts.Bytes(pushed.Manifest.Bytes)} from {request.From}{owner}");
        output.Line("  filtered      shadow files, host keys and private keys are never copied");
        if (pushed.LeftOut.Count == 0)
        {
            return;
        }

        output.Line($"  left out      {Amounts.Count(pushed.LeftOut.Count, "path", "paths")} that this user cannot read or make");
        foreach (var left in pushed.LeftOut.Take(LeftOutShown))
        {
            output.Line($"                {left.Path}: {left.Reason}");
        }

        if (pushed.LeftOut.Count > LeftOutShown)
        {
            output.Line($"                and {Amounts.Count(pushed.LeftOut.Count - LeftOutShown)} more");
        }
    }
}
