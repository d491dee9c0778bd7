using Dom.Core.Rpc;

namespace Dom.Core.Contracts.FileGenerator;

/// <summary>The methods of a file generator: it computes the files of images whose content is another one on each machine.</summary>
public static class FileGeneratorMethods
{
    /// <summary>The port of generators that are named without one.</summary>
    public const int DefaultPort = 6972;

    /// <summary>The role in a generator's certificate.</summary>
    public const string Role = "filegen";

    private const string Service = "FileGenerator";

    /// <summary>Computes files of one machine and sends them in the order of the request, each in parts. Changes nothing.</summary>
    public static readonly RpcMethod<GenerateRequest, GeneratedPart> Generate =
        RpcMethod.ServerStream(Service, "Generate", ContractsJson.Default.GenerateRequest, ContractsJson.Default.GeneratedPart) with { Limits = RpcLimits.Default with { MaxResponseBytes = 1 << 20, StreamDeadline = TimeSpan.FromMinutes(1) } };
}
