using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Tools;

/// <summary>Rule 21: what people change on a machine past the images, who may, and that it is drift.</summary>
[CancelAfter(120_000)]
public sealed class DirectChangeTests
{
    private static readonly string[] All = ["Subd.PushFile", "Subd.Delete", "Subd.RestartService"];

    [Test]
    public async Task What_is_changed_is_drift_and_is_audited(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect(All);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/etc/a", "a"), ("/etc/b", "b")));
        await rig.ConvergeAsync(token);
        File.SetUnixFileMode(rig.Root + "/etc/a", UnixFileMode.UserRead | UnixFileMode.GroupRead);
        var inode = (await Tool.RunOkAsync("stat", "-c", "%i", rig.Root + "/etc/a")).Output.Trim();

        Assert.That((await PushAsync(tool, "/etc/a", "another", token)).Replaced, Is.True);
        Assert.That((await PushAsync(tool, "/etc/new", "", token)).Replaced, Is.False);
        Assert.That((rig.Read("/etc/a"), rig.Read("/etc/new")), Is.EqualTo(("another", "")));
        Assert.That((await Tool.RunOkAsync("stat", "-c", "%i %a", rig.Root + "/etc/a")).Output.Trim(), Does.EndWith(" 440").And.Not.StartsWith(inode), "a new inode with the mode of the old one");
        var removed = await tool.CallAsync(SubdMethods.Delete, new DeleteRequest { Paths = [UnixPath.Of("/etc/b"), UnixPath.Of("/etc"), UnixPath.Of("/etc/none")], Reason = "away" }, token);
        Assert.That(removed.Paths.Select(static p => p.Error.Length == 0), Is.EqualTo(new[] { true, false, false }));
        Assert.That(removed.Paths[1].Error, Does.Contain("/etc"));

        await rig.PollUntilAsync(s => s.Plan is { Steps: > 2 }, token);
        await rig.ConvergeAsync(token);
        Assert.That((rig.Read("/etc/a"), rig.Read("/etc/b"), File.Exists(rig.Root + "/etc/new")), Is.EqualTo(("a", "b", false)));
        var state = await rig.PollUntilAsync(s => s.DriftNumber >= 3, token);
        Assert.That(state.AppliedImage, Is.EqualTo("test/1"));

        await tool.CallAsync(SubdMethods.RestartService, new RestartServiceRequest { Service = "nginx", Reason = "leak" }, token);
        Assert.That(rig.Services, Does.Contain("restart nginx"));
        var audit = await File.ReadAllTextAsync(Path.Combine(rig.Root, ".subd", "audit.log"), token);
        foreach (var part in new[] { "Subd.PushFile", "/etc/new", "a fix", "Subd.Delete", "/etc/none", "away", "Subd.RestartService", "nginx", "leak", "alice" })
        {
            Assert.That(audit, Does.Contain(part));
        }
    }

    [Test]
    public async Task Nobody_may_who_is_not_named_in_full_the_master_least(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        var delete = new DeleteRequest { Paths = [UnixPath.Of("/a")], Reason = "x" };
        Assert.That(() => PushAsync(rig.Client, "/a", "x", token), Denied);
        Assert.That(async () => await rig.Client.CallAsync(SubdMethods.Delete, delete, token), Denied);
        Assert.That(async () => await rig.Client.CallAsync(SubdMethods.RestartService, new RestartServiceRequest { Service = "a", Reason = "x" }, token), Denied);
        await using var one = rig.Connect("Subd.PushFile");
        Assert.That(async () => await one.CallAsync(SubdMethods.Delete, delete, token), Denied, "each has a grant of its own");
        Assert.That(Dom.Roles.Hosting.RoleGrants.For("master"), Has.None.AnyOf(All));
    }

    [TestCase("/.subd/holder")]
    [TestCase("/.subd")]
    [TestCase("/etc/../x")]
    [TestCase("/etc//x")]
    [TestCase("/etc/.")]
    [TestCase("etc/x")]
    [TestCase("/")]
    [TestCase("/tmp/x")]
    [TestCase("/link/x")]
    [TestCase("/etc/file/x")]
    public async Task Paths_outside_of_what_is_compared_are_refused(string path, CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect(All);
        using var outside = new TempDirectory();
        Directory.CreateDirectory(rig.Root + "/etc");
        Directory.CreateDirectory(rig.Root + "/tmp");
        await File.WriteAllTextAsync(rig.Root + "/etc/file", "", token);
        await Tool.RunOkAsync("ln", "-s", outside.Path, rig.Root + "/link");
        Assert.That(() => PushAsync(tool, path, "x", token), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("BadPath"));
        var inside = path is "/link/x" or "/etc/file/x";
        var delete = tool.CallAsync(SubdMethods.Delete, new DeleteRequest { Paths = [UnixPath.Of(path)], Reason = "x" }, token);
        if (inside)
        {
            Assert.That((await delete).Paths[0].Error, Does.Contain("symbolic link"));
        }
        else
        {
            Assert.That(async () => await delete, Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("BadPath"));
        }

        Assert.That(Directory.GetFileSystemEntries(outside.Path), Is.Empty);
    }

    [Test]
    public async Task A_push_that_is_not_what_it_says_leaves_nothing(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect(All);
        await File.WriteAllTextAsync(rig.Root + "/a", "old", token);
        Directory.CreateDirectory(rig.Root + "/dir");
        await Tool.RunOkAsync("ln", "-s", "a", rig.Root + "/link");
        Fails("WrongContent", Head("/a", "new") with { Data = "neW"u8.ToArray() });
        Fails("WrongContent", Head("/a", "new") with { Data = "ne"u8.ToArray() });
        Fails(RpcErrorCode.TooLarge, Head("/a", "new") with { Data = "newer"u8.ToArray() });
        Fails(RpcErrorCode.TooLarge, Head("/a", "new") with { Size = PushFileChunk.MaxFileBytes + 1 });
        Fails("BadMode", Head("/a", "new") with { Mode = 0x9ed });
        Fails("BadMode", Head("/a", "new") with { Uid = uint.MaxValue });
        Fails("NoReason", Head("/a", "new") with { Reason = " " });
        Fails("NoSuchDirectory", Head("/none/a", "new"));
        Fails("NoFile", Head("/dir", "new") with { Data = "new"u8.ToArray() });
        Fails("NoFile", Head("/link", "new") with { Data = "new"u8.ToArray() });
        Assert.That(async () => await tool.UploadAsync(SubdMethods.PushFile, AsyncEnumerable.Empty<PushFileChunk>(), token), Throws.TypeOf<RpcException>());
        Assert.That((rig.Read("/a"), File.Exists(rig.Root + "/.subd/pushed")), Is.EqualTo(("old", false)));

        void Fails(string code, params PushFileChunk[] chunks) =>
            Assert.That(async () => await tool.UploadAsync(SubdMethods.PushFile, chunks.ToAsyncEnumerable(), token), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(code), chunks[0].ToString());
    }

    [Test]
    public async Task One_file_is_pushed_at_a_time_and_one_that_is_cut_off_leaves_nothing(CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect(All);
        await using var other = rig.Connect(All);
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(token);
        var arrived = new TaskCompletionSource();
        var pushing = tool.UploadAsync(SubdMethods.PushFile, HalfAsync(cut.Token), cut.Token);
        await arrived.Task.WaitAsync(token);
        while (!File.Exists(rig.Root + "/.subd/pushed"))
        {
            await Task.Delay(50, token);
        }

        Assert.That(() => PushAsync(other, "/b", "b", token), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Busy"));
        await cut.CancelAsync();
        Assert.That(async () => await pushing, Throws.InstanceOf<Exception>());
        while (File.Exists(rig.Root + "/.subd/pushed"))
        {
            await Task.Delay(50, token);
        }

        Assert.That(File.Exists(rig.Root + "/a"), Is.False);
        await PushAsync(other, "/a", "whole", token);
        Assert.That(rig.Read("/a"), Is.EqualTo("whole"));

        async IAsyncEnumerable<PushFileChunk> HalfAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ended)
        {
            yield return Head("/a", "whole") with { Data = "wh"u8.ToArray() };
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, ended);
        }
    }

    [TestCase("", "BadService")]
    [TestCase("-x", "BadService")]
    [TestCase("a b", "BadService")]
    [TestCase("../x", "BadService")]
    [TestCase("dom-sub", "OwnService")]
    [TestCase("dom-sub.service", "OwnService")]
    public async Task Only_other_services_are_restarted(string service, string code, CancellationToken token)
    {
        await using var rig = await SubRig.StartAsync(token);
        await using var tool = rig.Connect(All);
        Assert.That(
            async () => await tool.CallAsync(SubdMethods.RestartService, new RestartServiceRequest { Service = service, Reason = "x" }, token),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(code));
        Assert.That(rig.Services, Is.Empty);
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Denied => Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied);

    private static PushFileChunk Head(string path, string content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        return new PushFileChunk { Path = UnixPath.Of(path), Size = bytes.Length, Content = ObjectId.Of(bytes), Reason = "a fix" };
    }

    private static Task<PushFileResponse> PushAsync(RpcClient client, string path, string content, CancellationToken token)
    {
        var data = new PushFileChunk { Data = System.Text.Encoding.UTF8.GetBytes(content) };
        return client.UploadAsync(SubdMethods.PushFile, new[] { Head(path, content), data }.ToAsyncEnumerable(), token);
    }
}
