using Dom.Cli;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary><c>dom setup</c> makes a drop-in of <c>/etc/default/dominator</c>, and takes it away again.</summary>
public sealed class SetupCommandTests
{
    private const string DropIn = "etc/systemd/system/dom-master.service.d/50-etc-default-dominator.conf";

    private TempDirectory _root;

    [SetUp]
    public void A_machine() => _root = new TempDirectory();

    [TearDown]
    public void It_is_gone() => _root.Dispose();

    [TestCase("USERNAME=boss\nIMAGE_SERVER_HOSTNAME=images.example.com\n", "[Service]\nUser=boss\nEnvironment=DOM_Master__ImageServer=images.example.com\n")]
    [TestCase("# USERNAME=nobody\nexport USERNAME='boss'  # ours\nDAEMON_ARGS=$(whoever)\n", "[Service]\nUser=boss\n")]
    [TestCase("IMAGE_SERVER_HOSTNAME=\"10.0.0.1:6971\"\nUSERNAME=\n", "[Service]\nEnvironment=DOM_Master__ImageServer=10.0.0.1:6971\n")]
    [TestCase("USERNAME=first\nUSERNAME=second", "[Service]\nUser=second\n")]
    public async Task What_the_file_sets_stands_in_the_drop_in(string defaults, string expected)
    {
        _root.WriteFile("etc/default/dominator", defaults);

        (await SetupAsync()).Expect();

        var text = await File.ReadAllTextAsync(_root.Combine(DropIn));
        Assert.That(text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..], Is.EqualTo(expected));
    }

    [Test]
    public async Task A_file_that_sets_nothing_any_more_takes_the_drop_in_away()
    {
        _root.WriteFile("etc/default/dominator", "USERNAME=boss\n");
        (await SetupAsync()).Expect();
        _root.WriteFile("etc/default/dominator", "#USERNAME=boss\n");

        var dry = (await SetupAsync("--dry-run")).Expect();
        Assert.That(dry.Output, Does.Contain("would be removed"));
        Assert.That(File.Exists(_root.Combine(DropIn)));

        (await SetupAsync()).Expect();
        Assert.That(Directory.Exists(_root.Combine("etc/systemd/system/dom-master.service.d")), Is.False);
        Assert.That((await SetupAsync()).Expect().Output, Does.Contain("unchanged"));
    }

    [Test]
    public async Task A_key_that_is_a_link_is_left_as_it_is()
    {
        var shared = _root.WriteFile("private/shared.key", "key");
        File.SetUnixFileMode(shared, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Directory.CreateDirectory(_root.Combine("etc/ssl/dominator"));
        File.CreateSymbolicLink(_root.Combine("etc/ssl/dominator/key.pem"), shared);

        Assert.That((await SetupAsync()).Expect().Output, Does.Contain("a symbolic link"));

        Assert.That(File.GetUnixFileMode(shared), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead));
    }

    [TestCase("USERNAME=$(whoami)", 1)]
    [TestCase("\nUSERNAME=`id -un`", 2)]
    [TestCase("USERNAME=two words", 1)]
    [TestCase("USERNAME='a%b'", 1)]
    [TestCase("IMAGE_SERVER_HOSTNAME=\"a\\nExecStart=/bin/sh\"", 1)]
    [TestCase("IMAGE_SERVER_HOSTNAME='a b'", 1)]
    [TestCase("IMAGE_SERVER_HOSTNAME=$HOST", 1)]
    public async Task What_only_a_shell_could_tell_or_systemd_would_misread_is_refused_with_its_line(string defaults, int line)
    {
        _root.WriteFile("etc/default/dominator", defaults);

        var result = (await SetupAsync()).Expect(ExitCode.Usage);

        Assert.That(result.Error, Does.Contain($"etc/default/dominator:{line}: "));
        Assert.That(File.Exists(_root.Combine(DropIn)), Is.False);
    }

    private Task<ToolResult> SetupAsync(params string[] more) => DomProgram.RunAsync(["setup", "--root", _root.Path, .. more]);
}
