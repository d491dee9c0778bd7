using Dom.Cli.Commands;

namespace Dom.Tests.Cli;

/// <summary><c>dom lock lock</c> is <c>dom lock take</c>; nothing else is touched.</summary>
public sealed class LockSpellingTests
{
    [TestCase("lock lock a", "lock take a")]
    [TestCase("--json lock lock lock", "--json lock take lock")]
    [TestCase("--lockmanager lock lock --json lock a", "--lockmanager lock lock --json take a")]
    [TestCase("--ca=x lock lock", "--ca=x lock take")]
    [TestCase("lock unlock lock", "lock unlock lock")]
    [TestCase("lock run -- lock lock", "lock run -- lock lock")]
    [TestCase("image show lock lock", "image show lock lock")]
    [TestCase("lock", "lock")]
    public void Only_the_verb_is_spelt_anew(string given, string expected) => Assert.That(string.Join(' ', LockCommand.Spell(given.Split(' '))), Is.EqualTo(expected));
}
