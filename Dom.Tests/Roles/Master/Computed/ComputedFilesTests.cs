using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Computed;
using Dom.Roles.Master.Policy;
using Dom.Tests.Roles.Sub;

namespace Dom.Tests.Roles.Master.Computed;

/// <summary>A real sub, a master and a file generator, all over TLS.</summary>
[CancelAfter(120_000)]
public sealed class ComputedFilesTests
{
    private const string Issue = "/etc/issue";

    [Test]
    public async Task A_machine_gets_its_own_content_and_follows_the_machine_list(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var generator = await StartGeneratorAsync(sub, cancellationToken);
        generator.Files[Issue] = static machine => $"{machine.Hostname} at {machine.Location}\n";
        await using var rig = await StartMasterAsync(sub, generator, cancellationToken);
        await WhenAsync(rig, MachineStatus.Synced, cancellationToken);
        Assert.That((sub.Read(Issue), sub.Read("/a")), Is.EqualTo(("a at rack1\n", "a")));

        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1", Location = "rack2" });
        await rig.WhenAsync(() => sub.Read(Issue) == "a at rack2\n", () => rig.Info("a").Detail, cancellationToken);
        await WhenAsync(rig, MachineStatus.Synced, cancellationToken);
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);
    }

    [Test]
    public async Task Without_its_generator_a_machine_gets_nothing_first_and_keeps_what_it_has_later(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var generator = await StartGeneratorAsync(sub, cancellationToken);
        await using var rig = await StartMasterAsync(sub, generator, cancellationToken);
        await WhenAsync(rig, MachineStatus.MissingComputedFile, cancellationToken);
        await rig.WhenAsync(() => rig.Info("a").Detail.Contains("no rule for it", StringComparison.Ordinal), () => rig.Info("a").Detail, cancellationToken);
        Assert.That(rig.Info("a").Detail, Does.Contain(generator.Address).And.Contain(Issue));
        Assert.That(File.Exists(sub.Root + "/a"), Is.False, "nothing is applied without the content");

        generator.Files[Issue] = static _ => "first\n";
        await WhenAsync(rig, MachineStatus.Synced, cancellationToken);
        await rig.StopAsync();
        generator.Files.Clear();
        rig.Channels["a"] = Master(sub);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Info("a").Detail.Contains("what was computed before", StringComparison.Ordinal), () => rig.Info("a").Detail, cancellationToken);
        Assert.That(rig.Status("a"), Is.EqualTo(MachineStatus.MissingComputedFile));
        File.WriteAllText(sub.Root + Issue, "drift");
        await rig.WhenAsync(() => sub.Read(Issue) == "first\n", () => rig.Info("a").Detail, cancellationToken);

        generator.Files[Issue] = static _ => "second\n";
        await WhenAsync(rig, MachineStatus.Synced, cancellationToken);
        Assert.That(sub.Read(Issue), Is.EqualTo("second\n"));
    }

    [Test]
    public async Task Content_is_renewed_when_its_validity_ends(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var generator = await StartGeneratorAsync(sub, cancellationToken);
        generator.ValidFor = TimeSpan.FromSeconds(1);
        generator.Files[Issue] = static _ => "first\n";
        await using var rig = await StartMasterAsync(sub, generator, cancellationToken);
        await WhenAsync(rig, MachineStatus.Synced, cancellationToken);
        generator.Files[Issue] = static _ => "second\n";
        await rig.WhenAsync(() => sub.Read(Issue) == "second\n", () => rig.Info("a").Detail, cancellationToken);
    }

    [Test]
    public async Task What_a_generator_must_not_send_is_refused_and_named(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var generator = await StartGeneratorAsync(sub, cancellationToken);
        generator.Files[Issue] = static _ => "content";
        await using var generators = new FileGenerators(source => Connect(sub, source), new ComputedMemory());
        var machine = new Machine { Hostname = "a" };
        var paths = new[] { new ComputedPath { Path = UnixPath.Of(Issue), Source = generator.Address } };
        var good = await generators.GenerateAsync(machine, paths, generators.Memory.Open(), cancellationToken);
        Assert.That((good.Set.Files.Count, good.Set.Files[0].Size, good.ValidFor), Is.EqualTo((1, 7L, FileGenerators.LongestValidity)));

        Refused(static part => part with { Path = UnixPath.Of("/etc/shadow") }, "/etc/shadow");
        Refused(static part => part with { Size = 1L << 40 }, "1099511627776 bytes");
        Refused(static part => part with { Size = 3, Data = new byte[4] }, "another length");
        Refused(static part => part with { Size = 100 }, "was complete");
        generator.Distort = static part => part;
        generator.Files[Issue] = static _ => "";
        Assert.That((await generators.GenerateAsync(machine, paths, generators.Memory.Open(), cancellationToken)).Set.Files[0].Size, Is.Zero);

        void Refused(Func<GeneratedPart, GeneratedPart> distort, string says)
        {
            generator.Distort = distort;
            Assert.That(
                () => generators.GenerateAsync(machine, paths, generators.Memory.Open(), cancellationToken),
                Throws.TypeOf<RpcException>().With.Message.Contains(says).And.Message.Contains(generator.Address));
        }
    }

    [Test]
    public async Task A_server_that_is_no_file_generator_is_not_believed(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var impostor = new ScriptedGenerator(sub.Server("sub"));
        await impostor.StartAsync(cancellationToken);
        impostor.Files[Issue] = static _ => "content";
        await using var generators = new FileGenerators(source => Connect(sub, source), new ComputedMemory());
        Assert.That(
            () => generators.GenerateAsync(new Machine { Hostname = "a" }, [new ComputedPath { Path = UnixPath.Of(Issue), Source = impostor.Address }], generators.Memory.Open(), cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo(RpcErrorCode.WrongServer));
        Assert.That(impostor.Asked, Is.Zero);
    }

    private static async Task<ScriptedGenerator> StartGeneratorAsync(SubRig sub, CancellationToken cancellationToken)
    {
        var generator = new ScriptedGenerator(sub.Server("filegen"));
        await generator.StartAsync(cancellationToken);
        return generator;
    }

    private static async Task<MasterRig> StartMasterAsync(SubRig sub, ScriptedGenerator generator, CancellationToken cancellationToken)
    {
        var rig = new MasterRig { IsInRealTime = true, FileGenerator = source => Connect(sub, source) };
        var reference = await sub.Shelf.AddAsync(
            "web/1",
            sub.Source("image", ("/a", "a"), (Issue, "a place")),
            manifest => manifest with { ComputedPaths = [new ComputedPath { Path = UnixPath.Of(Issue), Source = generator.Address }] },
            Issue);
        rig.Images.Add("web/1", sub.Shelf.Get(reference.Manifest));
        rig.Options = rig.Options with { ImageServer = [HostAndPort.Parse(sub.ObjectServer.ToString(), 6971)] };
        rig.Channels["a"] = Master(sub);
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1", Location = "rack1" });
        await rig.StartAsync(cancellationToken);
        return rig;
    }

    private static RpcClient Master(SubRig sub) => sub.ConnectMaster("dominator");

    private static RpcClient Connect(SubRig sub, string source) => new(
        RpcEndpoint.Parse(source, FileGeneratorMethods.DefaultPort, FileGeneratorMethods.Role), sub.MasterCredentials("dominator"), new RpcClientOptions { Retries = 0 });

    private static Task WhenAsync(MasterRig rig, MachineStatus status, CancellationToken cancellationToken) =>
        rig.WhenAsync(() => rig.Status("a") == status, () => $"'{rig.Status("a").Word()}' ({rig.Info("a").Detail}), not '{status.Word()}'", cancellationToken);
}
