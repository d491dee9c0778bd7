using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>What was looked at while a sweep went on. The sweep may have been there before, so its result is looked at once more; when it is too much, nothing is kept.</summary>
/// <param name="most">So many looks are kept.</param>
/// <remarks>Not safe for several threads: who makes snapshots comes one after the other.</remarks>
internal sealed class LooksBesideSweep(int most)
{
    private readonly List<PathLook> _looks = [];
    private volatile bool _sweeping;

    /// <summary>How many are kept.</summary>
    public int Count => _looks.Count;

    /// <summary>A sweep begins.</summary>
    public void Begin()
    {
        _looks.Clear();
        _sweeping = true;
    }

    /// <summary>Something is looked at.</summary>
    public void Add(IReadOnlyCollection<PathLook> looks)
    {
        if (_sweeping && _looks.Count <= most)
        {
            // One more than that says that it was too much.
            _looks.AddRange(looks.Take(most + 1 - _looks.Count));
        }
    }

    /// <summary>The sweep has ended, and nobody wants to know what was looked at beside it. May be called from any thread.</summary>
    public void Drop() => _sweeping = false;

    /// <summary>The sweep has ended. What has to be looked at in its result; null when that is too much.</summary>
    public IReadOnlyCollection<PathLook>? End()
    {
        _sweeping = false;
        IReadOnlyCollection<PathLook>? looks = _looks.Count > most ? null : [.. _looks];
        _looks.Clear();
        return looks;
    }
}
