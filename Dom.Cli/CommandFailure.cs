using Dom.Core.Archives;
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
        RpcException e => new(ExitCodeOf(e), e.Code, e.Message, HintFor(e)),
        CertificateException
        {
            Code: RpcErrorCode.CertificateExpired or RpcErrorCode.CertificateNotYetValid or RpcErrorCode.CertificateRevoked
                or RpcErrorCode.UntrustedCertificate or RpcErrorCode.WrongServer
        } e => new(Cli.ExitCode.Denied, e.Code, e.Message, null),
        CertificateException e => new(Cli.ExitCode.Usage, e.Code, e.Message, null),
        LinuxException { IsNotFound: true } e => new(Cli.ExitCode.NotFound, e.Error.ToString(), e.Message, null),
        LinuxException e => new(Cli.ExitCode.Failed, e.Error.ToString(), e.Message, null),
        FileNotFoundException or DirectoryNotFoundException => new(Cli.ExitCode.NotFound, "NotFound", fault.Message, null),
        IOException or UnauthorizedAccessException => new(Cli.ExitCode.Failed, "InputOutput", fault.Message, null),
        _ => new(Cli.ExitCode.Failed, "Internal", $"unexpected error: {fault.GetType().Name}: {fault.Message}",
            "this is a fault of dom; run again with DOM_DEBUG=1 for the details and report them"),
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
        { Code: RpcErrorCode.Unreachable } => "check that the server runs and that --master, --imageserver or --mdbserver names it",
        { Status: RpcStatus.DeadlineExceeded } => "--timeout sets how long to wait",
        { Status: RpcStatus.Unauthenticated } => CertificateHint,
        { Code: RpcErrorCode.MethodNotGranted } => "`dom cert show` lists what your certificate allows",
        _ => null,
    };
}
