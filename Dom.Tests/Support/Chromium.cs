using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Dom.Tests.Support;

/// <summary>A headless Chromium with one page, led over its debugging protocol on the loopback.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly TempDirectory _profile = new("dom-chromium-");
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _events = [];
    private Process? _process;
    private int _calls;

    private Chromium()
    {
    }

    /// <summary>Starts the browser; a missing program fails the test.</summary>
    public static async Task<Chromium> StartAsync(CancellationToken cancellationToken)
    {
        var browser = new Chromium();
        try
        {
            await browser.OpenAsync(cancellationToken);
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens an address and waits until it is loaded.</summary>
    public async Task GoAsync(string address, CancellationToken cancellationToken)
    {
        await DuringLoadAsync(() => CallAsync("Page.navigate", new JsonObject { ["url"] = address }, cancellationToken), cancellationToken);
    }

    /// <summary>Does something that leads to another page, and waits until that is loaded.</summary>
    public async Task DuringLoadAsync(Func<Task> act, CancellationToken cancellationToken)
    {
        _events.Clear();
        await act();
        while (!_events.Contains("Page.loadEventFired"))
        {
            using var message = await ReceiveAsync(cancellationToken);
            Note(message);
        }
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression, CancellationToken cancellationToken)
    {
        var result = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true }, cancellationToken);
        Assert.That(result["exceptionDetails"]?.ToJsonString(), Is.Null, expression);
        return result["result"]?["value"];
    }

    /// <summary>Presses a key as a person does.</summary>
    public async Task PressAsync(string key, CancellationToken cancellationToken)
    {
        var (code, text) = key switch
        {
            "Tab" => (9, (string?)null),
            "Enter" => (13, "\r"),
            _ => throw new ArgumentException($"no code is known for the key {key}", nameof(key)),
        };
        foreach (var type in new[] { text is null ? "rawKeyDown" : "keyDown", "keyUp" })
        {
            var press = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code };
            if (text is not null && type == "keyDown")
            {
                press["text"] = text;
            }

            await CallAsync("Input.dispatchKeyEvent", press, cancellationToken);
        }
    }

    /// <summary>Makes the page believe in a size of the window and in a colour scheme, <c>light</c> or <c>dark</c>.</summary>
    public async Task LookAsync(int width, int height, string scheme, CancellationToken cancellationToken)
    {
        await CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 },
            cancellationToken);
        await CallAsync(
            "Emulation.setEmulatedMedia",
            new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }) },
            cancellationToken);
    }

    /// <summary>Keeps a picture of the page beside the results of the tests.</summary>
    public async Task PictureAsync(string name, CancellationToken cancellationToken)
    {
        var result = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }, cancellationToken);
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, "pictures", name + ".png");
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? ".");
        await File.WriteAllBytesAsync(path, Convert.FromBase64String((string?)result["data"] ?? ""), cancellationToken);
        TestContext.AddTestAttachment(path);
    }

    /// <summary>Ends the browser.</summary>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        _profile.Dispose();
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--disable-dev-shm-usage", "--remote-debugging-port=0", $"--user-data-dir={_profile.Path}", "about:blank",
        ];
        _process = Process.Start(new ProcessStartInfo("chromium", arguments) { RedirectStandardError = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException("chromium did not start");
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var port = await PortAsync(cancellationToken);
        using var http = new HttpClient();
        using var targets = JsonDocument.Parse(await http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/json/list"), cancellationToken));
        var page = targets.RootElement.EnumerateArray().First(static t => t.GetProperty("type").GetString() == "page");
        await _socket.ConnectAsync(new Uri(page.GetProperty("webSocketDebuggerUrl").GetString() ?? ""), cancellationToken);
        await CallAsync("Page.enable", [], cancellationToken);
    }

    /// <summary>The port, which the browser writes into its profile once it listens.</summary>
    private async Task<int> PortAsync(CancellationToken cancellationToken)
    {
        var file = Path.Combine(_profile.Path, "DevToolsActivePort");
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await pause.WaitForNextTickAsync(cancellationToken))
        {
            Assert.That(_process?.HasExited, Is.False, "chromium ended before it listened");
            if (File.Exists(file) && await File.ReadAllLinesAsync(file, cancellationToken) is [var port, _, ..])
            {
                return int.Parse(port, CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException("the timer has ended");
    }

    private async Task<JsonObject> CallAsync(string method, JsonObject parameters, CancellationToken cancellationToken)
    {
        var id = ++_calls;
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(call.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        while (true)
        {
            using var message = await ReceiveAsync(cancellationToken);
            if (!message.RootElement.TryGetProperty("id", out var answered) || answered.GetInt32() != id)
            {
                Note(message);
                continue;
            }

            Assert.That(message.RootElement.TryGetProperty("error", out var error) ? error.ToString() : null, Is.Null, method);
            return JsonNode.Parse(message.RootElement.GetProperty("result").GetRawText())?.AsObject() ?? [];
        }
    }

    private void Note(JsonDocument message)
    {
        if (message.RootElement.TryGetProperty("method", out var name))
        {
            _events.Add(name.GetString() ?? "");
        }
    }

    private async Task<JsonDocument> ReceiveAsync(CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            whole.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
            {
                return JsonDocument.Parse(whole.ToArray());
            }
        }
    }
}
