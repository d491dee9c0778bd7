using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Roles.Sub.Update;
using Dom.Tests.Core.Trees.Comparison;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Convergence;

/// <summary>A machine and an image as directories on disk, the real scanner, comparison and update engine between them.</summary>
internal sealed class DiskPair : IAsyncDisposable
{
    private readonly TempDirectory _temp = new();
    private static readonly ImageReference Before = new() { Name = "test/0", Manifest = ObjectId.Of("before"u8) };

    private readonly UpdateTree _machine;
    private readonly DirectoryHandle _image;

    public DiskPair(ModelTree? machine = null, ModelTree? image = null)
    {
        _machine = new UpdateTree(_temp.CreateDirectory("machine"));
        _image = DirectoryHandle.Open(_temp.CreateDirectory("image"));
        DiskTree.Write(machine ?? new ModelTree(), _machine.Root);
        DiskTree.Write(image ?? new ModelTree(), _image);
        ImageModel = image;
    }

    public ModelTree? ImageModel { get; }

    public PathFilter Filter { get; init; } = PathFilter.Empty;

    public bool Sparse { get; init; }

    public IReadOnlyDictionary<string, string>? Computed { get; init; }

    public DirectoryHandle Machine => _machine.Root;

    public DirectoryHandle Image => _image;

    public string MachinePath => _temp.Combine("machine");

    public string ImagePath => _temp.Combine("image");

    /// <summary>A scan from nothing, as after a restart.</summary>
    public async Task<MachineTree> ScanAsync(CancellationToken cancellationToken, PathFilter? filter = null) =>
        (await new TreeScanner(Machine, new ScanOptions()).ScanAsync(RequestFor(filter ?? Filter), null, cancellationToken)).Tree;

    public async Task<FileTree> ScanImageAsync(CancellationToken cancellationToken) =>
        (await new TreeScanner(_image, new ScanOptions()).ScanAsync(new ScanRequest(), null, cancellationToken)).Tree.Tree;

    public Plan Compare(MachineTree machine, FileTree image) => TreeComparison.Compare(new ComparisonInput
    {
        Manifest = UpdateTree.Image.Manifest,
        Machine = machine.Tree,
        Image = image,
        Filter = Filter,
        Sparse = Sparse,
        Computed = Computed is null ? null : Comparing.ToSet(Computed),
        LinkCount = path => machine.TryGetFacts(path, out var facts) ? facts.LinkCount : 1,
    });

    /// <summary>The tree of the image: its model, which can have computed files, or what is on disk.</summary>
    public async Task<FileTree> ImageTreeAsync(CancellationToken cancellationToken) =>
        ImageModel?.ToFileTree() ?? await ScanImageAsync(cancellationToken);

    public async Task<Plan> CompareAsync(CancellationToken cancellationToken) =>
        Compare(await ScanAsync(cancellationToken), await ImageTreeAsync(cancellationToken));

    public async Task<UpdateOutcome> ApplyAsync(Plan plan, CancellationToken cancellationToken)
    {
        await StoreObjectsAsync(plan, cancellationToken);
        var order = new UpdateOrder { Plan = plan, Image = new ImageReference { Name = "test/1", Manifest = plan.Manifest } };
        return await _machine.Engine().ApplyAsync(order, cancellationToken);
    }

    /// <summary>Applies a plan that brings another image: what it replaces is kept.</summary>
    public async Task<UpdateOutcome> ApplyKeepingAsync(Plan plan, CancellationToken cancellationToken)
    {
        await StoreObjectsAsync(plan, cancellationToken);
        var order = new UpdateOrder { Plan = plan, Image = new ImageReference { Name = "test/1", Manifest = plan.Manifest }, Previous = Before };
        return await _machine.Engine().ApplyAsync(order, cancellationToken);
    }

    /// <summary>Brings the machine back to a tree it had, of what was kept and what it still has.</summary>
    public async Task<UpdateOutcome> GoBackAsync(FileTree before, CancellationToken cancellationToken)
    {
        var engine = _machine.Engine();
        var plan = Compare(await ScanAsync(cancellationToken), before);
        var own = Directory.EnumerateFiles(MachinePath, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(path => !path.StartsWith(MachinePath + "/.subd/", StringComparison.Ordinal) && IsRegular(path));
        var contents = new Lazy<Dictionary<ObjectId, byte[]>>(() => own.Select(File.ReadAllBytes).DistinctBy(static bytes => ObjectId.Of(bytes)).ToDictionary(static bytes => ObjectId.Of(bytes)));
        foreach (var needed in plan.NeededObjects())
        {
            if (engine.Previous.GetSize(needed.Id) != needed.Size && _machine.Objects.GetSize(needed.Id) < 0)
            {
                Assert.That(contents.Value, Does.ContainKey(needed.Id), "what was not kept still has another name");
                await _machine.Objects.AddAsync(needed.Id, contents.Value[needed.Id], cancellationToken);
            }
        }

        var order = new UpdateOrder { Plan = plan, Image = Before, IsWayBack = true };
        var outcome = await engine.ApplyAsync(order, cancellationToken);
        engine.Previous.Drop();
        await engine.FreeDiscarded();
        return outcome;
    }

    /// <summary>Scans, compares, applies; then the plan must be empty, after reading the touched paths again and after a restart.</summary>
    /// <returns>The plan that was applied.</returns>
    public async Task<Plan> ConvergeAsync(string label, CancellationToken cancellationToken)
    {
        var image = await ImageTreeAsync(cancellationToken);
        var scanner = new TreeScanner(Machine, new ScanOptions());
        var before = (await scanner.ScanAsync(RequestFor(Filter), null, cancellationToken)).Tree;
        var plan = Compare(before, image);
        if (!plan.Steps.IsEmpty)
        {
            var outcome = await ApplyAsync(plan, cancellationToken);
            Assert.That(outcome.Code, Is.EqualTo(UpdateCode.Done), $"{label}: {outcome.Message}");
            Assert.That(outcome.Held, Is.Empty, label);
            var after = (await scanner.RescanAsync(RequestFor(Filter), before, outcome.Touched, cancellationToken)).Tree;
            Assert.That(Compare(after, image).Lines(), Is.Empty, $"{label}: after reading the touched paths");
        }

        var fresh = await ScanAsync(cancellationToken);
        var left = Compare(fresh, image);
        Assert.That(left.Lines(), Is.Empty, $"{label}: after a restart");
        Assert.That(left.Remarked(), Is.EqualTo(plan.Remarked()), label);
        return plan;
    }

    /// <summary>The lines rsync would print to make the machine equal to the image.</summary>
    public Task<string[]> RsyncAsync(CancellationToken cancellationToken, params string[] excluded) => RsyncAsync(MachinePath, cancellationToken, excluded);

    /// <summary>The same for another directory.</summary>
    public async Task<string[]> RsyncAsync(string machine, CancellationToken cancellationToken, params string[] excluded)
    {
        string[] arguments =
        [
            "-naHAXcOJ", "--delete", "--itemize-changes", "--exclude=/.subd", .. excluded.Select(e => $"--exclude={e}"), ImagePath + "/", machine + "/",
        ];
        return (await Tool.RunAsync("rsync", arguments, cancellationToken: cancellationToken)).Expect().Lines;
    }

    /// <summary>Every entry of the machine as a line, its path first.</summary>
    public async Task<List<string>> ListAsync(CancellationToken cancellationToken) =>
        ScanFixture.List((await ScanAsync(cancellationToken, PathFilter.Empty)).Tree);

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        _image.Dispose();
        _temp.Dispose();
    }

    private bool IsRegular(string path) =>
        Machine.GetStatus(System.Text.Encoding.UTF8.GetBytes(Path.GetRelativePath(MachinePath, path))).Kind == FileKind.Regular;

    private static ScanRequest RequestFor(PathFilter filter) =>
        new() { Scope = filter.IsEmpty ? ScanScope.Everything : new ScanScope(imageFilters: [filter]) };

    private async Task StoreObjectsAsync(Plan plan, CancellationToken cancellationToken)
    {
        foreach (var needed in plan.NeededObjects())
        {
            var content = ModelContents.BytesOf(needed.Id) ?? FindContent(needed.Id);
            await _machine.Objects.AddAsync(needed.Id, content, cancellationToken);
        }
    }

    private byte[] FindContent(ObjectId id) =>
        Directory.EnumerateFiles(ImagePath, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes).First(bytes => ObjectId.Of(bytes) == id);
}
