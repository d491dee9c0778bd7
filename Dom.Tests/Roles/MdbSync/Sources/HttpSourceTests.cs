using System.Security.Cryptography.X509Certificates;
using Dom.Core.Machines;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.MdbSync.Sources;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.MdbSync.Sources;

/// <summary>Lists on web servers, good and bad ones.</summary>
[CancelAfter(60_000)]
public sealed class HttpSourceTests
{
    private const int MaxBytes = 10_000;

    [Test]
    public async Task What_did_not_change_is_not_delivered_again(CancellationToken token)
    {
        await using var server = new ScriptedWebServer { Answer = ScriptedWebServer.Ok("""[{"Hostname":"a"}]""", "ETag: \"v1\"\r\nLast-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r\n") };
        using var source = Source($"json {server.Address}");
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List?.Count, Is.EqualTo(1));
        Assert.That(server.Requests[0], Does.StartWith("GET /list?token=secret HTTP/1.1").And.Not.Contains("If-"));
        server.Answer = "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n";
        Assert.That(await source.ReadAsync(MachineList.Empty, token), Is.SameAs(SourceReading.Unchanged));
        Assert.That(server.Requests[1], Does.Contain("If-None-Match: \"v1\"").And.Contain("If-Modified-Since: Wed, 21 Oct 2015 07:28:00 GMT"));
    }

    [Test]
    public async Task A_list_that_was_broken_is_asked_for_in_full(CancellationToken token)
    {
        await using var server = new ScriptedWebServer { Answer = ScriptedWebServer.Ok("[{]", "ETag: \"v1\"\r\n") };
        using var source = Source($"json {server.Address}");
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.TypeOf<MachineListException>());
        server.Answer = ScriptedWebServer.Ok("[]", "ETag: \"v1\"\r\n");
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List, Is.Not.Null);
        Assert.That(server.Requests[1], Does.Not.Contain("If-None-Match"));
    }

    [TestCase("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "503 Busy")]
    [TestCase("HTTP/1.1 304 Not Modified\r\n\r\n", "304", Description = "nobody asked for it")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[]", "more than 10000 bytes")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n[{\"Hostname\":\"a\"},", "premature", Description = "cut in the middle")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n[{\"Hostname\":\"a\"}]\r\n", "premature", Description = "cut before its end mark")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n[]", "gzip")]
    [TestCase("HTTP/1.1 302 Found\r\nLocation: ftp://elsewhere/\r\nContent-Length: 0\r\n\r\n", "127.0.0.1")]
    [TestCase("rubbish", "127.0.0.1")]
    [TestCase("", "127.0.0.1")]
    public async Task A_bad_answer_is_a_fault_with_its_reason(string answer, string reason, CancellationToken token)
    {
        await using var server = new ScriptedWebServer { Answer = answer };
        using var source = Source($"json {server.Address}");
        Assert.That(
            async () => await source.ReadAsync(MachineList.Empty, token),
            Throws.InstanceOf<Exception>().With.Matches<Exception>(e => e is IOException or MachineListException).And.Message.Contains(reason).And.Message.Not.Contains("secret"));
    }

    [Test]
    public async Task Lines_without_a_stated_length_are_refused_since_a_cut_could_not_be_seen(CancellationToken token)
    {
        await using var server = new ScriptedWebServer { Answer = "HTTP/1.1 200 OK\r\n\r\na\nb\n" };
        using var source = Source($"text {server.Address}");
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>().With.Message.Contains("states no length"));
        server.Answer = ScriptedWebServer.Ok("a\nb\n");
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List?.Count, Is.EqualTo(2));
    }

    [Test]
    public async Task More_than_allowed_is_refused_while_it_comes(CancellationToken token)
    {
        var chunk = $"{MaxBytes:x}\r\n{new string(' ', MaxBytes)}\r\n";
        await using var server = new ScriptedWebServer { Answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk + chunk, FallsSilent = true };
        using var source = Source($"json {server.Address}");
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.TypeOf<MachineListException>().With.Message.Contains("MaxSourceBytes"));
    }

    [TestCase("")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")]
    public async Task A_server_that_falls_silent_is_given_up(string answer, CancellationToken token)
    {
        await using var server = new ScriptedWebServer { Answer = answer, FallsSilent = true };
        using var source = Source($"timeout=1s json {server.Address}");
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.TypeOf<TimeoutException>().With.Message.Contains("within 1s"));
    }

    [Test]
    public async Task A_token_is_sent_over_tls_to_a_server_of_the_right_authority_only(CancellationToken token)
    {
        using var files = new TempDirectory();
        using var pki = new TestPki(files.Combine("pki"));
        var tokenFile = files.WriteFile("token", " abc123\n");
        var order = new CertificateOrder { Name = "inventory", Hosts = ["localhost"] };
        await using var server = new ScriptedWebServer(Certificate(pki.IssueFiles(order))) { Answer = ScriptedWebServer.Ok("[]") };
        using var source = Source($"token-file={tokenFile} ca-file={pki.CaFile} json {server.Address}");
        Assert.That((await source.ReadAsync(MachineList.Empty, token)).List, Is.Not.Null);
        Assert.That(server.Requests.Single(), Does.Contain("Authorization: Bearer abc123"));

        foreach (var authorities in new[] { $"ca-file={pki.IdentityCaFile}", "" })
        {
            using var other = Source($"{authorities} token-file={tokenFile} json {server.Address}");
            Assert.That(async () => await other.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>());
        }

        using var named = Source($"ca-file={pki.CaFile} json {server.Address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)}");
        Assert.That(async () => await named.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>(), "the certificate is for another name");
        Assert.That(server.Requests, Has.Count.EqualTo(1), "no token reached a server that is not trusted");
    }

    [Test]
    public async Task A_server_that_is_away_is_a_fault(CancellationToken token)
    {
        string address;
        await using (var server = new ScriptedWebServer())
        {
            address = server.Address;
        }

        using var source = Source($"json {address}");
        Assert.That(async () => await source.ReadAsync(MachineList.Empty, token), Throws.InstanceOf<IOException>().With.Message.Contains("127.0.0.1"));
    }

    private static IMachineSource Source(string line)
    {
        var definition = SourceDefinitionParser.Parse(line.Trim());
        return new HttpSource(definition, new SourceLimits(definition.Timeout ?? TimeSpan.FromSeconds(20), MaxBytes, MachineListLimits.Default), TimeProvider.System);
    }

    private static X509Certificate2 Certificate(Dom.Core.Rpc.RpcCredentialFiles files)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
