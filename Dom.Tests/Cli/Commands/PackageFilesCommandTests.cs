using System.CommandLine;
using Dom.Cli.Commands;
using Dom.Cli.Configuration;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary>The files of the package that the program writes by itself.</summary>
public sealed class PackageFilesCommandTests
{
    private TempDirectory _root;

    [OneTimeSetUp]
    public async Task They_are_written()
    {
        _root = new TempDirectory();
        (await DomProgram.RunAsync("package-files", _root.Path)).Expect();
    }

    [OneTimeTearDown]
    public void They_are_gone() => _root.Dispose();

    [Test]
    public async Task The_configuration_sets_nothing_and_names_every_key_once()
    {
        var lines = await File.ReadAllLinesAsync(_root.Combine("etc/dom/dom.conf"));
        Assert.That(lines.Where(l => l.Length > 0 && l[0] is not ('#' or '[')), Is.Empty);
        Assert.That((await DomProgram.RunAsync("config", "show", "--config", _root.Combine("etc/dom/dom.conf"))).Expect().Output.Trim(), Is.Empty);

        var section = "";
        var keys = new HashSet<string>();
        foreach (var line in lines)
        {
            section = line.StartsWith('[') ? line.Trim('[', ']') : section;
            if (line.Length > 1 && line[0] == '#' && line[1] != ' ')
            {
                keys.Add($"{section}.{line[1..line.IndexOf('=', StringComparison.Ordinal)]}");
            }
        }

        Assert.That(keys, Is.EquivalentTo(DomSchema.Sections.SelectMany(s => s.Keys.Select(k => $"{s.Heading}.{k.Name}"))));
    }

    [Test]
    public async Task Every_default_in_it_is_a_value_that_the_key_takes()
    {
        var lines = await File.ReadAllLinesAsync(_root.Combine("etc/dom/dom.conf"));
        // Without comment signs; a key whose default is nothing stays out.
        var set = lines.Select(l => l.Length > 1 && l[0] == '#' && l[1] != ' ' && !l.EndsWith('=') ? l[1..] : l).Select(l => l.Replace("=~/", "=/root/", StringComparison.Ordinal));
        var file = _root.WriteFile("set/dom.conf", string.Join('\n', set));

        (await DomProgram.RunAsync("config", "check", "--config", file)).Expect();
    }

    [Test]
    public async Task Man_finds_nothing_wrong_with_the_pages_and_every_verb_stands_in_one()
    {
        var text = "";
        foreach (var page in Directory.GetFiles(_root.Combine("usr/share/man"), "*", SearchOption.AllDirectories))
        {
            var result = (await Tool.RunAsync("man", ["--warnings", "--local-file", page], environment: new Dictionary<string, string?> { ["MANROFFSEQ"] = "", ["MANWIDTH"] = "200", ["LC_ALL"] = "C.UTF-8" })).Expect();
            Assert.That(result.Error, Is.Empty, page);
            text += result.Output;
        }

        var verbs = Walk("dom", DomCommand.Build()).ToList();
        Assert.That(verbs, Has.Count.GreaterThan(40));
        Assert.That(verbs.Where(v => !text.Contains(v, StringComparison.Ordinal)), Is.Empty);
        Assert.That(text, Does.Not.Contain("package-files"));
    }

    [TestCase("bash", "usr/share/bash-completion/completions/dom")]
    [TestCase("zsh", "usr/share/zsh/vendor-completions/_dom")]
    [TestCase("fish", "usr/share/fish/vendor_completions.d/dom.fish")]
    public async Task Completions_lie_where_the_shell_looks(string shell, string place) =>
        Assert.That(await File.ReadAllTextAsync(_root.Combine(place)), Is.EqualTo((await DomProgram.RunAsync("completion", shell)).Expect().Output));

    private static IEnumerable<string> Walk(string path, Command command) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.Where(c => !c.Hidden).SelectMany(c => Walk($"{path} {c.Name}", c));
}
