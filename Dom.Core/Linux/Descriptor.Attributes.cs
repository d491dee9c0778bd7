namespace Dom.Core.Linux;

public abstract unsafe partial class Descriptor
{
    /// <summary>The most bytes that all attribute names of a file, or one attribute value, can have.</summary>
    public const int MaxAttributeSize = 65536;

    /// <summary>Names of the extended attributes, each followed by a zero byte.</summary>
    /// <returns>ERANGE when the buffer is too small; <see cref="MaxAttributeSize"/> bytes always suffice.</returns>
    public Errno TryListAttributes(Span<byte> list, out int length)
    {
        Span<byte> path = stackalloc byte[ProcPathSize];
        WriteProcPath(path, default);
        fixed (byte* p = list, proc = path)
        {
            nint result;
            while ((result = IsPathOnly
                ? Libc.listxattr(proc, p, (nuint)list.Length)
                : Libc.flistxattr(this, p, (nuint)list.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    length = 0;
                    return Libc.LastError;
                }
            }

            GC.KeepAlive(this);
            length = (int)result;
            return Errno.None;
        }
    }

    /// <summary>Value of one extended attribute. ENODATA when there is none of that name, ERANGE when the buffer is too small.</summary>
    public Errno TryGetAttribute(ReadOnlySpan<byte> attribute, Span<byte> value, out int length)
    {
        using var native = new NativeName(attribute, stackalloc byte[NativeName.StackSize]);
        Span<byte> path = stackalloc byte[ProcPathSize];
        WriteProcPath(path, default);
        fixed (byte* p = value, proc = path)
        {
            nint result;
            while ((result = IsPathOnly
                ? Libc.getxattr(proc, native.Pointer, p, (nuint)value.Length)
                : Libc.fgetxattr(this, native.Pointer, p, (nuint)value.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    length = 0;
                    return Libc.LastError;
                }
            }

            GC.KeepAlive(this);
            length = (int)result;
            return Errno.None;
        }
    }

    /// <summary>Sets one extended attribute.</summary>
    public void SetAttribute(ReadOnlySpan<byte> attribute, ReadOnlySpan<byte> value)
    {
        using var native = new NativeName(attribute, stackalloc byte[NativeName.StackSize]);
        Span<byte> path = stackalloc byte[ProcPathSize];
        WriteProcPath(path, default);
        fixed (byte* p = value, proc = path)
        {
            while ((IsPathOnly
                ? Libc.setxattr(proc, native.Pointer, p, (nuint)value.Length, 0)
                : Libc.fsetxattr(this, native.Pointer, p, (nuint)value.Length, 0)) < 0)
            {
                ThrowUnlessInterrupted($"set the attribute {NameText.Escape(attribute)} of");
            }

            GC.KeepAlive(this);
        }
    }

    /// <summary>Removes one extended attribute; false when there is none of that name.</summary>
    public bool RemoveAttribute(ReadOnlySpan<byte> attribute)
    {
        using var native = new NativeName(attribute, stackalloc byte[NativeName.StackSize]);
        Span<byte> path = stackalloc byte[ProcPathSize];
        WriteProcPath(path, default);
        fixed (byte* proc = path)
        {
            while ((IsPathOnly ? Libc.removexattr(proc, native.Pointer) : Libc.fremovexattr(this, native.Pointer)) < 0)
            {
                if (Libc.LastError == Errno.ENODATA)
                {
                    return false;
                }

                ThrowUnlessInterrupted($"remove the attribute {NameText.Escape(attribute)} of");
            }

            GC.KeepAlive(this);
            return true;
        }
    }
}
