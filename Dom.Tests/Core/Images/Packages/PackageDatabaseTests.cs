using Dom.Core.Images.Packages;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Images.Packages;

public sealed class PackageDatabaseTests
{
    [Test, CancelAfter(60_000)]
    public async Task The_list_of_dpkg_is_read_as_dpkg_reads_it(CancellationToken token)
    {
        var text = await File.ReadAllTextAsync("/var/lib/dpkg/status", token);
        var expected = (await Tool.RunOkAsync("dpkg-query", "-W", "-f", "${db:Status-Status} ${binary:Package} ${Version}\n")).Lines
            .Where(l => l.StartsWith("installed ", StringComparison.Ordinal)).Select(l => l["installed ".Length..]);
        Assert.That(PackageDatabase.Read(PackageDatabase.Paths[0], text).Select(p => $"{p.Name} {p.Version}"), Is.EquivalentTo(expected));
    }

    [Test]
    public void The_list_of_apk_is_read() => Assert.That(
        PackageDatabase.Read(PackageDatabase.Paths[1], "C:Q1x=\nP:musl\nV:1.2.5-r0\nF:lib\nR:ld\n\nP:busybox\nV:1.36.1-r29\n\n"),
        Is.EqualTo(new[] { new InstalledPackage("musl", "1.2.5-r0"), new InstalledPackage("busybox", "1.36.1-r29") }));

    [Test]
    public void Changes_are_named_in_order() => Assert.That(
        PackageChange.Between([new("b", "1"), new("c", "1"), new("same", "1")], [new("c", "2"), new("a", "1"), new("same", "1")]),
        Is.EqualTo(new[] { new PackageChange("a", null, "1"), new PackageChange("b", "1", null), new PackageChange("c", "1", "2") }));
}
