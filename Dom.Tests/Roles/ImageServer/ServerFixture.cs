using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Rpc;
using Dom.Roles.ImageServer;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.ImageServer;

/// <summary>An image server in this process, and directories to push from.</summary>
internal sealed class ServerFixture : IAsyncDisposable
{
    private readonly TempDirectory _directory = new("dom-images-");

    private ImageServerState? _state;

    private ServerFixture()
    {
    }

    /// <summary>Its clock.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>The server's options; the directory is set by the fixture.</summary>
    public required ImageServerOptions Options { get; init; }

    /// <summary>The server's state.</summary>
    public ImageServerState State => _state ?? throw new InvalidOperationException("the server is closed");

    /// <summary>The server's methods.</summary>
    public RpcRouter Router { get; private set; } = new();

    /// <summary>The state directory.</summary>
    public string StateDirectory => _directory.Combine("state");

    /// <summary>A channel of a user who may do everything.</summary>
    public RpcChannel Admin => Connect("alice", "*.*");

    public static async Task<ServerFixture> StartAsync(ImageServerOptions? options = null)
    {
        var fixture = new ServerFixture { Options = options ?? new ImageServerOptions() };
        await fixture.OpenAsync();
        return fixture;
    }

    /// <summary>A channel of a user whose certificate lists these methods.</summary>
    public RpcLoopback Connect(string user, params string[] methods) => new(Router, new RpcCaller(user, ["staff"], [.. methods]));

    /// <summary>Closes the server and opens it again on the same directory.</summary>
    public async Task RestartAsync()
    {
        await State.DisposeAsync();
        await OpenAsync();
    }

    /// <summary>An empty directory for files.</summary>
    public string MakeDirectory(string name) => _directory.CreateDirectory(name);

    /// <summary>Pushes a directory as alice.</summary>
    public async Task<PushResult> PushAsync(string name, string directory, CancellationToken token, RpcChannel? channel = null) =>
        await new ImagePusher(channel ?? Admin, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(name), Source = new DirectorySource(directory) }, null, token);

    /// <summary>Path of a stored file.</summary>
    public string StoredFile(string store, Dom.Core.Objects.ObjectId id) => Path.Combine(StateDirectory, store, id.ToString()[..2], id.ToString()[2..]);

    public async ValueTask DisposeAsync()
    {
        await State.DisposeAsync();
        _directory.Dispose();
    }

    private async Task OpenAsync()
    {
        _state = await ImageServerState.OpenAsync(Options with { StateDirectory = StateDirectory }, Clock, NullLogger.Instance);
        Router = new RpcRouter();
        State.MapTo(Router);
    }
}
