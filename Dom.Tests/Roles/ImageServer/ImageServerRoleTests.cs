using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.ImageServer;

/// <summary>The whole role over real connections.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ImageServerRoleTests : IDisposable
{
    private static readonly int LargeBytes = Counts.Of(24 << 20, 1 << 30);

    /// <summary>TLS and HTTP add a thousandth; a cut may cost 1 MiB.</summary>
    private static readonly long MostSent = LargeBytes + LargeBytes / 500 + (1 << 20);

    private readonly TempDirectory _directory = new("dom-images-");
    private readonly TestPki _pki;

    public ImageServerRoleTests() => _pki = new TestPki(_directory.Combine("pki"));

    public void Dispose()
    {
        _pki.Dispose();
        _directory.Dispose();
    }

    [Test, CancelAfter(120_000)]
    public async Task An_upload_that_is_cut_in_the_middle_goes_on_where_it_stopped(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var proxy = new CutProxy(role.Address) { CutToServerAfter = LargeBytes / 2 };
        await using var client = Connect(proxy.Port);
        var source = MakeLarge();
        var result = await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse("large/1"), Source = new DirectorySource(source) }, null, token);
        Assert.That(proxy.Cuts, Is.EqualTo(1));
        Assert.That(proxy.ToServer, Is.LessThan(MostSent), "less than 1 MiB was sent again");
        var check = await client.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = result.Image.Name }, token);
        Assert.That((check.Objects, check.Missing.Count, check.Corrupt.Count), Is.EqualTo((1L, 0, 0)));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_download_that_is_cut_in_the_middle_goes_on_where_it_stopped(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var direct = Connect(role.Address.Port);
        var source = MakeLarge();
        await new ImagePusher(direct, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse("large/1"), Source = new DirectorySource(source) }, null, token);

        await using var proxy = new CutProxy(role.Address) { CutToClientAfter = LargeBytes / 2 };
        await using var client = Connect(proxy.Port);
        var server = new ImageSource("proxy", client);
        var image = await DownloadedImage.ReadTreeAsync(server, ImageName.Parse("large/1"), token);
        await using var store = FileObjectStore.Open(_directory.Combine("objects"), default);
        await new ImageDownloader([server]).FetchObjectsAsync(image.Objects, store, token);
        Assert.That(proxy.Cuts, Is.EqualTo(1));
        Assert.That(proxy.ToClient, Is.LessThan(MostSent), "less than 1 MiB was sent again");
        Assert.That(store.GetSize(image.Objects.Single().Id), Is.EqualTo(LargeBytes));
    }

    [Test, CancelAfter(120_000)]
    public async Task Objects_come_from_the_next_server_when_the_first_is_away_or_lacks_them(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var other = await StartAsync(token, "other");
        await using var full = Connect(role.Address.Port);
        await using var empty = Connect(other.Address.Port);
        await using var away = Connect(1);
        var source = MakeLarge();
        await new ImagePusher(full, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse("large/1"), Source = new DirectorySource(source) }, null, token);
        var image = await DownloadedImage.ReadTreeAsync(new ImageSource("full", full), ImageName.Parse("large/1"), token);
        await using var store = FileObjectStore.Open(_directory.Combine("objects"), default);

        var nothing = new ImageDownloader([new ImageSource("away", away), new ImageSource("empty", empty)]);
        var failure = Assert.CatchAsync<ImageFetchException>(() => nothing.FetchObjectsAsync(image.Objects, store, token));
        Assert.That(failure?.Message, Does.Contain("away, empty"));
        var all = new ImageDownloader([new ImageSource("away", away), new ImageSource("empty", empty), new ImageSource("full", full)]);
        await all.FetchObjectsAsync(image.Objects, store, token);
        Assert.That(store.GetSize(image.Objects.Single().Id), Is.EqualTo(LargeBytes));
    }

    [Test, CancelAfter(120_000)]
    public async Task Servers_that_each_have_a_part_deliver_the_whole(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var other = await StartAsync(token, "other");
        await using var first = Connect(role.Address.Port);
        await using var second = Connect(other.Address.Port);
        var wanted = new List<ObjectReference>();
        foreach (var (client, name) in new[] { (first, "one"), (second, "two") })
        {
            var source = _directory.CreateDirectory(name);
            for (var i = 0; i < 5; i++)
            {
                await File.WriteAllTextAsync(Path.Combine(source, $"{i}"), $"{name} {i}", token);
            }

            await new ImagePusher(client, TimeProvider.System).PushAsync(
                new PushRequest { Name = ImageName.Parse(name), Source = new DirectorySource(source) }, null, token);
            wanted.AddRange((await DownloadedImage.ReadTreeAsync(new ImageSource(name, client), ImageName.Parse(name), token)).Objects);
        }

        await using var store = FileObjectStore.Open(_directory.Combine("objects"), default);
        var downloader = new ImageDownloader([new ImageSource("first", first), new ImageSource("second", second)]);
        await downloader.FetchObjectsAsync(wanted, store, token);
        Assert.That(wanted, Has.Count.EqualTo(10));
        Assert.That(wanted.All(o => store.GetSize(o.Id) == o.Size), Is.True);
    }

    [Test, CancelAfter(120_000)]
    public async Task An_unpacked_image_is_what_was_pushed_as_rsync_sees_it(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var client = Connect(role.Address.Port);
        var source = _directory.CreateDirectory("source");
        await Tool.RunAsync("sh", ["-ec", """
            mkdir -m 3750 dir; echo one > dir/one; echo two > two; chmod 4711 two; chown 1234:5678 dir/one
            ln dir/one dir/other; ln dir/one third; ln -s /no/where symlink; chown -h 77:88 symlink
            mkfifo -m 640 fifo; mknod null c 1 3; mknod disk b 300 70000; : > empty; chmod 0 empty
            setfattr -n user.note -v 'some value' two; setfattr -n trusted.x -v y dir; setcap cap_net_raw+ep two 2>/dev/null || true
            setfacl -m u:1000:r,g:2000:rw two; setfacl -d -m u:1000:rwx dir
            touch -d '2001-02-03 04:05:06.123456789' dir/one; printf 'x' > "$(printf 'not\377utf8')"
            mkdir -p deep/a/b/c; head -c 300000 /dev/urandom > deep/a/b/c/file; cp deep/a/b/c/file deep/copy; chmod 500 deep/a
            """], directory: source, cancellationToken: token);
        await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse("tree/1"), Source = new DirectorySource(source) }, null, token);
        var server = new ImageSource("server", client);
        var image = await DownloadedImage.ReadTreeAsync(server, ImageName.Parse("tree/1"), token);
        var unpacker = new ImageUnpacker(image, new ImageDownloader([server]), unprivileged: false);
        var target = _directory.Combine("target");
        await unpacker.UnpackAsync(target, token);
        Assert.That(unpacker.LeftOut, Is.Empty);
        Assert.That(await Rsync.DifferencesAsync(source, target), Is.Empty);
        Assert.That(async () => await unpacker.UnpackAsync(target, token), Throws.InstanceOf<IOException>().With.Message.Contains("not empty"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Pages_show_images_and_escape_what_others_wrote(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var client = Connect(role.Address.Port);
        var source = _directory.CreateDirectory("source");
        await File.WriteAllTextAsync(Path.Combine(source, "file"), "content", token);
        await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse("a <b>/1"), Source = new DirectorySource(source), Notes = "<script>alert(1)</script>" }, null, token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{role.Address.Port}/") };
        var list = await http.GetStringAsync("/", token);
        Assert.That(list, Does.Contain("a &lt;b&gt;/1").And.Contains("/images/a%20%3Cb%3E/1"));
        var one = await http.GetStringAsync("/images/a%20%3Cb%3E/1", token);
        Assert.That(one, Does.Contain("&lt;script&gt;").And.Not.Contains("<script"));
        Assert.That((await http.GetAsync("/images/none", token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await http.GetStringAsync("/metrics", token), Does.Contain("dom_imageserver_images 1"));
        Assert.That((await http.GetAsync("/readyz", token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test, CancelAfter(120_000)]
    public async Task An_image_s_files_packages_and_filter_are_shown_with_a_certificate_only(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var client = Connect(role.Address.Port);
        var source = _directory.CreateDirectory("source");
        Directory.CreateDirectory(Path.Combine(source, "etc"));
        Directory.CreateDirectory(Path.Combine(source, "var/lib/dpkg"));
        await File.WriteAllTextAsync(Path.Combine(source, "etc/secret"), "content", token);
        File.CreateSymbolicLink(Path.Combine(source, "etc/way"), "/etc/secret");
        await File.WriteAllTextAsync(Path.Combine(source, "var/lib/dpkg/status"), "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n", token);
        for (var i = 0; i < 600; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(source, $"many{i:000}"), "", token);
        }

        await new ImagePusher(client, TimeProvider.System).PushAsync(
            new PushRequest
            {
                Name = ImageName.Parse("web/1"),
                Source = new DirectorySource(source),
                Filter = PathFilter.FromLines(["/hidden/.*"]),
                Origin = source,
                Tags = new Dictionary<string, string> { ["build"] = "=17" },
            },
            null,
            token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{role.Address.Port}/") };
        foreach (var page in new[] { "/images/web/1", "/images/web/1?output=json&table=facts", "/images/web/1?output=csv&table=triggers", "/?output=json" })
        {
            Assert.That(await http.GetStringAsync(page, token), Does.Not.Contain("hidden").And.Not.Contain(source), page);
        }

        Assert.That(await http.GetStringAsync("/images/web/1?output=csv&table=tags", token), Is.EqualTo("name,value\r\nbuild,'=17\r\n"));
        Assert.That((await http.GetAsync("/images/web/1?output=text&table=filter", token)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        foreach (var page in new[] { "/files/web/1", "/files/web/1?output=json", "/packages/web/1", "/packages/web/1?output=csv" })
        {
            Assert.That((await http.GetAsync(page, token)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), page);
            Assert.That(await ReadAsync(role, page, token, "ObjectServer.*"), Does.Contain("ImageServer.GetImage").And.Not.Contain("/etc"), page);
        }

        // A digest is as good as the content to whoever may read objects.
        using var listed = JsonDocument.Parse(await ReadAsync(role, "/?output=json", token));
        var manifest = listed.RootElement[0].GetProperty("manifest").GetString();
        Assert.That(await ReadAsync(role, "/images/web/1", token), Does.Contain(manifest));
        foreach (var page in new[] { "/", "/?output=json", "/images/web/1", "/images/web/1?output=json&table=facts" })
        {
            Assert.That(await http.GetStringAsync(page, token), Does.Not.Contain(manifest), page);
            Assert.That(await ReadAsync(role, page, token, "ObjectServer.*"), Does.Contain("web/1").Or.Contain("Added").And.Not.Contain(manifest).And.Not.Contain("hidden"), page);
        }

        Assert.That(await ReadAsync(role, "/images/web/1", token), Does.Contain("/hidden/.*").And.Contain("/files/web/1").And.Contain(source));
        Assert.That(await ReadAsync(role, "/packages/web/1?output=csv", token), Is.EqualTo("name,version\r\nbash,5.2-1\r\n"));
        Assert.That(await ReadAsync(role, "/files/web/1?path=/etc&output=text", token), Is.EqualTo("/etc\n/etc/secret\n/etc/way\n"));
        using var files = JsonDocument.Parse(await ReadAsync(role, "/files/web/1?output=json", token));
        var all = files.RootElement.EnumerateArray().ToList();
        Assert.That((all.Count, all[0].GetProperty("path").GetString()), Is.EqualTo((608, "/")));
        var way = all.Single(static f => f.GetProperty("path").GetString() == "/etc/way");
        Assert.That((way.GetProperty("kind").GetString(), way.GetProperty("target").GetString()), Is.EqualTo(("symlink", "/etc/secret")));
        Assert.That(all.Single(static f => f.GetProperty("path").GetString() == "/etc/secret").GetProperty("size_bytes").GetInt64(), Is.EqualTo(7));
        Assert.That(await ReadAsync(role, "/files/web/1", token), Does.Contain("page 1 of 2, 608 rows").And.Contain("/files/web/1?path=%2Fetc"));
        Assert.That(await ReadAsync(role, "/files/web/1?page=2", token), Does.Contain("many599").And.Not.Contain("many000"));
        Assert.That(await ReadAsync(role, "/files/web/1?path=/nothing", token), Does.Contain("has no /nothing"));
        Assert.That(await ReadAsync(role, "/files/web/1?path=etc", token), Does.Contain("is not an absolute path"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Pages_can_be_read_in_a_browser_in_every_light(CancellationToken token)
    {
        await using var role = await StartAsync(token);
        await using var client = Connect(role.Address.Port);
        var source = _directory.CreateDirectory("source");
        await File.WriteAllTextAsync(Path.Combine(source, "file"), "content", token);
        for (var i = 1; i <= 3; i++)
        {
            await new ImagePusher(client, TimeProvider.System).PushAsync(
                new PushRequest
                {
                    Name = ImageName.Parse($"web/{i}"),
                    Source = new DirectorySource(source),
                    Filter = PathFilter.FromLines(["/var/log/.*"]),
                    Triggers = TriggerSet.Of([new Trigger { Service = "nginx", MatchLines = ["/etc/nginx/.*"], HighImpact = true }]),
                    Notes = "Security fixes of November.",
                    Tags = new Dictionary<string, string> { ["build"] = $"{i}", ["branch"] = "main" },
                },
                null,
                token);
        }

        await client.CallAsync(ImageServerMethods.MakeDirectory, new MakeDirectoryRequest { Path = "db" }, token);
        await using var browser = await Chromium.StartAsync(token);
        foreach (var (page, name) in new[] { ("/", "list"), ("/images/web/1", "image"), ("/directories", "directories") })
        {
            await PageLook.CheckAsync(browser, $"http://127.0.0.1:{role.Address.Port}{page}", "imageserver-" + name, token);
        }
    }

    private async Task<string> ReadAsync(ImageServerRole role, string page, CancellationToken token, string methods = "ImageServer.*")
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = [_pki.User("bob", methods).Current.Certificate],
                CertificateChainPolicy = new X509ChainPolicy { VerificationFlags = X509VerificationFlags.AllFlags, DisableCertificateDownloads = true },
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
            },
        };
        using var http = new HttpClient(handler);
        using var response = await http.GetAsync(new Uri($"https://127.0.0.1:{role.Address.Port}{page}"), token);
        return await response.Content.ReadAsStringAsync(token);
    }

    private async Task<ImageServerRole> StartAsync(CancellationToken token, string state = "state")
    {
        var files = _pki.IssueFiles(new CertificateOrder { Name = "imageserver", Roles = ["imageserver"] });
        var options = new ImageServerOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            StateDirectory = _directory.Combine(state),
            Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
        };
        var role = new ImageServerRole(options, NullLoggerFactory.Instance, TimeProvider.System);
        await role.StartAsync(token);
        return role;
    }

    private RpcClient Connect(int port) => new(
        new RpcEndpoint { Host = "127.0.0.1", Port = port, Role = "imageserver" },
        _pki.User("alice", "ImageServer.*", "ObjectServer.*"),
        new RpcClientOptions { Retries = 1 });

    private string MakeLarge()
    {
        var source = _directory.CreateDirectory("source");
        var bytes = new byte[LargeBytes];
        new Random(3).NextBytes(bytes);
        File.WriteAllBytes(Path.Combine(source, "large"), bytes);
        return source;
    }
}
