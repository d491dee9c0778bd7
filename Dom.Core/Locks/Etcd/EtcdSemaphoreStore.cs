using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Dom.Core.Locks.Etcd;

/// <summary>
/// Groups in an etcd 3.4 or later, through its v3 JSON gateway: one key for each group, replaced only while its <c>mod_revision</c> is the one that was read.
/// Several lock-managers, and airlock, may share it.
/// </summary>
public sealed class EtcdSemaphoreStore : ISemaphoreStore
{
    private readonly EtcdConnection _connection;
    private readonly EtcdOptions _options;
    private readonly DocumentForm _form;
    private string? _token;

    /// <summary>Prepares; nothing is connected yet.</summary>
    /// <param name="options">The members and who asks.</param>
    /// <param name="form">Our document below <c>dom/locks/</c>, or airlock's under its keys.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public EtcdSemaphoreStore(EtcdOptions options, DocumentForm form, TimeProvider clock)
    {
        _connection = new EtcdConnection(options, clock);
        _options = options;
        _form = form;
    }

    /// <inheritdoc/>
    public string Description => $"{_connection.Description} ({_form})";

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public bool KeepsDetails => _form == DocumentForm.Dom;

    /// <summary>The key of a group.</summary>
    public static string KeyOf(string group, DocumentForm form) => form == DocumentForm.Airlock
        ? $"com.coreos.airlock/groups/{WebUtility.UrlEncode(group)}/v1/semaphore"
        : $"dom/locks/{group}";

    /// <inheritdoc/>
    public async Task<StoredGroup?> ReadAsync(string group, CancellationToken cancellationToken)
    {
        var request = new EtcdMessages.RangeRequest(Encoding.UTF8.GetBytes(KeyOf(group, _form)));
        var response = await CallAsync("kv/range", request, EtcdJson.Default.RangeRequest, EtcdJson.Default.RangeResponse, writes: false, cancellationToken);
        return ToGroup(group, response);
    }

    /// <inheritdoc/>
    public async Task<StoreOutcome> TryReplaceAsync(string group, long revision, GroupState state, CancellationToken cancellationToken)
    {
        var key = Encoding.UTF8.GetBytes(KeyOf(group, _form));
        var request = new EtcdMessages.TxnRequest(
            [new EtcdMessages.Compare(key, "MOD", "EQUAL", revision)],
            [new EtcdMessages.RequestOp(new EtcdMessages.PutRequest(key, GroupDocument.Write(state, _form, isNew: revision == 0)), null)],
            [new EtcdMessages.RequestOp(null, new EtcdMessages.RangeRequest(key))]);
        var response = await CallAsync("kv/txn", request, EtcdJson.Default.TxnRequest, EtcdJson.Default.TxnResponse, writes: true, cancellationToken);
        return response is { Succeeded: true, Header.Revision: > 0 and var written }
            ? new StoreOutcome(true, new StoredGroup(state, written))
            : new StoreOutcome(false, response.Responses is [{ ResponseRange: { } found }, ..] ? ToGroup(group, found) : null);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private StoredGroup? ToGroup(string group, EtcdMessages.RangeResponse response)
    {
        if (response.Kvs is not [var found, ..])
        {
            return null;
        }

        try
        {
            return new StoredGroup(GroupDocument.Read(found.Value ?? [], _form), found.ModRevision);
        }
        catch (LockDocumentException fault)
        {
            throw new LockDocumentException($"key {KeyOf(group, _form)} in {Description}: {fault.Message}; it is left as it is, mend or delete it", fault);
        }
    }

    private async Task<TResponse> CallAsync<TRequest, TResponse>(
        string method, TRequest request, JsonTypeInfo<TRequest> requestType, JsonTypeInfo<TResponse> responseType, bool writes, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(request, requestType);
        if (_options.User is not null && _token is null)
        {
            await AuthenticateAsync(cancellationToken);
        }

        var reply = await SendAsync(method, body, writes, cancellationToken);
        if (_options.User is not null && reply.Status == HttpStatusCode.Unauthorized)
        {
            // The token is no longer known, so nothing was done.
            await AuthenticateAsync(cancellationToken);
            reply = await SendAsync(method, body, writes, cancellationToken);
        }

        if (reply.Status != HttpStatusCode.OK)
        {
            throw new SemaphoreStoreException($"{Description} answers {(int)reply.Status} to {method}: {reply.Text}", fateUnknown: false);
        }

        try
        {
            return JsonSerializer.Deserialize(reply.Body, responseType) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new SemaphoreStoreException($"{Description} answers {method} with something that is not its message: {fault.Message}", fateUnknown: writes, fault);
        }
    }

    private async Task AuthenticateAsync(CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new EtcdMessages.AuthenticateRequest(_options.User ?? "", _options.Password), EtcdJson.Default.AuthenticateRequest);
        var reply = await SendAsync("auth/authenticate", body, writes: false, cancellationToken);
        _token = reply.Status == HttpStatusCode.OK ? JsonSerializer.Deserialize(reply.Body, EtcdJson.Default.AuthenticateResponse)?.Token : null;
        if (_token is null)
        {
            throw new SemaphoreStoreException($"{Description} does not accept user '{_options.User}': {reply.Text}", fateUnknown: false);
        }
    }

    private Task<EtcdReply> SendAsync(string method, byte[] body, bool writes, CancellationToken cancellationToken) => _connection.SendAsync(
        member =>
        {
            var message = new HttpRequestMessage(HttpMethod.Post, new Uri(member, $"/v3/{method}")) { Content = new ByteArrayContent(body) };
            if (_token is { } token && method != "auth/authenticate")
            {
                message.Headers.TryAddWithoutValidation("Authorization", token);
            }

            return message;
        },
        writes,
        cancellationToken);
}
