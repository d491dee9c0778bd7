using System.Text.RegularExpressions;
using Dom.Cli.Configuration;
using Dom.Tests.Support;

namespace Dom.Tests.Packaging;

/// <summary>The units of the package: one for each role, as confined as docs/packaging.md says.</summary>
public sealed partial class UnitFileTests
{
    private static readonly string Directory = Repository.Combine("packaging", "root", "usr", "lib", "systemd", "system");

    private static IEnumerable<string> Units => RoleDeclaration.All.Select(r => $"dom-{r.Name}.service");

    [Test]
    public void Every_role_has_a_unit_and_every_unit_a_role() =>
        Assert.That(System.IO.Directory.GetFiles(Directory).Select(Path.GetFileName), Is.EquivalentTo(Units));

    [TestCaseSource(nameof(Units))]
    public async Task The_exposure_is_the_one_in_the_documentation(string unit)
    {
        var result = await Tool.RunAsync("systemd-analyze", ["security", "--offline=yes", "--no-pager", "./" + unit], directory: Directory);
        var figure = Exposure().Match(result.Expect().Output).Groups[1].Value;

        Assert.That(await File.ReadAllTextAsync(Repository.Combine("docs", "packaging.md")), Does.Contain($"| `{unit}` | {figure} |"));
    }

    [TestCaseSource(nameof(Units))]
    public async Task A_unit_is_watched_and_started_anew_for_good(string unit)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Directory, unit));
        foreach (var line in new[] { "Type=notify", "Restart=always", "StartLimitIntervalSec=0", $"ExecStart=/usr/bin/dom run --role={unit[4..^8]}" })
        {
            Assert.That(text.Split('\n'), Does.Contain(line));
        }

        Assert.That(text, Does.Match(@"(?m)^WatchdogSec=\d+min$").And.Match(@"(?m)^Alias=[\w-]+\.service$"));
    }

    [Test]
    public async Task The_sub_has_no_mount_namespace_of_its_own() =>
        Assert.That(
            await File.ReadAllTextAsync(Path.Combine(Directory, "dom-sub.service")),
            Does.Not.Match("(?m)^(Protect|Private|ReadOnly|ReadWrite|Inaccessible|Bind|Temporary|State|Runtime|Cache|Logs|Root|Mount|Exec(?!Start))[A-Za-z]*="));

    [GeneratedRegex(@"Overall exposure level for \S+: ([0-9.]+) ")]
    private static partial Regex Exposure();
}
