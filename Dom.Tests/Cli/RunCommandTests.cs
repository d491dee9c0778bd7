using System.Diagnostics;
using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary><c>dom run</c> as an init system uses it.</summary>
public sealed class RunCommandTests
{
    [TestCase("TERM")]
    [TestCase("INT")]
    [CancelAfter(120_000)]
    public async Task Three_roles_in_one_process_answer_and_end_cleanly_on_a_signal(string signal, CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        await IssueAsync(directory.Path);
        var configuration = directory.WriteFile("dom.conf", $"""
            [Tls]
            CaFile={directory}/CA.pem
            CertificateFile={directory}/all/cert.pem
            KeyFile={directory}/all/key.pem
            [ImageServer]
            Listen=127.0.0.1:0
            StateDirectory={directory.CreateDirectory("images")}
            [Master]
            Listen=127.0.0.1:0
            StateDirectory={directory.CreateDirectory("master")}
            MachineList={directory.WriteFile("mdb", "[]")}
            [Sub]
            Listen=127.0.0.1:0
            Root={directory.CreateDirectory("root")}
            """);
        // A run in the background inherits an ignored SIGINT, which a program must leave ignored.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", .. DomProgram.Command, "run", "--role=sub,master", "--role=imageserver", "--config", configuration])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new AssertionException("dom did not start");
        try
        {
            var answers = new List<string>();
            while (answers.Count < 3 && await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
            {
                if (line.Contains(" answers at 127.0.0.1:", StringComparison.Ordinal))
                {
                    answers.Add(line);
                }
            }

            Assert.That(answers, Has.Count.EqualTo(3));
            await Tool.RunOkAsync("kill", $"-{signal}", $"{process.Id}");
            _ = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            Assert.That(process.ExitCode, Is.EqualTo(ExitCode.Done));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    [Test]
    public async Task A_role_without_certificates_refuses_to_start_and_names_the_file()
    {
        using var directory = new TempDirectory();
        var result = await DomProgram.RunAsync(
            "run", "--role=imageserver", "--set", $"Tls.CaFile={directory}/CA.pem", "--set", $"ImageServer.StateDirectory={directory}", "--set", "ImageServer.Listen=127.0.0.1:0");

        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Usage), result.Error);
        Assert.That(result.Error, Does.Contain($"{directory}/CA.pem"));
    }

    [Test]
    public async Task An_unknown_role_is_a_usage_error_that_lists_the_roles()
    {
        var result = (await DomProgram.RunAsync("run", "--role=subb")).Expect(ExitCode.Usage);

        Assert.That(result.Error, Does.Contain("'subb'").And.Contain("did you mean 'sub'?"));
    }

    private static async Task IssueAsync(string directory)
    {
        (await DomProgram.RunAsync("cert", "init-ca", "--out", directory)).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "all", "--role", "sub", "--role", "master", "--role", "imageserver", "--host", "127.0.0.1", "--out", directory)).Expect();
    }
}
