using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting.Logs;
using Dom.Roles.Pages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Roles.Hosting;

/// <summary>What a <see cref="RoleHost"/> serves, where and to whom.</summary>
public sealed record RoleHostOptions
{
    /// <summary>The role's name, such as <c>sub</c>.</summary>
    public required string Role { get; init; }

    /// <summary>Address and port to listen on; port 0 for a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Our certificate and whom we trust.</summary>
    public required RpcCredentials Credentials { get; init; }

    /// <summary>The methods; the host adds those of its log.</summary>
    public required RpcRouter Router { get; init; }

    /// <summary>The status pages; the host adds the one of its log.</summary>
    public PageMap Pages { get; init; } = new();

    /// <summary>Who gets them.</summary>
    public StatusPages StatusPages { get; init; } = StatusPages.Open;

    /// <summary>Limits.</summary>
    public RoleHostLimits Limits { get; init; } = new();

    /// <summary>The metrics that <c>/metrics</c> shows; null for a registry of the host's own.</summary>
    public MetricsRegistry? Metrics { get; init; }

    /// <summary>True for a role whose calls move much data: connections get larger buffers.</summary>
    public bool MovesBulkData { get; init; }

    /// <summary>
    /// Completes when the role has loaded its state: calls and pages wait for it. A role that must not do anything before it has its port listens
    /// first and loads then.
    /// </summary>
    public Task Loaded { get; init; } = Task.CompletedTask;

    /// <summary>Why the role is not ready to do its work, one reason each; empty when it is.</summary>
    public Func<IReadOnlyList<NotReadyReason>> NotReady { get; init; } = static () => [];

    /// <summary>File for the audit log, one JSON object a line; null for the program's log only.</summary>
    public string? AuditFile { get; init; }

    /// <summary>Where log lines go; a <see cref="RoleLogging"/> also keeps those of the rest of the role.</summary>
    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
