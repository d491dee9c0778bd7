namespace Dom.Tests.Support;

/// <summary>Collects what a stream delivers.</summary>
public static class AsyncSequence
{
    /// <summary>All items of all messages.</summary>
    public static async Task<List<TItem>> SelectManyAsync<TMessage, TItem>(this IAsyncEnumerable<TMessage> messages, Func<TMessage, IEnumerable<TItem>> items)
    {
        var all = new List<TItem>();
        await foreach (var message in messages)
        {
            all.AddRange(items(message));
        }

        return all;
    }
}
