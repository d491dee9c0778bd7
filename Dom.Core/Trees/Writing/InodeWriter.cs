using System.Buffers;
using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Scanning;

namespace Dom.Core.Trees.Writing;

/// <summary>Makes new inodes, complete with content, owner, mode, extended attributes and time, under names that nobody uses yet.</summary>
/// <remarks>
/// The order of the metadata is the one that survives the kernel: setting the owner clears set-id bits and capabilities, setting the mode changes an ACL,
/// and everything changes the time. Until its mode is set an inode is accessible to its maker only. An inode that cannot be completed is removed again.
/// Safe for use by several threads.
/// </remarks>
public sealed class InodeWriter
{
    private const uint PrivateFile = 0x180; // 0600
    private const uint PrivateDirectory = 0x1c0; // 0700
    private const int BufferSize = 128 * 1024;

    /// <summary>True to leave out what only root may set: other owners, <c>security.*</c> and <c>trusted.*</c> attributes.</summary>
    public bool Unprivileged { get; init; }

    /// <summary>What the file system can hold: other extended attributes are left out (rule 6). Null when a failure to set one is to be thrown.</summary>
    public FileSystemAbilities? Abilities { get; init; }

    /// <summary>Makes an inode of any kind except <see cref="InodeKind.Computed"/>.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">A name that does not exist there.</param>
    /// <param name="inode">What to make. Of a directory the metadata; it will be empty.</param>
    /// <param name="content">For a regular file that is not empty: its bytes, which must have the recorded size and digest.</param>
    /// <exception cref="CorruptContentException">The bytes are not those of the object.</exception>
    /// <exception cref="LinuxException">A system call failed.</exception>
    public void Write(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode inode, Stream? content = null)
    {
        switch (inode.Kind)
        {
            case InodeKind.Regular:
                WriteFile(directory, name, inode, inode.Content, checked((long)inode.Size), content);
                return;
            case InodeKind.Directory:
                WriteDirectory(directory, name, inode);
                return;
            case InodeKind.Symlink:
                directory.MakeSymlink(name, inode.Target.Span);
                break;
            case InodeKind.Fifo:
                directory.MakeNode(name, FileKind.Fifo, PrivateFile);
                break;
            case InodeKind.CharacterDevice:
                directory.MakeNode(name, FileKind.CharacterDevice, PrivateFile, inode.Device);
                break;
            case InodeKind.BlockDevice:
                directory.MakeNode(name, FileKind.BlockDevice, PrivateFile, inode.Device);
                break;
            default:
                throw new ArgumentException($"an inode of kind {inode.Kind} cannot be made", nameof(inode));
        }

        try
        {
            InodeMetadata.Set(directory, name, inode, Abilities, Unprivileged);
        }
        catch (LinuxException)
        {
            directory.UnlinkIfExists(name);
            throw;
        }
    }

    /// <summary>Makes a regular file whose content is named apart from its metadata, as that of a computed file is.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">A name that does not exist there.</param>
    /// <param name="metadata">Owner, mode, attributes and, for a kind that has one, time.</param>
    /// <param name="content">Object of the content; none for an empty file.</param>
    /// <param name="size">Bytes of the content.</param>
    /// <param name="source">The bytes; may be null when there are none.</param>
    public void WriteFile(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode metadata, ObjectId content, long size, Stream? source)
    {
        ReadBytes? read = source is null ? null : buffer => source.Read(buffer);
        WriteFile(directory, name, metadata, content, size, read, original: null);
    }

    /// <summary>Makes a regular file of the bytes of an open one that was not read from yet. Where the file system can, both share the blocks; what was made is read and verified then.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="name">A name that does not exist there.</param>
    /// <param name="metadata">Owner, mode, attributes and, for a kind that has one, time.</param>
    /// <param name="content">Object of the content; none for an empty file.</param>
    /// <param name="size">Bytes of the content.</param>
    /// <param name="source">The file to copy; may be null when there is nothing to copy.</param>
    public void WriteFile(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode metadata, ObjectId content, long size, FileHandle? source)
    {
        ReadBytes? read = source is null ? null : source.Read;
        WriteFile(directory, name, metadata, content, size, read, source);
    }

    private void WriteFile(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode metadata, ObjectId content, long size, ReadBytes? read, FileHandle? original)
    {
        using var file = directory.CreateFile(name, PrivateFile);
        try
        {
            if (size > 0 && original is not null && Abilities is { Clones: true } && file.TryCloneFrom(original))
            {
                Verify(file.Read, null, content, size);
            }
            else if (size > 0)
            {
                file.TryAllocate(size);
                Verify(read ?? throw new ArgumentNullException(nameof(read)), file, content, size);
            }

            InodeMetadata.Set(file, metadata, Abilities, Unprivileged);
        }
        catch (Exception)
        {
            directory.UnlinkIfExists(name);
            throw;
        }
    }

    private void WriteDirectory(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode inode)
    {
        directory.MakeDirectory(name, PrivateDirectory);
        try
        {
            using var made = directory.OpenDirectory(name);
            InodeMetadata.Set(made, inode, Abilities, Unprivileged);
        }
        catch (LinuxException)
        {
            directory.RemoveDirectory(name);
            throw;
        }
    }

    /// <summary>Reads bytes, writes them to a file when there is one, and compares them with what is recorded.</summary>
    private static void Verify(ReadBytes read, FileHandle? copy, ObjectId content, long size)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(size + 1, BufferSize));
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long copied = 0;
            int count;
            while ((count = read(buffer)) > 0)
            {
                copied += count;
                if (copied > size)
                {
                    throw new CorruptContentException(content, $"it has more than the recorded {size} bytes");
                }

                hash.AppendData(buffer, 0, count);
                copy?.Write(buffer.AsSpan(0, count));
            }

            Span<byte> digest = stackalloc byte[ObjectId.Size];
            hash.GetHashAndReset(digest);
            if (copied != size || new ObjectId(digest) != content)
            {
                throw new CorruptContentException(content, $"its {copied} bytes have the digest {new ObjectId(digest)}; {size} bytes are recorded");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate int ReadBytes(Span<byte> buffer);
}
