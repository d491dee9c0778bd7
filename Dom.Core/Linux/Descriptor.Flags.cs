namespace Dom.Core.Linux;

public abstract unsafe partial class Descriptor
{
    /// <summary>Takes away the flags <c>i</c> (immutable) and <c>a</c> (append only) that <c>chattr</c> sets.</summary>
    /// <returns>True when a flag was set and is gone now. Needs CAP_LINUX_IMMUTABLE and an open regular file or directory.</returns>
    public bool TryClearProtection()
    {
        const nuint getFlags = 0x80086601;
        const nuint setFlags = 0x40086602;
        const long immutable = 0x10;
        const long appendOnly = 0x20;
        long flags = 0;
        if (Libc.ioctl(this, getFlags, &flags) < 0 || (flags & (immutable | appendOnly)) == 0)
        {
            return false;
        }

        flags &= ~(immutable | appendOnly);
        return Libc.ioctl(this, setFlags, &flags) == 0;
    }
}
