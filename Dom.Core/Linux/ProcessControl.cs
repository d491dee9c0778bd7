using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Dom.Core.Linux;

/// <summary>Identity, priorities and signals.</summary>
public static class ProcessControl
{
    /// <summary>The effective user id of this process.</summary>
    public static uint EffectiveUser => Libc.geteuid();

    /// <summary>The effective group id of this process.</summary>
    public static uint EffectiveGroup => Libc.getegid();

    /// <summary>Sets the nice value (-20 to 19) of the calling thread; other threads keep theirs, threads it starts inherit it.</summary>
    public static Errno TrySetThreadNice(int nice)
    {
        const int process = 0;
        return Libc.setpriority(process, 0, nice) < 0 ? Libc.LastError : Errno.None;
    }

    /// <summary>Puts the calling thread into the idle class of the I/O scheduler; other threads keep theirs, threads it starts inherit it.</summary>
    public static Errno TrySetThreadIoIdle()
    {
        const nint process = 1;
        const nint idle = 3 << 13;
        return Libc.syscall(Libc.IoPrioritySet, process, 0, idle) < 0 ? Libc.LastError : Errno.None;
    }

    /// <summary>Processor time of the calling thread since it started.</summary>
    public static unsafe TimeSpan ThreadCpuTime
    {
        get
        {
            const int threadCpu = 3;
            RawTime time;
            return Libc.clock_gettime(threadCpu, &time) < 0
                ? TimeSpan.Zero
                : TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick));
        }
    }

    /// <summary>Sends a signal; a negative id means a process group.</summary>
    /// <returns>False when there is no such process.</returns>
    public static bool Signal(int process, int signal)
    {
        if (Libc.kill(process, signal) == 0)
        {
            return true;
        }

        var error = Libc.LastError;
        return error == Errno.ESRCH
            ? false
            : throw new LinuxException(error, $"send signal {signal} to", "process " + process.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Executes another program in the place of this one, which ends. Descriptors opened by this library are closed, the environment stays.</summary>
    /// <param name="path">The program's file.</param>
    /// <param name="arguments">Its command line, beginning with its name.</param>
    /// <exception cref="LinuxException">It cannot be executed; this program goes on.</exception>
    public static unsafe void Execute(string path, IReadOnlyList<string> arguments)
    {
        var texts = new byte*[arguments.Count + 1];
        for (var i = 0; i < arguments.Count; i++)
        {
            texts[i] = ToNative(arguments[i]);
        }

        var program = ToNative(path);
        LinuxException failure;
        fixed (byte** list = texts)
        {
            Libc.execv(program, list);
            failure = new LinuxException(Libc.LastError, "execute", path);
        }

        NativeMemory.Free(program);
        foreach (var text in texts)
        {
            NativeMemory.Free(text);
        }

        throw failure;
    }

    private static unsafe byte* ToNative(string text)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        var bytes = (byte*)NativeMemory.AllocZeroed((nuint)size + 1);
        Encoding.UTF8.GetBytes(text, new Span<byte>(bytes, size));
        return bytes;
    }
}
