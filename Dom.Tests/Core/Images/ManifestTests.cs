using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Triggers;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Images;

public sealed class ManifestTests
{
    [Test]
    public void A_manifest_comes_back_as_it_was_and_keeps_its_digest()
    {
        var bytes = Sample().Encode();
        var again = Manifest.Decode(bytes);
        Assert.That(again.Encode(), Is.EqualTo(bytes));
        Assert.That(again.Root, Is.EqualTo(Sample().Root));
        Assert.That(again.Filter, Is.EqualTo(Sample().Filter));
        Assert.That(again.Triggers[0].Service, Is.EqualTo("ssh"));
        Assert.That(again.ComputedPaths[0].Path, Is.EqualTo(UnixPath.Of("/etc/resolv.conf")));
        Assert.That(again.Tags["build"], Is.EqualTo("77"));
        Assert.That(again.ExpiresOn, Is.EqualTo(Sample().ExpiresOn));
    }

    [Test]
    public void The_order_of_tags_does_not_change_the_digest()
    {
        var forward = Sample() with { Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        var backward = Sample() with { Tags = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };
        Assert.That(forward.Encode(), Is.EqualTo(backward.Encode()));
    }

    [Test]
    public void A_filter_that_does_not_compile_is_refused_with_its_line()
    {
        var bad = Sample() with { Filter = ["/tmp/.*", "/var/(", "/x"] };
        Assert.That(bad.Encode, Throws.TypeOf<ManifestException>().With.Message.Contains("/var/(").And.Message.Contains("2"));
    }

    [Test]
    public void A_trigger_that_does_not_compile_is_refused_by_name()
    {
        var bad = Sample() with { Triggers = [new Trigger { MatchLines = ["["], Service = "cron" }] };
        Assert.That(bad.Encode, Throws.TypeOf<ManifestException>().With.Message.Contains("cron"));
    }

    [Test]
    public void Other_formats_modes_and_impossible_totals_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That((Sample() with { Format = 2 }).Encode, Throws.TypeOf<ManifestException>().With.Message.Contains("newer release"));
            Assert.That((Sample() with { Mode = (ImageMode)9 }).Encode, Throws.TypeOf<ManifestException>());
            Assert.That((Sample() with { Root = default }).Encode, Throws.TypeOf<ManifestException>());
            Assert.That((Sample() with { Bytes = -1 }).Encode, Throws.TypeOf<ManifestException>());
            Assert.That((Sample() with { Files = 1_000_000 }).Encode, Throws.TypeOf<ManifestException>());
            Assert.That((Sample() with { Notes = new string('x', 70_000) }).Encode, Throws.TypeOf<ManifestException>());
            Assert.That((Sample() with { HealthCommand = new string('x', 4097) }).Encode, Throws.TypeOf<ManifestException>());
            Assert.That((Sample() with { HealthCommand = "true\nreboot" }).Encode, Throws.TypeOf<ManifestException>().With.Message.Contains("one line"));
            Assert.That(Manifest.Decode((Sample() with { HealthCommand = "true" }).Encode()).HealthCommand, Is.EqualTo("true"));
            Assert.That(() => Manifest.Decode(new byte[Manifest.MaxBytes + 1]), Throws.TypeOf<ManifestException>());
        });
    }

    [Test]
    public void Spoiled_bytes_give_a_manifest_or_a_precise_error_and_nothing_else()
    {
        const int seed = 4711;
        var random = new Random(seed);
        var good = Sample().Encode();
        var rounds = Counts.Of(3_000, 200_000);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = good.ToArray();
            for (var i = random.Next(1, 5); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            if (random.Next(4) == 0)
            {
                bytes = bytes[..random.Next(bytes.Length)];
            }

            try
            {
                var decoded = Manifest.Decode(bytes);
                Assert.That(decoded.Format, Is.EqualTo(Manifest.CurrentFormat));
            }
            catch (ManifestException e)
            {
                Assert.That(e.Message, Is.Not.Empty);
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, round {round}, {Convert.ToHexString(bytes)}: {e}");
            }
        }
    }

    private static Manifest Sample() => new()
    {
        Format = Manifest.CurrentFormat,
        Root = ObjectId.Of("root"u8),
        Filter = ["/tmp/.*", "# comment", "/var/log/.*"],
        Triggers = [new Trigger { MatchLines = ["/etc/ssh/.*"], Service = "ssh", DoReload = true }],
        ComputedPaths = [new ComputedPath { Path = UnixPath.Of("/etc/resolv.conf"), Source = "filegen:6972" }],
        Inodes = 100,
        Directories = 10,
        Files = 80,
        Bytes = 12345,
        CreatedOn = new DateTimeOffset(2026, 11, 20, 13, 0, 0, TimeSpan.Zero),
        CreatedBy = "alice",
        ExpiresOn = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Tags = new Dictionary<string, string> { ["build"] = "77" },
    };
}
