using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Dom.Roles.Pages;

/// <summary>What a page answers.</summary>
public sealed record PageResult
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The media type with its character set.</summary>
    public required string ContentType { get; init; }

    /// <summary>The bytes of the answer; empty when <see cref="Writer"/> writes them.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Writes the answer piece by piece, for one that may be too large to be held; null when <see cref="Body"/> is all of it.</summary>
    public Func<PipeWriter, CancellationToken, ValueTask>? Writer { get; init; }

    /// <summary>The headers every answer carries, so that a page cannot load, frame or run anything foreign.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> SafetyHeaders { get; } =
    [
        new("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
        new("X-Content-Type-Options", "nosniff"),
        new("Referrer-Policy", "no-referrer"),
        new("Cache-Control", "no-store"),
    ];

    /// <summary>An HTML page.</summary>
    public static PageResult Html(HtmlWriter html, int status = 200)
    {
        ArgumentNullException.ThrowIfNull(html);
        return new() { Status = status, ContentType = "text/html; charset=utf-8", Body = Encoding.UTF8.GetBytes(html.ToString()) };
    }

    /// <summary>Plain text.</summary>
    public static PageResult Text(string text, int status = 200) =>
        new() { Status = status, ContentType = "text/plain; charset=utf-8", Body = Encoding.UTF8.GetBytes(text) };

    /// <summary>A JSON document that is already encoded.</summary>
    public static PageResult Json(ReadOnlyMemory<byte> utf8, int status = 200) =>
        new() { Status = status, ContentType = "application/json", Body = utf8 };

    /// <summary>An answer that is written piece by piece.</summary>
    public static PageResult Stream(string contentType, Func<PipeWriter, CancellationToken, ValueTask> writer) =>
        new() { ContentType = contentType, Writer = writer };

    /// <summary>Writes the answer, whichever way it is held.</summary>
    public async ValueTask WriteToAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        if (Writer is { } writer)
        {
            await writer(output, cancellationToken);
        }
        else
        {
            output.Write(Body.Span);
        }

        await output.FlushAsync(cancellationToken);
    }

    /// <summary>Says that there is no such thing, with what was looked for.</summary>
    public static PageResult NotFound(string message) => Text(message + "\n", 404);

    /// <summary>Says that the page needs a client certificate.</summary>
    public static PageResult CertificateRequired { get; } =
        Text("This page shows paths or content. Open it with https and a client certificate of this fleet.\n", 403);
}
