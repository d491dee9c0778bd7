using System.CommandLine;
using Dom.Cli.Completion;
using Dom.Cli.Configuration;
using Dom.Cli.Output;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Images;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Commands;

/// <summary>One run of a command: its arguments, its output, its configuration, its connections.</summary>
internal sealed class CommandRun : IAsyncDisposable
{
    private readonly ConnectionOptions _options;
    private readonly List<RpcClient> _clients = [];
    private LoadedConfiguration? _configuration;
    private RpcCredentials? _credentials;
    private bool _isImpatient;

    private CommandRun(ParseResult arguments, ConnectionOptions options, ConsoleOutput output, TimeProvider time)
    {
        Arguments = arguments;
        _options = options;
        Output = output;
        Time = time;
    }

    /// <summary>A run that only asks servers for names, once and without trying again.</summary>
    public static CommandRun ForNames(ParseResult arguments) =>
        new(arguments, DomCommand.Connection, ConsoleOutput.ForConsole(json: false, TimeProvider.System), TimeProvider.System) { _isImpatient = true };

    /// <summary>The parsed command line.</summary>
    public ParseResult Arguments { get; }

    /// <summary>Where to print.</summary>
    public ConsoleOutput Output { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>True when the verb is only to say what it would do. Connections of such a run refuse methods that change something.</summary>
    public bool IsDryRun => Arguments.CommandResult.Command is Verb { DryRun: { } option } && Arguments.GetValue(option);

    /// <summary>The configuration, read when first asked for.</summary>
    public LoadedConfiguration Configuration => _configuration ??= _options.Load(Arguments);

    /// <summary>How to reach the servers.</summary>
    public ClientOptions Client => Configuration.Get(ClientOptions.Section);

    /// <summary>The value of <c>--timeout</c>; null when it was not given.</summary>
    public TimeSpan? GivenTimeout => _options.Timeout(Arguments);

    /// <summary>The value of an argument that must be given.</summary>
    public T Value<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);

    /// <summary>The value of an argument that may be left out.</summary>
    public T? OptionalValue<T>(Argument<T> argument) => Arguments.GetValue(argument);

    /// <summary>The value of an option, or its default.</summary>
    public T? Value<T>(Option<T> option) => Arguments.GetValue(option);

    /// <summary>A connection to the master; this run closes it.</summary>
    public RpcChannel ConnectToMaster() => Connect(Client.Master, "master");

    /// <summary>A connection to the image server; this run closes it.</summary>
    public RpcChannel ConnectToImageServer() => Connect(Client.ImageServer, "imageserver");

    /// <summary>A connection to mdb-sync; this run closes it.</summary>
    public RpcChannel ConnectToMdbServer() => Connect(Client.MdbServer, "mdb-sync");

    /// <summary>A connection to the lock-manager; this run closes it.</summary>
    public RpcChannel ConnectToLockManager() => Connect(Client.LockManager, "lock-manager");

    /// <summary>A connection to the sub of a machine, <c>HOST</c> or <c>HOST:PORT</c>; this run closes it.</summary>
    public RpcChannel ConnectToSub(string machine)
    {
        const int port = 6969;
        var endpoint = RpcEndpoint.Parse(machine, port, "sub");
        return Connect(new HostAndPort(endpoint.Host, endpoint.Port), "sub");
    }

    /// <summary>A connection to a server of any role; this run closes it.</summary>
    public RpcChannel ConnectTo(string role, HostAndPort server) => Connect(server, role);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }
    }

    private RpcClient Connect(HostAndPort server, string role)
    {
        _credentials ??= RpcCredentials.FromFiles(Client.CaFile, identityCa: null, Client.CertificateFile, Client.KeyFile, revocation: null, Time);
        var endpoint = new RpcEndpoint { Host = server.Host, Port = server.Port, Role = role };
        var client = IsDryRun ? new LookOnlyClient(endpoint, _credentials, Time) : new RpcClient(endpoint, _credentials, _isImpatient ? new RpcClientOptions { Retries = 0 } : null, Time);
        _clients.Add(client);
        return client;
    }

    /// <summary>Runs a command's body and turns whatever happens into output and an exit code.</summary>
    internal static async Task<int> ExecuteAsync(
        ParseResult arguments, Func<CommandRun, CancellationToken, Task<int>> body, TimeSpan? timeout, bool timesEach, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var options = DomCommand.Connection;
        var output = ConsoleOutput.ForConsole(options.IsJson(arguments), time);
        try
        {
            timeout = timesEach ? null : options.Timeout(arguments) ?? timeout;
            using var limit = new CancellationTokenSource(timeout ?? Timeout.InfiniteTimeSpan, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            await using var run = new CommandRun(arguments, options, output, time);
            try
            {
                return await body(run, either.Token);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new CommandException(ExitCode.Unreachable, "TimedOut", $"not finished within {DurationText.Format(timeout ?? default)}", "--timeout sets how long to wait");
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller knows which signal it was.
            return ExitCode.Interrupted;
        }
        catch (Exception fault)
        {
            var failure = await ExplainAsync(CommandFailure.From(fault), arguments);
            output.Failure(failure);
            if (failure.Code == "Internal" && Environment.GetEnvironmentVariable("DOM_DEBUG") is { Length: > 0 })
            {
                await Console.Error.WriteLineAsync(fault.ToString());
            }

            return failure.ExitCode;
        }
    }

    /// <summary>Adds what to do next: the name that was probably meant, else a general hint.</summary>
    private static async Task<CommandFailure> ExplainAsync(CommandFailure failure, ParseResult arguments)
    {
        if (failure.Code is ImageErrorCode.NoSuchImage or ImageErrorCode.NoSuchDirectory or MdbErrorCode.NoSuchMachine or LockErrorCode.UnknownGroup
            && await LiveNames.SuggestAsync(arguments) is { } suggestion)
        {
            failure = failure with { Hint = suggestion };
        }

        return failure.WithHint(DomCommand.PathOf(arguments.CommandResult));
    }
}
