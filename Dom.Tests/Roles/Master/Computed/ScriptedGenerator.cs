using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;

namespace Dom.Tests.Roles.Master.Computed;

/// <summary>A file generator over TLS: the content of a path is a function of machine and path.</summary>
internal sealed class ScriptedGenerator : IAsyncDisposable
{
    private readonly RoleHost _host;
    private int _asked;

    public ScriptedGenerator(RpcCredentials credentials)
    {
        Router.MapServerStream(FileGeneratorMethods.Generate, (request, _, _) => GenerateAsync(request).ToAsyncEnumerable());
        _host = new RoleHost(new RoleHostOptions { Role = "filegen", Listen = new IPEndPoint(IPAddress.Loopback, 0), Credentials = credentials, Router = Router });
    }

    public RpcRouter Router { get; } = new();

    /// <summary>Host and port.</summary>
    public string Address => _host.Address.ToString();

    /// <summary>The contents by path; one that is not there cannot be computed.</summary>
    public ConcurrentDictionary<string, Func<Dom.Core.Machines.Machine, string>> Files { get; } = new();

    public TimeSpan ValidFor { get; set; }

    /// <summary>When set, changes what is sent.</summary>
    public Func<GeneratedPart, GeneratedPart> Distort { get; set; } = static part => part;

    public int Asked => Volatile.Read(ref _asked);

    public Task StartAsync(CancellationToken cancellationToken) => _host.StartAsync(cancellationToken);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private IEnumerable<GeneratedPart> GenerateAsync(GenerateRequest request)
    {
        Interlocked.Increment(ref _asked);
        foreach (var path in request.Paths)
        {
            if (!Files.TryGetValue(path.ToString(), out var make))
            {
                yield return new GeneratedPart { Path = path, Fault = "no rule for it" };
                continue;
            }

            var content = Encoding.UTF8.GetBytes(make(request.Machine));
            var half = content.Length / 2;
            yield return Distort(new GeneratedPart { Path = path, Size = content.Length, ValidFor = ValidFor, Data = half > 0 ? content.AsMemory(0, half) : content });
            if (half > 0)
            {
                yield return new GeneratedPart { Path = path, Size = content.Length, Data = content.AsMemory(half) };
            }
        }
    }
}
