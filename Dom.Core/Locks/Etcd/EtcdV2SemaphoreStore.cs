using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Dom.Core.Locks.Etcd;

/// <summary>
/// Groups where locksmith keeps them: etcd's v2 keys API, its keys and its document to the byte, so that <c>locksmithctl</c> and machines with locksmith share
/// them. Unlike locksmith it reads with a quorum.
/// </summary>
public sealed class EtcdV2SemaphoreStore(EtcdOptions options, TimeProvider clock) : ISemaphoreStore
{
    private const string Root = "coreos.com/updateengine/rebootlock/";
    private const int KeyNotFound = 100;
    private const int CompareFailed = 101;
    private const int NodeExists = 105;

    private readonly EtcdConnection _connection = new(options, clock);

    /// <inheritdoc/>
    public string Description => $"{_connection.Description} (locksmith's keys)";

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public bool KeepsDetails => false;

    /// <summary>The key of a group; that of the default group is locksmith's without a group.</summary>
    public static string KeyOf(string group) => group == LockName.DefaultGroup ? Root + "semaphore" : $"{Root}groups/{WebUtility.UrlEncode(group)}/semaphore";

    /// <inheritdoc/>
    public async Task<StoredGroup?> ReadAsync(string group, CancellationToken cancellationToken)
    {
        var response = await CallAsync(HttpMethod.Get, group, "?quorum=true", null, cancellationToken);
        return response.ErrorCode == KeyNotFound ? null : ToGroup(group, Accepted(response));
    }

    /// <inheritdoc/>
    public async Task<StoreOutcome> TryReplaceAsync(string group, long revision, GroupState state, CancellationToken cancellationToken)
    {
        var condition = revision == 0 ? "?prevExist=false" : string.Create(CultureInfo.InvariantCulture, $"?prevIndex={revision}");
        var response = await CallAsync(HttpMethod.Put, group, condition, GroupDocument.Write(state, DocumentForm.Locksmith, isNew: revision == 0), cancellationToken);
        return response.ErrorCode is CompareFailed or NodeExists or KeyNotFound
            ? new StoreOutcome(false, await ReadAsync(group, cancellationToken))
            : new StoreOutcome(true, new StoredGroup(state, Accepted(response).ModifiedIndex));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private StoredGroup ToGroup(string group, EtcdMessages.V2Node node)
    {
        try
        {
            return new StoredGroup(GroupDocument.Read(Encoding.UTF8.GetBytes(node.Value ?? ""), DocumentForm.Locksmith), node.ModifiedIndex);
        }
        catch (LockDocumentException fault)
        {
            throw new LockDocumentException($"key {KeyOf(group)} in {Description}: {fault.Message}; it is left as it is, mend or delete it", fault);
        }
    }

    private EtcdMessages.V2Node Accepted(EtcdMessages.V2Response response) => response.Node
        ?? throw new SemaphoreStoreException($"{Description} answers: {response.Message} {response.Cause} ({response.ErrorCode})", fateUnknown: false);

    private async Task<EtcdMessages.V2Response> CallAsync(HttpMethod method, string group, string condition, byte[]? value, CancellationToken cancellationToken)
    {
        var writes = value is not null;
        var reply = await _connection.SendAsync(
            member =>
            {
                // The percent signs of the key are part of it.
                var message = new HttpRequestMessage(method, new Uri(member, $"/v2/keys/{KeyOf(group).Replace("%", "%25", StringComparison.Ordinal)}{condition}"));
                if (value is not null)
                {
                    message.Content = new FormUrlEncodedContent([new("value", Encoding.UTF8.GetString(value))]);
                }

                if (options.User is { } user)
                {
                    message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
                }

                return message;
            },
            writes,
            cancellationToken);
        if (reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new SemaphoreStoreException($"{Description} does not allow it: {reply.Text}", fateUnknown: false);
        }

        try
        {
            return JsonSerializer.Deserialize(reply.Body, EtcdV2Json.Default.V2Response) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new SemaphoreStoreException(
                $"{Description} does not speak the v2 keys API (etcd needs --enable-v2; 3.6 has none): it answers {(int)reply.Status} {reply.Text}", fateUnknown: writes, fault);
        }
    }
}
