namespace Dom.Core.Trees.Filters;

/// <summary>The node types of a parsed expression.</summary>
internal enum Re2Kind
{
    /// <summary>Matches the empty text.</summary>
    Empty,

    /// <summary>One code point of a set.</summary>
    Runes,

    /// <summary><c>\A</c>, and <c>^</c> without the m flag.</summary>
    BeginText,

    /// <summary><c>\z</c>, and <c>$</c> without the m flag.</summary>
    EndText,

    /// <summary><c>^</c> with the m flag.</summary>
    BeginLine,

    /// <summary><c>$</c> with the m flag.</summary>
    EndLine,

    /// <summary><c>\b</c> between ASCII word characters and others.</summary>
    WordBoundary,

    /// <summary><c>\B</c>.</summary>
    NotWordBoundary,

    /// <summary>One part after the other.</summary>
    Concat,

    /// <summary>One part or another.</summary>
    Alternate,

    /// <summary>A part several times.</summary>
    Repeat,
}
