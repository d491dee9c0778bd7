using Dom.Core.Archives;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Trees;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli;

/// <summary>What a failed command says and returns: the one place where exceptions become exit codes.</summary>
internal sealed record CommandFailure(int ExitCode, string Code, string Message, string? Hint)
{
    private const string CertificateHint = "--cert, --key and --ca name the files of your certificate; `dom cert show` explains one";

    private const string ServerHint = "give host and port as the server's certificate and its Listen= say, with --master, --imageserver, --mdbserver or under [Client]; `dom config show Client` says where each address comes from";

    /// <summary>True when a server said it, whose log tells more.</summary>
    private bool IsOfServer { get; init; }

    /// <summary>Describes an exception for the user.</summary>
    public static CommandFailure From(Exception fault) => fault switch
    {
        CommandException e => new(e.ExitCode, e.Code, e.Message, e.Hint),
        ConfigurationException e => new(Cli.ExitCode.Usage, "BadConfiguration", e.Message, "`dom config check` tests the configuration without running anything"),
        RpcException { Code: ImageErrorCode.CorruptObject } e => new(Cli.ExitCode.Corrupt, e.Code, e.Message, null),
        ImageFetchException { InnerException: RpcException cause } e => From(cause) with { Message = e.Message },
        CorruptObjectException or CorruptTreeException or ManifestException => new(Cli.ExitCode.Corrupt, "Corrupt", fault.Message, null),
        PushException e => new(e.Code is PushException.MissingPaths or PushException.NotComputable ? Cli.ExitCode.Refused : Cli.ExitCode.Failed, e.Code, e.Message, null),
        ArchiveException e => new(Cli.ExitCode.Failed, "BadArchive", e.Message, null),
        RpcException e => new(ExitCodeOf(e), e.Code, e.Message, HintFor(e)) { IsOfServer = true },
        CertificateException
        {
            Code: RpcErrorCode.CertificateExpired or RpcErrorCode.CertificateNotYetValid or RpcErrorCode.CertificateRevoked
                or RpcErrorCode.UntrustedCertificate or RpcErrorCode.WrongServer
        } e => new(Cli.ExitCode.Denied, e.Code, e.Message, e.Code == RpcErrorCode.WrongServer ? ServerHint : null),
        CertificateException e => new(Cli.ExitCode.Usage, e.Code, e.Message, CertificateHint),
        LinuxException { IsNotFound: true } e => new(Cli.ExitCode.NotFound, e.Error.ToString(), e.Message, null),
        LinuxException e => new(Cli.ExitCode.Failed, e.Error.ToString(), e.Message, null),
        FileNotFoundException or DirectoryNotFoundException => new(Cli.ExitCode.NotFound, "NotFound", fault.Message, "check the path, its permissions and the working directory"),
        IOException or UnauthorizedAccessException => new(Cli.ExitCode.Failed, "InputOutput", fault.Message, null),
        _ => new(Cli.ExitCode.Failed, "Internal", $"unexpected error: {fault.GetType().Name}: {fault.Message}",
            "this is a fault of dom; run again with DOM_DEBUG=1 for the details and report them"),
    };

    /// <summary>The failure with a hint in any case: what to do next where the fault itself says nothing.</summary>
    /// <param name="command">The command as typed, such as <c>dom image show</c>.</param>
    public CommandFailure WithHint(string command) => Hint is not null ? this : this with
    {
        Hint = (ExitCode, Code) switch
        {
            (_, "InputOutput" or nameof(Errno.EACCES) or nameof(Errno.EPERM) or nameof(Errno.EROFS)) => "check the path, its permissions and the space on its disk",
            (_, nameof(Errno.ENOSPC) or nameof(Errno.EDQUOT)) => "make room on that file system, then run the command again: what has arrived is not sent again",
            (_, "BadArchive") => "check that it is a whole tar archive, plain or packed with gzip, zstd, xz or bzip2, all below its root",
            (_, ImageErrorCode.DiskFull) => "make room on the server's disk: `dom image list-unused`, `dom image delete`, then `dom image gc`",
            (_, ImageErrorCode.NoSuchImage) => "`dom image list` lists the images",
            (_, ImageErrorCode.NoSuchDirectory) => "`dom image list-directories` lists the directories",
            (_, "NoSuchMachine") => $"`dom {(command.StartsWith("dom mdb", StringComparison.Ordinal) ? "mdb list" : "ctl list-subs")} --names` lists the machines",
            (_, LockErrorCode.UnknownGroup) => "`dom lock status --all` lists the groups",
            (_, LockErrorCode.LockHeld) => "`dom lock status` says who holds the slots; --wait waits for one",
            (_, RpcErrorCode.UnknownMethod) => "client and server are of different versions: `dom ctl status --json` says the master's; update the older one",
            (Cli.ExitCode.Usage, _) => $"`{command} --help` shows what it takes, with examples",
            (Cli.ExitCode.NotFound, _) => $"check the name; `{command} --help` shows examples",
            (Cli.ExitCode.Refused, _) => $"settle what the message names and run `{command}` again; nothing was changed",
            (Cli.ExitCode.Denied, _) => CertificateHint,
            (Cli.ExitCode.Unreachable, _) => "try again; --timeout sets how long to wait",
            (Cli.ExitCode.Corrupt, _) => "`dom image check NAME` lists what is damaged; pushing the same content again stores it anew",
            (Cli.ExitCode.Partial, _) => "what is named above was left out; the rest is done",
            _ => IsOfServer ? "the log of the server says more; --json gives the code of this error" : "--json gives the code of this error",
        },
    };

    private static int ExitCodeOf(RpcException error) => error.Status switch
    {
        RpcStatus.InvalidArgument => Cli.ExitCode.Usage,
        RpcStatus.Unauthenticated or RpcStatus.PermissionDenied => Cli.ExitCode.Denied,
        RpcStatus.NotFound => Cli.ExitCode.NotFound,
        RpcStatus.Conflict => Cli.ExitCode.Refused,
        RpcStatus.Unavailable or RpcStatus.DeadlineExceeded or RpcStatus.ResourceExhausted => Cli.ExitCode.Unreachable,
        RpcStatus.Internal or RpcStatus.Unimplemented => Cli.ExitCode.Failed,
        _ => Cli.ExitCode.Failed,
    };

    private static string? HintFor(RpcException error) => error switch
    {
        { Code: RpcErrorCode.WrongServer } => ServerHint,
        { Code: RpcErrorCode.Unreachable } => "check that the server runs and that --master, --imageserver, --mdbserver or --lockmanager names it; `dom config show Client` says where each address comes from",
        { Status: RpcStatus.DeadlineExceeded } => "--timeout sets how long to wait",
        { Status: RpcStatus.Unauthenticated } => CertificateHint,
        { Code: RpcErrorCode.MethodNotGranted } => "`dom cert show` lists what your certificate allows",
        _ => null,
    };
}
