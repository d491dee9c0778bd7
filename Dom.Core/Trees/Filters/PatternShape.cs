namespace Dom.Core.Trees.Filters;

/// <summary>What a branch of an expression comes down to. All but the last are matched without a regular expression.</summary>
internal enum PatternShape
{
    /// <summary>Exactly one path: <c>/etc/fstab$</c>.</summary>
    Exact,

    /// <summary>Every path that begins so: <c>/etc/fstab</c>, <c>/tmp/.*</c>.</summary>
    Prefix,

    /// <summary>A path and all below it: <c>/home(|/.*)$</c>.</summary>
    Tree,

    /// <summary>A prefix, then anything, then a text: <c>/.*cache.*</c>.</summary>
    Contains,

    /// <summary>Anything else.</summary>
    Regex,
}
