using System.Text.Json;
using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary>The program as a process: exit codes, streams and the traps of System.CommandLine.</summary>
public sealed class DomCommandTests
{
    [Test]
    public async Task A_mistyped_command_is_one_message_with_a_suggestion_and_no_help()
    {
        var result = await DomProgram.RunAsync("conifg");

        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.Error, Is.EqualTo("dom: Unrecognized command or argument 'conifg'.\n     did you mean 'config'?\n"));
    }

    [Test]
    public async Task A_missing_option_names_the_help_of_that_command()
    {
        var result = await DomProgram.RunAsync("run");

        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(result.Error, Does.Contain("--role").And.Contain("`dom run --help`"));
    }

    [TestCase("-?")]
    [TestCase("/?")]
    [TestCase("/h")]
    public async Task Help_has_no_foreign_spellings(string spelling) =>
        Assert.That((await DomProgram.RunAsync(spelling)).ExitCode, Is.EqualTo(ExitCode.Usage));

    [Test]
    public async Task Help_shows_examples_on_standard_output()
    {
        var result = (await DomProgram.RunAsync("config", "show", "-h")).Expect();

        Assert.That(result.Output, Does.Contain("Examples:").And.Contain("dom config show Sub --effective"));
        Assert.That(result.Error, Is.Empty);
    }

    [Test]
    public async Task A_noun_alone_shows_its_verbs_and_is_a_usage_error()
    {
        var result = (await DomProgram.RunAsync("config")).Expect(ExitCode.Usage);

        Assert.That(result.Output, Does.Contain("check").And.Contain("show"));
    }

    [Test]
    public async Task Errors_are_JSON_on_standard_error_when_JSON_was_asked_for()
    {
        var result = (await DomProgram.RunAsync("config", "check", "--json", "--config", "/nonexistent/dom.conf")).Expect(ExitCode.Usage);

        using var document = JsonDocument.Parse(result.Error);
        var error = document.RootElement.GetProperty("error");
        Assert.That(document.RootElement.GetProperty("schema_version").GetInt32(), Is.EqualTo(1));
        Assert.That(error.GetProperty("code").GetString(), Is.EqualTo("BadConfiguration"));
        Assert.That(error.GetProperty("message").GetString(), Does.Contain("/nonexistent/dom.conf"));
        Assert.That(result.Output, Is.Empty);
    }

    [Test]
    public async Task Configuration_is_shown_with_the_origin_of_each_value()
    {
        using var directory = new TempDirectory();
        var file = directory.WriteFile("dom.conf", "[Client]\nMaster=m1\nImageServer=i1:7000\n");
        var environment = new Dictionary<string, string?> { ["DOM_Client__ImageServer"] = "i2" };
        var result = (await DomProgram.RunAsync(["config", "show", "--json", "--config", file, "--ca", "/x/ca.pem"], environment)).Expect();

        using var document = JsonDocument.Parse(result.Output);
        var keys = document.RootElement.GetProperty("keys").EnumerateArray().ToDictionary(
            k => k.GetProperty("key").GetString() ?? "",
            k => $"{k.GetProperty("values")[0].GetString()} from {k.GetProperty("origin").GetString()}");
        Assert.That(keys, Is.EqualTo(new Dictionary<string, string>
        {
            ["Master"] = $"m1:6970 from {file}:2",
            ["ImageServer"] = "i2:6971 from environment DOM_Client__ImageServer",
            ["CaFile"] = "/x/ca.pem from --ca",
        }));
    }

    [Test]
    public async Task All_faults_of_a_configuration_are_reported_at_once()
    {
        using var directory = new TempDirectory();
        var file = directory.WriteFile("dom.conf", "[Client]\nMaster=a b\nMatser=x\n[Sub]\nScanExclusions=(\n");
        var result = (await DomProgram.RunAsync("config", "check", "--config", file)).Expect(ExitCode.Usage);

        Assert.That(
            result.Error,
            Does.Contain($"{file}:2: ").And.Contain($"{file}:3: [Client] has no key 'Matser'; did you mean 'Master'?").And.Contain("ScanExclusions: "));
    }

    [TestCase("bash")]
    [TestCase("zsh")]
    [TestCase("fish")]
    public async Task Completion_scripts_ask_the_program(string shell) =>
        Assert.That((await DomProgram.RunAsync("completion", shell)).Expect().Output, Does.Contain("[suggest:"));

    [Test]
    public async Task Bash_completes_commands_through_the_script()
    {
        using var directory = new TempDirectory();
        var program = directory.WriteFile("dom", $"#!/bin/sh\nexec {string.Join(' ', DomProgram.Command)} \"$@\"\n");
        (await Tool.RunAsync("chmod", ["+x", program])).Expect();
        const string script = """
            PATH=$1:$PATH
            source <(dom completion bash)
            COMP_WORDS=(dom conf) COMP_CWORD=1 COMP_LINE='dom conf' COMP_POINT=8
            _dom
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var result = (await Tool.RunAsync("bash", ["-c", script, "bash", directory.Path])).Expect();

        Assert.That(result.Lines, Is.EqualTo(new[] { "config" }));
    }
}
