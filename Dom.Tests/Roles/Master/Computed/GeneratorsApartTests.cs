using System.Runtime.CompilerServices;
using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Computed;

namespace Dom.Tests.Roles.Master.Computed;

/// <summary>File generators that hang, and how little others notice of it.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GeneratorsApartTests
{
    private const int FileBytes = 10;

    private readonly Dictionary<string, Generator> _generators = [];

    [Test]
    public async Task One_that_hangs_holds_up_its_own_machines_only(CancellationToken cancellationToken)
    {
        await using var generators = Open();
        var stuck = Add("stuck:1");
        Add("well:1");
        stuck.Hangs = true;
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var held = Enumerable.Range(0, 50).Select(_ => AskAsync(generators, "stuck:1", cancel.Token)).ToList();
        await UntilAsync(() => stuck.Asked == 8, cancellationToken);
        for (var i = 0; i < 20; i++)
        {
            Assert.That(await AskAsync(generators, "well:1", cancellationToken), Is.EqualTo(FileBytes));
        }

        Assert.That((stuck.Asked, held.Any(static h => h.IsCompleted)), Is.EqualTo((8, false)), "eight at a time");

        // Those that are asked and those that wait for their turn are given up; the turns are free again.
        await cancel.CancelAsync();
        foreach (var one in held)
        {
            Assert.That(async () => await one, Throws.InstanceOf<OperationCanceledException>());
        }

        stuck.Hangs = false;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(generators, "stuck:1", cancellationToken)));
    }

    [Test]
    public async Task When_there_are_more_than_can_be_connected_the_one_unused_for_longest_goes_and_never_one_that_is_asked(CancellationToken cancellationToken)
    {
        await using var generators = Open();
        var first = Add("first:1");
        first.Hangs = true;
        var held = AskAsync(generators, "first:1", cancellationToken);
        await UntilAsync(() => first.Asked == 1, cancellationToken);
        for (var i = 0; i < 200; i++)
        {
            Add($"g{i}:1");
            await AskAsync(generators, $"g{i}:1", cancellationToken);
        }

        first.Release.SetResult();
        Assert.That(await held, Is.EqualTo(FileBytes));
        await AskAsync(generators, "first:1", cancellationToken);
        await AskAsync(generators, "g199:1", cancellationToken);
        await AskAsync(generators, "g0:1", cancellationToken);
        Assert.That((first.Dialled, _generators["g199:1"].Dialled, _generators["g0:1"].Dialled), Is.EqualTo((1, 1, 2)));
    }

    [Test]
    public async Task What_machines_have_not_taken_yet_is_bounded_in_all(CancellationToken cancellationToken)
    {
        await using var generators = Open(new ComputedMemory(bytes: 3 * FileBytes, largest: FileBytes));
        Add("well:1");
        var shares = Enumerable.Range(0, 4).Select(_ => generators.Memory.Open()).ToArray();
        for (var i = 0; i < 3; i++)
        {
            await AskAsync(generators, "well:1", cancellationToken, shares[i]);
        }

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fourth = AskAsync(generators, "well:1", cancel.Token, shares[3]);
        await UntilAsync(() => shares[3].IsWaiting, cancellationToken);
        Assert.That((generators.Memory.Taken, fourth.IsCompleted), Is.EqualTo((3L * FileBytes, false)));
        await cancel.CancelAsync();
        Assert.That(async () => await fourth, Throws.InstanceOf<OperationCanceledException>());
        shares[3].Dispose();
        Assert.That((generators.Memory.Taken, generators.Memory.Waiting), Is.EqualTo((3L * FileBytes, 0)));

        using var again = generators.Memory.Open();
        var fifth = AskAsync(generators, "well:1", cancellationToken, again);
        await UntilAsync(() => again.IsWaiting, cancellationToken);
        shares[0].Dispose();
        Assert.That(await fifth, Is.EqualTo(FileBytes));
        Assert.That(generators.Memory.Taken, Is.EqualTo(3 * FileBytes));
    }

    [Test]
    public async Task A_machine_whose_files_are_too_much_together_takes_nothing_of_them(CancellationToken cancellationToken)
    {
        await using var generators = Open(new ComputedMemory(bytes: 100, largest: (2 * FileBytes) - 1));
        Add("well:1");
        using (var share = generators.Memory.Open())
        {
            Assert.That(
                async () => await generators.GenerateAsync(new Machine { Hostname = "a" }, [Path("/a", "well:1"), Path("/b", "well:1")], share, cancellationToken),
                Throws.TypeOf<RpcException>().With.Message.Contains("all of a machine 19"));
            Assert.That(share.Bytes, Is.EqualTo(FileBytes), "the second was not taken");
        }

        Assert.That(generators.Memory.Taken, Is.Zero);
    }

    private FileGenerators Open(ComputedMemory? memory = null) => new(
        source =>
        {
            var generator = _generators[source];
            generator.Dialled++;
            return new RpcLoopback(generator.Router, new RpcCaller("dominator", [], ["FileGenerator.Generate"]));
        },
        memory ?? new ComputedMemory());

    private Generator Add(string source) => _generators[source] = new Generator();

    private static ComputedPath Path(string path, string source) => new() { Path = UnixPath.Of(path), Source = source };

    private static async Task<long> AskAsync(FileGenerators generators, string source, CancellationToken cancellationToken, ComputedMemory.Share? share = null)
    {
        using var own = generators.Memory.Open();
        return (await generators.GenerateAsync(new Machine { Hostname = "a" }, [Path("/etc/issue", source)], share ?? own, cancellationToken)).Set.Files[0].Size;
    }

    private static async Task UntilAsync(Func<bool> holds, CancellationToken cancellationToken)
    {
        using var settle = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (!holds())
        {
            await settle.WaitForNextTickAsync(cancellationToken);
        }
    }

    private sealed class Generator
    {
        private int _asked;

        public Generator() => Router.MapServerStream(FileGeneratorMethods.Generate, (request, _, token) => AnswerAsync(request, token));

        public RpcRouter Router { get; } = new();

        public bool Hangs { get; set; }

        public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked => Volatile.Read(ref _asked);

        public int Dialled { get; set; }

        private async IAsyncEnumerable<GeneratedPart> AnswerAsync(GenerateRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            if (Hangs)
            {
                await Release.Task.WaitAsync(cancellationToken);
            }

            foreach (var path in request.Paths)
            {
                yield return new GeneratedPart { Path = path, Size = FileBytes, Data = new byte[FileBytes] };
            }
        }
    }
}
