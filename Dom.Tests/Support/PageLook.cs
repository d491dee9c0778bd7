using System.Globalization;

namespace Dom.Tests.Support;

/// <summary>Looks at a page as people with different screens do.</summary>
internal static class PageLook
{
    /// <summary>The weakest contrast of a text with what is behind it, and which text that is; the law is that of WCAG 2.</summary>
    private const string WeakestContrast = """
        (() => {
          const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const bytes = c => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
          const light = d => [0, 1, 2].map(i => d[i] / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
          const behind = e => { for (; e; e = e.parentElement) { const d = bytes(getComputedStyle(e).backgroundColor); if (d[3] === 255) return d; } return [255, 255, 255, 255]; };
          let worst = 99, which = '';
          for (const e of document.body.querySelectorAll('*')) {
            if (e.closest('progress') || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
            const [a, b] = [light(bytes(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
            if ((a + .05) / (b + .05) < worst) { worst = (a + .05) / (b + .05); which = e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 40); }
          }
          return worst.toFixed(2) + ' ' + which;
        })()
        """;

    /// <summary>
    /// Opens a page in light and dark, on a desk and on a phone: all texts have the contrast of WCAG 2 AA, nothing is wider than the window, headings of tables
    /// have their scope, fields their label. Keeps a picture of each.
    /// </summary>
    public static async Task CheckAsync(Chromium browser, string address, string name, CancellationToken cancellationToken, Func<string, Task>? also = null)
    {
        var backgrounds = new HashSet<string?>();
        foreach (var (scheme, width) in new[] { ("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390) })
        {
            await browser.LookAsync(width, width < 600 ? 844 : 1000, scheme, cancellationToken);
            await browser.GoAsync(address, cancellationToken);
            await browser.PictureAsync($"{name}-{scheme}-{width}", cancellationToken);
            var where = $"{address} {scheme} {width}";
            var weakest = ((string?)await browser.EvaluateAsync(WeakestContrast, cancellationToken) ?? "").Split(' ', 2);
            Assert.That(double.Parse(weakest[0], CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(4.5).And.LessThan(99), $"{where}: {weakest[^1]}");
            Assert.That((int?)await browser.EvaluateAsync("document.documentElement.scrollWidth", cancellationToken), Is.LessThanOrEqualTo(width), where);
            Assert.That((bool?)await browser.EvaluateAsync("[...document.querySelectorAll('th')].every(h => h.scope === 'col')", cancellationToken), Is.True, where);
            Assert.That((bool?)await browser.EvaluateAsync("[...document.querySelectorAll('input:not([type=hidden]), select')].every(i => i.labels.length === 1)", cancellationToken), Is.True, where);
            backgrounds.Add((string?)await browser.EvaluateAsync("getComputedStyle(document.body).backgroundColor", cancellationToken));
            if (also is not null)
            {
                await also(where);
            }
        }

        Assert.That(backgrounds, Has.Count.EqualTo(2), $"{address}: light and dark differ");
    }
}
