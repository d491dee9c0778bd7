using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees.Comparison;

namespace Dom.Tests.Core.Trees.Comparison;

public sealed class ComputedSetTests
{
    private static readonly ComputedFile Motd = new(UnixPath.Of("/etc/motd"), ModelInode.ObjectOf("hello"), 5);
    private static readonly ComputedFile Issue = new(UnixPath.Of("/etc/issue"), default, 0);

    [Test]
    public void Digest_does_not_depend_on_the_order_and_survives_a_round_trip()
    {
        var set = new ComputedSet([Motd, Issue]);
        Assert.That(new ComputedSet([Issue, Motd]).Digest, Is.EqualTo(set.Digest));
        var copy = ComputedSet.Decode(set.Bytes);
        Assert.That((copy.Digest, copy.Files.Count), Is.EqualTo((set.Digest, 2)));
        Assert.That(copy.TryGet(Motd.Path, out var file) && file == Motd, Is.True);
        Assert.That(copy.TryGet(UnixPath.Of("/etc"), out _), Is.False);
        Assert.That(ComputedSet.Empty.Digest.IsNone, Is.True);
    }

    [Test]
    public void Paths_that_occur_twice_and_sizes_without_objects_are_refused()
    {
        Assert.That(() => new ComputedSet([Motd, Motd]), Throws.InstanceOf<FormatException>().With.Message.Contains("/etc/motd"));
        Assert.That(() => new ComputedSet([Motd with { Size = 0 }]), Throws.InstanceOf<FormatException>());
        Assert.That(() => new ComputedSet([Issue with { Size = 1 }]), Throws.InstanceOf<FormatException>());
        Assert.That(() => new ComputedSet([Motd with { Size = -1 }]), Throws.InstanceOf<FormatException>());
    }

    [Test]
    public void Bytes_that_are_no_set_are_refused()
    {
        var bytes = new ComputedSet([Motd]).Bytes.ToArray();
        Assert.That(() => ComputedSet.Decode(bytes.AsMemory(0, bytes.Length - 1)), Throws.InstanceOf<MessagePackException>());
        Assert.That(() => ComputedSet.Decode((byte[])[.. bytes, 0]), Throws.InstanceOf<FormatException>());
        Assert.That(() => ComputedSet.Decode((byte[])[0x91, 0x91, 1]), Throws.InstanceOf<FormatException>());
        Assert.That(() => ComputedSet.Decode((byte[])[0xDD, 0xFF, 0xFF, 0xFF, 0xFF]), Throws.InstanceOf<MessagePackException>());
    }
}
