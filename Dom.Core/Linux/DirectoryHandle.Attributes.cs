namespace Dom.Core.Linux;

public sealed unsafe partial class DirectoryHandle
{
    /// <summary>Names of the extended attributes of an entry (of the link itself for a symbolic link), each followed by a zero byte.</summary>
    /// <returns>ERANGE when the buffer is too small; <see cref="Descriptor.MaxAttributeSize"/> bytes always suffice. EOPNOTSUPP when the file system has none.</returns>
    public Errno TryListAttributes(ReadOnlySpan<byte> name, Span<byte> list, out int length)
    {
        fixed (byte* p = list)
        {
            nint result;
            while ((result = AttributeCalls.List(this, name, p, (nuint)list.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    length = 0;
                    return Libc.LastError;
                }
            }

            length = (int)result;
            return Errno.None;
        }
    }

    /// <summary>Value of one extended attribute of an entry. ENODATA when it has none of that name.</summary>
    public Errno TryGetAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, Span<byte> value, out int length)
    {
        using var native = new NativeName(attribute, stackalloc byte[NativeName.StackSize]);
        fixed (byte* p = value)
        {
            nint result;
            while ((result = AttributeCalls.Get(this, name, native.Pointer, p, (nuint)value.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    length = 0;
                    return Libc.LastError;
                }
            }

            length = (int)result;
            return Errno.None;
        }
    }

    /// <summary>Sets one extended attribute of an entry; of the link itself for a symbolic link.</summary>
    public void SetAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        using var native = new NativeName(attribute, stackalloc byte[NativeName.StackSize]);
        fixed (byte* p = value)
        {
            while (AttributeCalls.Set(this, name, native.Pointer, p, (nuint)value.Length) < 0)
            {
                ThrowUnlessInterrupted($"set the attribute {NameText.Escape(attribute)} of", name);
            }
        }
    }

    /// <summary>Removes one extended attribute of an entry; false when it had none of that name.</summary>
    public bool RemoveAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> attribute)
    {
        using var native = new NativeName(attribute, stackalloc byte[NativeName.StackSize]);
        while (AttributeCalls.Remove(this, name, native.Pointer) < 0)
        {
            if (Libc.LastError == Errno.ENODATA)
            {
                return false;
            }

            ThrowUnlessInterrupted($"remove the attribute {NameText.Escape(attribute)} of", name);
        }

        return true;
    }

    /// <summary><c>/proc/self/fd/N/name</c> as a native name.</summary>
    internal NativeName ProcPathOf(ReadOnlySpan<byte> name, Span<byte> stack)
    {
        Span<byte> path = name.Length < 256 ? stackalloc byte[ProcPathSize + name.Length] : new byte[ProcPathSize + name.Length];
        WriteProcPath(path, name);
        return new NativeName(path[..path.IndexOf((byte)0)], stack);
    }
}
