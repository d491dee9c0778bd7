using System.Text;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Images;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

[CancelAfter(30_000)]
public sealed class ComputedSetsTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("hostname=web1\n");

    [Test]
    public async Task A_set_is_kept_with_its_objects_over_a_restart(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        ObjectId digest;
        await using (var directory = PrivateDirectory.Open(temp.Path, DateTimeOffset.UnixEpoch))
        {
            var set = await new ComputedSets(directory).ReceiveAsync(Chunks(Entry(Content), Data(Content[..5]), Data(Content[5..])), static _ => { }, cancellationToken);
            digest = set.Digest;
        }

        await using var again = PrivateDirectory.Open(temp.Path, DateTimeOffset.UnixEpoch);
        var found = new ComputedSets(again).Find(digest);
        Assert.That(found!.TryGet(UnixPath.Of("/etc/host.conf"), out var file), Is.True);
        Assert.That(file.Size, Is.EqualTo(Content.Length));
        Assert.That(again.Objects.GetSize(ObjectId.Of(Content)), Is.EqualTo(Content.Length));
    }

    [Test]
    public async Task A_set_without_all_contents_is_refused(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        await using var directory = PrivateDirectory.Open(temp.Path, DateTimeOffset.UnixEpoch);

        Assert.That(
            () => new ComputedSets(directory).ReceiveAsync(Chunks(Entry(Content)), static _ => { }, cancellationToken),
            Throws.TypeOf<RpcException>().With.Message.Contains("/etc/host.conf"));
    }

    [Test]
    public async Task Contents_with_another_digest_are_refused(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        await using var directory = PrivateDirectory.Open(temp.Path, DateTimeOffset.UnixEpoch);
        var wrong = (byte[])Content.Clone();
        wrong[0] ^= 1;

        Assert.That(
            () => new ComputedSets(directory).ReceiveAsync(Chunks(Entry(Content), Data(wrong)), static _ => { }, cancellationToken),
            Throws.TypeOf<CorruptObjectException>());
        Assert.That(directory.Objects.GetSize(ObjectId.Of(Content)), Is.EqualTo(-1));
    }

    private static ComputedChunk Entry(byte[] content) => new() { Path = UnixPath.Of("/etc/host.conf"), Object = ObjectId.Of(content), Size = content.Length };

    private static ComputedChunk Data(byte[] data) => new() { Object = ObjectId.Of(Content), Data = data };

    private static async IAsyncEnumerable<ComputedChunk> Chunks(params ComputedChunk[] chunks)
    {
        foreach (var chunk in chunks)
        {
            await Task.Yield();
            yield return chunk;
        }
    }
}
