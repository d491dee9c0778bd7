using System.Text;
using Dom.Core.Rpc;
using Dom.Tests.Core.Rpc.Samples;

namespace Dom.Tests.Core.Rpc;

/// <summary>The same methods in JSON, as a person with curl uses them.</summary>
[CancelAfter(60_000)]
public sealed class RpcJsonTests
{
    [Test]
    public async Task A_call_takes_and_gives_json(CancellationToken cancellationToken)
    {
        var response = await PostAsync("/rpc/Test.Echo", "{ \"text\": \"hello\",\n  \"count\": 2 }", cancellationToken);
        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(response.Head, Does.Contain("application/json"));
        Assert.That(response.Text.Trim(), Does.StartWith("{\"text\":\"hello\",\"user\":\"curl\""));
    }

    [Test]
    public async Task A_stream_of_responses_is_one_line_each_and_an_end_line(CancellationToken cancellationToken)
    {
        var response = await PostAsync("/rpc/Test.Count", """{"text":"x","count":3}""", cancellationToken);
        var lines = response.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[2], Does.Contain("\"number\":2"));
        Assert.That(lines[3], Is.EqualTo("{\"$end\":true}"));
    }

    [Test]
    public async Task An_error_at_the_end_of_a_stream_is_its_last_line(CancellationToken cancellationToken)
    {
        var response = await PostAsync("/rpc/Test.Count", """{"text":"fail at end","count":1}""", cancellationToken);
        Assert.That(response.Status, Is.EqualTo(200));
        Assert.That(response.Text.TrimEnd().Split('\n')[^1], Does.StartWith("{\"$error\":{\"status\":404,\"code\":\"CountedOut\""));
    }

    [Test]
    public async Task Lines_of_requests_need_no_end_mark(CancellationToken cancellationToken)
    {
        var response = await PostAsync("/rpc/Test.Upload", "{\"offset\":0,\"data\":\"AAAA\"}\n\n{\"data\":\"AAA=\"}", cancellationToken);
        Assert.That((response.Status, response.Text.Trim()), Is.EqualTo((200, """{"text":"5","user":null,"number":0}""")));
    }

    [Test]
    public async Task Bad_json_is_an_error_in_json(CancellationToken cancellationToken)
    {
        var response = await PostAsync("/rpc/Test.Echo", "{\"text\":", cancellationToken);
        Assert.That(response.Status, Is.EqualTo(400));
        Assert.That(response.Text, Does.Contain("\"code\":\"Malformed\"").And.Contain("Test.Echo"));
    }

    [Test]
    public async Task The_answer_may_have_another_form_than_the_request(CancellationToken cancellationToken)
    {
        var response = await PostAsync("/rpc/Test.Echo", """{"text":"x"}""", cancellationToken, "Accept: application/msgpack\r\n");
        Assert.That((response.Status, response.Body[0] & 0xf0), Is.EqualTo((200, 0x80)));
    }

    [Test]
    public async Task Other_forms_are_refused(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("curl", "Test.*").Current.Certificate, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Echo", "text=x"u8.ToArray(), cancellationToken, "application/x-www-form-urlencoded");
        Assert.That(response.Status, Is.EqualTo(400));
        Assert.That((await raw.GetAsync("/rpc/Test.Echo", cancellationToken)).Status, Is.EqualTo(400));
    }

    private static async Task<RawResponse> PostAsync(string path, string json, CancellationToken cancellationToken, string? headers = null)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("curl", "Test.*").Current.Certificate, cancellationToken);
        return await raw.PostAsync(path, Encoding.UTF8.GetBytes(json), cancellationToken, RpcProtocol.JsonType, headers);
    }
}
