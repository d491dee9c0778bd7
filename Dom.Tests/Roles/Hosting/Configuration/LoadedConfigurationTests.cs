using System.Net;
using Dom.Roles.Hosting.Configuration;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Hosting.Configuration;

public sealed class LoadedConfigurationTests
{
    private static readonly OptionTable<Sample> Section = new OptionTable<Sample>("Sample", "For these tests.")
        .Key("Listen", OptionTypes.Listen(6969), o => o.Listen, (o, v) => o with { Listen = v }, "Where to listen.")
        .Key("SpeedPercent", OptionTypes.Percent, o => o.SpeedPercent, (o, v) => o with { SpeedPercent = v }, "How fast.")
        .Key("Low", OptionTypes.Number(0, 100), o => o.Low, (o, v) => o with { Low = v }, "At least.")
        .Key("High", OptionTypes.Number(0, 100), o => o.High, (o, v) => o with { High = v }, "At most.")
        .List("Exclude", OptionTypes.Text, o => o.Exclude, (o, v) => o with { Exclude = v }, "What to leave out.")
        .Tls(o => o.Tls, (o, v) => o with { Tls = v })
        .Rule(o => o.Low > o.High ? "Low is above High; lower it" : null);

    private static readonly OptionSection[] Schema = [TlsOptions.Section, Section];

    [Test]
    public void Nothing_given_means_the_defaults_of_the_record()
    {
        using var directory = new TempDirectory();
        var options = Load(directory, "").Get(Section);

        Assert.That(options.Listen, Is.EqualTo(new IPEndPoint(IPAddress.Any, 6969)));
        Assert.That(options.Tls.CertificateFile, Is.EqualTo("/etc/ssl/sample/cert.pem"));
    }

    [Test]
    public void Later_sources_win_file_then_drop_ins_in_order_then_environment_then_flags()
    {
        using var directory = new TempDirectory();
        directory.WriteFile("dom.conf.d/10-a.conf", "[Sample]\nSpeedPercent=20\nLow=2\nHigh=20\n");
        directory.WriteFile("dom.conf.d/20-b.conf", "[Sample]\nLow=3\nHigh=30\n");
        directory.WriteFile("dom.conf.d/30-c.disabled", "[Sample]\nLow=99\n");
        var loaded = Load(directory, "[Sample]\nSpeedPercent=10\nLow=1\nListen=127.0.0.9\n",
            new() { ["DOM_Sample__High"] = "40", ["DOM_TEST_COUNT"] = "small" }, "Sample.High=50");
        var options = loaded.Get(Section);

        Assert.That(options.SpeedPercent, Is.EqualTo(20));
        Assert.That(options.Low, Is.EqualTo(3));
        Assert.That(options.High, Is.EqualTo(50));
        Assert.That(options.Listen, Is.EqualTo(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 6969)));
        Assert.That(Origin(loaded, "Low"), Does.EndWith("20-b.conf:2"));
        Assert.That(Origin(loaded, "High"), Is.EqualTo("--set Sample.High"));
        Assert.That(Origin(loaded, "KeyFile"), Is.EqualTo("default"));
    }

    [Test]
    public void All_faults_are_reported_at_once_with_file_line_and_a_suggestion()
    {
        using var directory = new TempDirectory();
        var thrown = Assert.Throws<ConfigurationException>(() => Load(directory, """
            Stray=1
            [Sampel]
            Low=1
            [Sample]
            SpedPercent=2
            SpeedPercent=fast
            no equals sign
            Listen=nowhere
            """, new() { ["DOM_Sample__Hihg"] = "1" }, "Sample"));

        var file = directory.Combine("dom.conf");
        Assert.That(thrown.Faults.Select(f => f.ToString()), Is.EquivalentTo(new[]
        {
            $"{file}:1: 'Stray' stands before the first [Section]",
            $"{file}:3: there is no section [Sampel]; did you mean 'Sample'?",
            $"{file}:5: [Sample] has no key 'SpedPercent'; did you mean 'SpeedPercent'?",
            $"{file}:6: [Sample] SpeedPercent='fast' is not a percentage above 0, up to 100",
            $"{file}:7: 'no equals sign' is neither [Section] nor Key=Value",
            $"{file}:8: [Sample] Listen='nowhere' is not an IP address and port such as 127.0.0.1:6969",
            "environment DOM_Sample__Hihg: [Sample] has no key 'Hihg'; did you mean 'High'?",
            "--set Sample: is not Section.Key=Value; for example --set Sub.Listen=127.0.0.2:6969",
        }));
    }

    [Test]
    public void Roles_inherit_the_Tls_section_key_by_key()
    {
        using var directory = new TempDirectory();
        var options = Load(directory, "[Tls]\nCaFile=/a/ca.pem\nKeyFile=/a/key.pem\n[Sample]\nKeyFile=/b/key.pem\n").Get(Section);

        Assert.That(options.Tls.CaFile, Is.EqualTo("/a/ca.pem"));
        Assert.That(options.Tls.KeyFile, Is.EqualTo("/b/key.pem"));
        Assert.That(options.Tls.CertificateFile, Is.EqualTo("/etc/ssl/sample/cert.pem"));
    }

    [Test]
    public void A_bad_value_in_Tls_is_reported_once_however_many_roles_inherit_it()
    {
        using var directory = new TempDirectory();
        var thrown = Assert.Throws<ConfigurationException>(() => Load(directory, "[Tls]\nCaFile=ca.pem\n"));

        Assert.That(thrown.Faults, Has.Count.EqualTo(1));
    }

    [Test]
    public void Repeated_list_keys_add_up_and_an_empty_one_starts_again()
    {
        using var directory = new TempDirectory();
        var options = Load(directory, "[Sample]\nExclude=/a\nExclude=\nExclude=/b.*\n ; comment\nExclude=/c \\\n  d\n").Get(Section);

        Assert.That(options.Exclude, Is.EqualTo(new[] { "/b.*", "/c d" }));
    }

    [Test]
    public void A_rule_over_several_keys_is_checked_when_each_is_good()
    {
        using var directory = new TempDirectory();
        var thrown = Assert.Throws<ConfigurationException>(() => Load(directory, "[Sample]\nLow=7\nHigh=6\n"));

        Assert.That(thrown.Message, Is.EqualTo("[Sample]: Low is above High; lower it"));
    }

    [Test]
    public void A_file_that_was_named_must_exist()
    {
        var thrown = Assert.Throws<ConfigurationException>(() =>
            LoadedConfiguration.Load(Schema, new ConfigurationSources { File = "/nonexistent/dom.conf" }));

        Assert.That(thrown.Message, Does.StartWith("/nonexistent/dom.conf: "));
    }

    [TestCase("500ms", 0.5)]
    [TestCase("1h30min", 5400)]
    [TestCase("2", 2)]
    [TestCase("1d 1s", 86401)]
    [TestCase("0.25s", 0.25)]
    public void Durations_are_read_in_the_notation_of_systemd(string text, double seconds)
    {
        var value = DurationText.Parse(text);

        Assert.That(value.TotalSeconds, Is.EqualTo(seconds));
        Assert.That(DurationText.Parse(DurationText.Format(value)), Is.EqualTo(value));
    }

    [TestCase("")]
    [TestCase("5 parsecs")]
    [TestCase("s")]
    [TestCase("1/2")]
    [TestCase("-1s")]
    [TestCase("99999999d")]
    public void Durations_that_are_none_are_refused(string text) => Assert.That(() => DurationText.Parse(text), Throws.TypeOf<FormatException>());

    [TestCase("server", "server", 6971)]
    [TestCase("server:80", "server", 80)]
    [TestCase("10.0.0.1", "10.0.0.1", 6971)]
    [TestCase("::1", "::1", 6971)]
    [TestCase("[::1]:80", "::1", 80)]
    public void Servers_are_named_with_or_without_a_port(string text, string host, int port) =>
        Assert.That(HostAndPort.Parse(text, 6971), Is.EqualTo(new HostAndPort(host, port)));

    [TestCase("server:")]
    [TestCase("server:99999")]
    [TestCase(":80")]
    [TestCase("a b")]
    [TestCase("https://server")]
    public void Servers_that_are_none_are_refused(string text) =>
        Assert.That(() => HostAndPort.Parse(text, 6971), Throws.TypeOf<FormatException>());

    [TestCase("5%", 1000, 50)]
    [TestCase("5%", 3, 1)]
    [TestCase("12", 3, 12)]
    public void Limits_are_numbers_or_shares(string text, int total, int limit) =>
        Assert.That(CountOrPercent.Parse(text).Of(total, atLeast: 1), Is.EqualTo(limit));

    private static LoadedConfiguration Load(TempDirectory directory, string text, Dictionary<string, string>? environment = null, params string[] sets) =>
        LoadedConfiguration.Load(Schema, new ConfigurationSources
        {
            File = directory.WriteFile("dom.conf", text),
            Environment = environment ?? [],
            Sets = sets,
        });

    private static string Origin(LoadedConfiguration loaded, string key) =>
        loaded.Effective.Single(e => e.Section == "Sample" && e.Key == key).Origin;

    private sealed record Sample
    {
        public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 6969);

        public double SpeedPercent { get; init; } = 2;

        public int Low { get; init; }

        public int High { get; init; } = 100;

        public IReadOnlyList<string> Exclude { get; init; } = [];

        public TlsOptions Tls { get; init; } = TlsOptions.For("sample");
    }
}
