using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dom.Cli.Commands;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Contracts.MdbServer;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Cli.Completion;

/// <summary>Names asked of the servers while somebody types, and again to say what somebody probably meant.</summary>
internal static class LiveNames
{
    private const int MaxWords = 500;

    // What people wait for when they press Tab; with the start of the program it stays below what they notice as a hang. The variable is for slow links.
    private static readonly TimeSpan Limit =
        int.TryParse(Environment.GetEnvironmentVariable("DOM_COMPLETION_TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 60
            ? TimeSpan.FromSeconds(seconds)
            : TimeSpan.FromMilliseconds(700);

    private static readonly ConditionalWeakTable<Symbol, object> Kinds = [];

    /// <summary>Makes an argument complete names of a kind.</summary>
    public static Argument<T> CompletesWith<T>(this Argument<T> argument, NameKind kind)
    {
        Kinds.AddOrUpdate(argument, kind);
        argument.CompletionSources.Add(context => Complete(kind, context));
        return argument;
    }

    /// <summary>Makes an option complete names of a kind.</summary>
    public static Option<T> CompletesWith<T>(this Option<T> option, NameKind kind)
    {
        Kinds.AddOrUpdate(option, kind);
        option.CompletionSources.Add(context => Complete(kind, context));
        return option;
    }

    /// <summary>"did you mean 'X'?" for the first name on a command line that no server knows; null when there is none near it.</summary>
    public static async Task<string?> SuggestAsync(ParseResult arguments)
    {
        foreach (var (symbol, words) in Named(arguments))
        {
            if (!Kinds.TryGetValue(symbol, out var kind) || words.Count == 0)
            {
                continue;
            }

            var names = await ReadWithinLimitAsync((NameKind)kind, arguments, "");
            var known = names.ToHashSet(StringComparer.Ordinal);
            if (words.Where(w => !known.Contains(w)).Select(w => Suggestion.For(w, names)).FirstOrDefault(s => s is not null) is { } suggestion)
            {
                return suggestion;
            }
        }

        return null;
    }

    private static IEnumerable<(Symbol Symbol, IReadOnlyList<string> Words)> Named(ParseResult arguments)
    {
        var command = arguments.CommandResult.Command;
        foreach (var argument in command.Arguments)
        {
            yield return (argument, [.. (arguments.GetResult(argument)?.Tokens ?? []).Select(t => t.Value)]);
        }

        foreach (var option in command.Options)
        {
            yield return (option, [.. (arguments.GetResult(option)?.Tokens ?? []).Select(t => t.Value)]);
        }
    }

    private static IEnumerable<CompletionItem> Complete(NameKind kind, CompletionContext context)
    {
        var word = context.WordToComplete;

        // The library asks for completions without waiting for anybody.
        var reading = Task.Run(() => ReadWithinLimitAsync(kind, context.ParseResult, word));
        var names = reading.Wait(Limit + TimeSpan.FromSeconds(1)) ? reading.Result : [];
        return Shorten([.. names.Where(n => n.StartsWith(word, StringComparison.Ordinal) && IsPlain(n))], word).Select(n => new CompletionItem(n));
    }

    /// <summary>So many names that nobody reads them end at the next slash; there they are completed further.</summary>
    private static IEnumerable<string> Shorten(IReadOnlyList<string> names, string word) => names.Count <= MaxWords
        ? names
        : names.Select(n => n.IndexOf('/', word.Length) is > 0 and var slash ? n[..(slash + 1)] : n).Distinct(StringComparer.Ordinal).Take(MaxWords);

    /// <summary>True for names that no shell reads as anything else, whoever gave them.</summary>
    private static bool IsPlain(string name) => name.Length is > 0 and < 512 && name[0] != '-' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '/' or ':' or '@' or '+' or ',' or '=' or '%');

    private static IEnumerable<string> Above(string image)
    {
        for (var slash = image.IndexOf('/'); slash > 0; slash = image.IndexOf('/', slash + 1))
        {
            yield return image[..slash];
        }
    }

    private static async Task<IReadOnlyList<string>> ReadWithinLimitAsync(NameKind kind, ParseResult arguments, string word)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        try
        {
            // Off this thread: looking up a host's address cannot be cancelled everywhere.
            return await Task.Run(() => ReadAsync(kind, arguments, word, limit.Token), limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception)
        {
            // Whatever it is (no server, no certificate, a broken configuration), the command itself says it; who presses Tab wants words or nothing.
            return [];
        }
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(NameKind kind, ParseResult arguments, string word, CancellationToken cancellationToken)
    {
        await using var run = CommandRun.ForNames(arguments);
        var names = new List<string>();
        switch (kind)
        {
            case NameKind.Image:
                await AddImagesAsync(names, cancellationToken);
                break;
            case NameKind.ImageDirectory:
                await AddDirectoriesAsync(names, cancellationToken);
                break;
            case NameKind.DirectoryOfImages:
                await AddImagesAsync(names, cancellationToken);
                return [.. names.SelectMany(Above).Distinct(StringComparer.Ordinal)];
            case NameKind.PushSource:
                await AddPrefixedAsync("image:", NameKind.Image);
                await AddPrefixedAsync("sub:", NameKind.Machine);
                break;
            case NameKind.HaltedImage:
                names.AddRange((await run.ConnectToMaster().CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken)).HaltedImages);
                break;
            case NameKind.Machine:
                await foreach (var page in run.ConnectToMaster().StreamAsync(DominatorMethods.ListSubs, new SubQuery(), cancellationToken))
                {
                    names.AddRange(page.Hostnames);
                }

                break;
            case NameKind.ListedMachine:
                await foreach (var page in run.ConnectToMdbServer().StreamAsync(MdbServerMethods.GetMdb, new MdbRequest(), cancellationToken))
                {
                    names.AddRange(page.Machines.Select(m => m.Hostname));
                }

                break;
            case NameKind.MachineSource:
                names.AddRange((await run.ConnectToMdbServer().CallAsync(MdbServerMethods.GetStatus, new MdbRequest(), cancellationToken)).Sources.Select(s => s.Name));
                break;
            case NameKind.LockGroup:
                names.AddRange((await run.ConnectToLockManager().CallAsync(LockManagerMethods.List, new LockStatusRequest(), cancellationToken)).Groups);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind of names that nobody reads");
        }

        return names;

        async Task AddImagesAsync(List<string> into, CancellationToken token)
        {
            // Only the directory that was typed already: a server may have very many images.
            var slash = word.LastIndexOf('/');
            var request = new ListImagesRequest { Directory = slash > 0 ? word[..slash] : "" };
            await foreach (var page in run.ConnectToImageServer().StreamAsync(ImageServerMethods.ListImages, request, token))
            {
                into.AddRange(page.Images.Select(i => i.Name));
            }
        }

        async Task AddDirectoriesAsync(List<string> into, CancellationToken token)
        {
            await foreach (var page in run.ConnectToImageServer().StreamAsync(ImageServerMethods.ListDirectories, new DirectoryRequest(), token))
            {
                into.AddRange(page.Directories.Select(d => d.Path));
            }
        }

        async Task AddPrefixedAsync(string prefix, NameKind of)
        {
            if (word.StartsWith(prefix, StringComparison.Ordinal))
            {
                names.AddRange((await ReadAsync(of, arguments, word[prefix.Length..], cancellationToken)).Select(n => prefix + n));
            }
        }
    }
}
