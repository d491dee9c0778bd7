using System.Collections.Immutable;
using Dom.Core.Rpc.Certificates;

namespace Dom.Core.Rpc;

/// <summary>Who calls: what the certificate at the other end of the connection says, after it was verified.</summary>
public sealed class RpcCaller
{
    /// <summary>Creates a caller. <paramref name="methods"/> are patterns such as <c>Subd.*</c>, already checked.</summary>
    public RpcCaller(string user, ImmutableArray<string> groups, ImmutableArray<string> methods)
    {
        User = user;
        Groups = groups;
        Methods = methods;
    }

    /// <summary>The common name of the certificate.</summary>
    public string User { get; }

    /// <summary>The groups the certificate lists.</summary>
    public ImmutableArray<string> Groups { get; }

    /// <summary>The method patterns that count; empty for certificates of the identity authority.</summary>
    public ImmutableArray<string> Methods { get; }

    /// <summary>The certificate is of an identity authority: methods it lists do not count.</summary>
    public bool IsIdentityOnly { get; init; }

    /// <summary>True when this caller may call the method.</summary>
    public bool MayCall(RpcMethod method) => method.Access == RpcAccess.Public || Lists(method);

    /// <summary>True when the certificate lists the method: for methods that are public but mean more to those whose certificate names them.</summary>
    public bool Lists(RpcMethod method)
    {
        foreach (var pattern in Methods)
        {
            if (method.NamedOnly ? string.Equals(pattern, method.FullName, StringComparison.Ordinal) : MethodPattern.Matches(pattern, method.FullName))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when the certificate lists the group.</summary>
    public bool IsIn(string group) => Groups.Contains(group);

    /// <inheritdoc/>
    public override string ToString() => User;
}
