using System.Text;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Carries out a plan on the in-memory file system as strictly as a kernel would.</summary>
public static class ModelApply
{
    /// <summary>Applies the steps in order, without the one at <paramref name="except"/>.</summary>
    public static void Apply(this Plan plan, ModelTree tree, IReadOnlyDictionary<string, string>? computed = null, int except = -1)
    {
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            if (i != except)
            {
                Apply(plan, plan.Steps[i], tree, computed);
            }
        }
    }

    private static void Apply(Plan plan, in PlanStep step, ModelTree tree, IReadOnlyDictionary<string, string>? computed)
    {
        var path = step.Path.ToString();
        var old = step.Old.ReadInode();
        var there = tree.Entries.GetValueOrDefault(path);
        Check(path == "/" || tree.Entries.GetValueOrDefault(ModelTree.Parent(path))?.Kind == InodeKind.Directory, $"{step.Kind} {path}: no parent directory");
        Check((there?.Kind ?? InodeKind.None) == old.Kind, $"{step.Kind} {path}: there is {there?.Kind}, the step expects {old.Kind}");
        switch (step.Kind)
        {
            case PlanStepKind.MakeDirectory:
            case PlanStepKind.Create:
                Check(there is null && (step.Kind == PlanStepKind.MakeDirectory) == (step.New.ReadInode().Kind == InodeKind.Directory), $"{step.Kind} {path}");
                tree.Entries[path] = Make(plan, step, computed);
                break;
            case PlanStepKind.Replace:
                Check(there is not null, $"Replace {path}: nothing there");
                CheckEmpty(tree, path, there!);
                tree.Entries[path] = Make(plan, step, computed);
                break;
            case PlanStepKind.ChangeMetadata:
                Change(there!, step.New.ReadInode());
                break;
            case PlanStepKind.Link:
                CheckEmpty(tree, path, there);
                var target = plan.LinkTargets[step.LinkTarget].ToString();
                Check(tree.Entries.TryGetValue(target, out var linked) && linked.Kind != InodeKind.Directory, $"Link {path}: target {target} is not a file");
                tree.Entries[path] = tree.Entries[target];
                break;
            default:
                Check((step.Kind == PlanStepKind.RemoveDirectory) == (there!.Kind == InodeKind.Directory), $"{step.Kind} {path}");
                CheckEmpty(tree, path, there);
                tree.Entries.Remove(path);
                break;
        }
    }

    private static ModelInode Make(Plan plan, in PlanStep step, IReadOnlyDictionary<string, string>? computed)
    {
        var wanted = plan.ReadNew(step);
        var inode = new ModelInode { Kind = wanted.Kind == InodeKind.Computed ? InodeKind.Regular : wanted.Kind, Mtime = 777 };
        if (wanted.Kind == InodeKind.Computed)
        {
            inode.Content = computed![step.Path.ToString()];
        }
        else if (wanted.Kind == InodeKind.Regular)
        {
            inode.Content = ModelContents.Of(wanted.Content);
        }
        else
        {
            inode.Content = Encoding.UTF8.GetString(wanted.Target.Span);
        }

        inode.Device = wanted.Device;
        Change(inode, wanted);
        return inode;
    }

    private static void Change(ModelInode inode, in Inode wanted)
    {
        inode.Mode = wanted.Mode;
        inode.Uid = wanted.Uid;
        inode.Gid = wanted.Gid;
        inode.Xattrs = wanted.Xattrs.ToArray();
        inode.Mtime = wanted.HasMtime ? wanted.MtimeSeconds : inode.Mtime;
    }

    private static void CheckEmpty(ModelTree tree, string path, ModelInode? there) =>
        Check(there?.Kind != InodeKind.Directory || !tree.Children(path).Any(), $"{path} is a directory that is not empty");

    private static void Check(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }
}
