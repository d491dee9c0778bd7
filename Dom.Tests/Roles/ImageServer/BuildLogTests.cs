using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.ImageServer;

/// <summary>The log of a build belongs to its image although no directory names it.</summary>
public sealed class BuildLogTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_build_log_is_checked_and_kept_like_a_file_and_goes_with_its_image(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        server.Clock.Advance(TimeProvider.System.GetUtcNow() - server.Clock.GetUtcNow() + TimeSpan.FromDays(2));
        var source = server.MakeDirectory("source");
        await File.WriteAllTextAsync(Path.Combine(source, "file"), "content", token);
        var log = new byte[700_000];
        new Random(1).NextBytes(log);
        var request = new PushRequest { Name = ImageName.Parse("web/1"), Source = new DirectorySource(source), BuildLog = log };
        var result = await new ImagePusher(server.Admin, TimeProvider.System).PushAsync(request, null, token);
        Assert.That(result.Manifest.Attachments, Is.EqualTo(new[] { new ObjectReference(ObjectId.Of(log), log.Length) }));

        await CollectAsync(server, token);
        using var content = new MemoryStream();
        await new ObjectFeed(new ImageSource("loopback", server.Admin), TimeProvider.System).CopyAsync(result.Manifest.Attachments[0], content, token);
        Assert.That(content.ToArray(), Is.EqualTo(log));
        var check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = "web/1" }, token);
        Assert.That(check.Objects, Is.EqualTo(2));

        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "web/1" }, token);
        await CollectAsync(server, token);
        Assert.That(server.State.Archive.Objects.GetSize(ObjectId.Of(log)), Is.EqualTo(-1));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_manifest_whose_build_log_was_not_uploaded_is_refused(CancellationToken token)
    {
        await using var server = await ServerFixture.StartAsync();
        var source = server.MakeDirectory("source");
        await File.WriteAllTextAsync(Path.Combine(source, "file"), "content", token);
        var pushed = await server.PushAsync("web/1", source, token);
        var manifest = pushed.Manifest with { BuildLog = ObjectId.Of("log"u8), BuildLogBytes = 3 };
        Assert.That(
            async () => await server.Admin.CallAsync(ImageServerMethods.AddImage, new AddImageRequest { Name = "web/2", Manifest = manifest.Encode() }, token),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(ImageErrorCode.MissingObjects));
    }

    private static Task CollectAsync(ServerFixture server, CancellationToken token) => server.Admin.CallAsync(
        ImageServerMethods.CollectGarbage, new CollectGarbageRequest { Age = TimeSpan.Zero }, token);
}
