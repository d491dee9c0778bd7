using System.Buffers;
using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees.Comparison;

/// <summary>Compares a machine with an image (rules 3 and 8 to 15). Pure: reads blocks, changes nothing, asks no clock.</summary>
public static class TreeComparison
{
    /// <summary>The plan that makes the machine equal to the image.</summary>
    /// <exception cref="MissingBlockException">A block of either tree is not stored.</exception>
    /// <exception cref="CorruptTreeException">A block does not follow the format.</exception>
    public static Plan Compare(ComparisonInput input, CancellationToken cancellationToken = default)
    {
        var plan = new PlanBuilder();
        var image = input.Image.ReadRoot();
        var imageInodes = input.ImageInodes ?? InodeCount.Below(input.Image.Blocks, image.Directory.Content, cancellationToken);
        if (input.Image.Root == input.Machine.Root)
        {
            return plan.Build(input, imageInodes, imageInodes);
        }

        var machine = input.Machine.ReadRoot();
        var sameLinks = image.Links == machine.Links;
        var imageLinks = LinkTable.Read(input.Image.Blocks, image.Links);
        var machineLinks = sameLinks ? imageLinks : LinkTable.Read(input.Machine.Blocks, machine.Links);
        var rules = new InodeRules(input);
        var scope = new ComparisonScope(input.Filter, input.Exclusions);
        var visits = sameLinks ? LinkVisits.None : new LinkVisits(imageLinks, machineLinks);
        var links = new LinkPlanner(input, imageLinks, machineLinks, scope, rules, plan);
        var walk = new ComparisonWalk(input, scope, rules, visits, links, plan, cancellationToken);
        if (!rules.SameMetadata(image.Directory, machine.Directory))
        {
            walk.ChangeDirectory(UnixPath.Root, AsEntry(machine.Directory), AsEntry(image.Directory), image.Directory);
        }

        walk.CompareDirectories(image.Directory.Content, machine.Directory.Content);
        links.Finish();
        imageInodes -= walk.ImageOutOfScope;
        return plan.Build(input, imageInodes - walk.OnlyInImage + walk.OnlyOnMachine, imageInodes);
    }

    /// <summary>The root directory stands in no directory block: it gets one of its own, so that a step can point to it.</summary>
    private static EntryRef AsEntry(in Inode root)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        DirectoryBlock.WriteEntry(ref writer, default, root);
        writer.Flush();
        var block = DirectoryBlock.Seal(buffer.WrittenSpan, 1);
        return new EntryRef(block, block.Bytes.Length - buffer.WrittenCount);
    }
}
