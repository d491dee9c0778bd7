using System.Runtime.InteropServices;
using System.Text;

namespace Dom.Core.Linux;

/// <summary>A program in a process group of its own, so that it can be ended with everything it has started. Its output and errors come in one stream; its input is empty.</summary>
/// <remarks>
/// Started with posix_spawn: the base library's processes stay in the group of their parent. Nothing here waits: who uses it looks again and again. A program
/// that is not ended is killed, and waited for, when this is disposed.
/// </remarks>
public sealed unsafe class GroupProcess : IDisposable
{
    private const int Kill9 = 9;

    /// <summary>More than the C libraries' structures (336 and 80 bytes).</summary>
    private const int StructureSize = 512;

    /// <summary>More than a signal set, or what waitid tells (128 bytes).</summary>
    private const int SignalSetSize = 256;

    private readonly int _process;
    private readonly FileHandle _output;
    private bool _isWaitedFor;

    private GroupProcess(int process, FileHandle output)
    {
        _process = process;
        _output = output;
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its absolute path.</param>
    /// <param name="arguments">Its arguments without its name.</param>
    /// <param name="environment">Its environment.</param>
    /// <exception cref="LinuxException">It cannot be started.</exception>
    public static GroupProcess Start(string program, IReadOnlyList<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, OpenFlags.CloseOnExec | OpenFlags.NonBlocking) < 0)
        {
            throw new LinuxException(Libc.LastError, "make a pipe for", program);
        }

        var output = new FileHandle(ends[0]);
        using var input = new FileHandle(ends[1]);
        using var strings = new NativeStrings();
        int process;
        var error = (Errno)Spawn(
            &process,
            strings.Add(program),
            ends[1],
            strings.AddList([program, .. arguments]),
            strings.AddList([.. environment.Select(static pair => $"{pair.Key}={pair.Value}")]),
            strings.Add("/dev/null"));
        if (error == Errno.None)
        {
            return new GroupProcess(process, output);
        }

        output.Dispose();
        throw new LinuxException(error, "start", program);
    }

    /// <summary>Reads what the program has written; 0 when there is nothing now, or never again.</summary>
    public int Read(Span<byte> buffer)
    {
        var error = _output.TryRead(buffer, out var count);
        return error switch
        {
            Errno.None => count,
            Errno.EAGAIN => 0,
            _ => throw new LinuxException(error, "read", "the output of a program"),
        };
    }

    /// <summary>Looks whether the program has ended. If so, what it has left running in its group is killed.</summary>
    /// <param name="code">Its exit code, or 128 and the number of the signal that ended it.</param>
    /// <exception cref="LinuxException">Its end cannot be seen: somebody else has waited for it.</exception>
    public bool HasEnded(out int code)
    {
        code = 0;
        if (!IsOver())
        {
            return false;
        }

        code = KillAndWait();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _output.Dispose();
        if (!_isWaitedFor)
        {
            KillAndWait();
        }
    }

    private bool IsOver()
    {
        const int byProcess = 1;
        const int exitedNoHangNoWait = 4 | 1 | 0x01000000;
        var result = stackalloc int[SignalSetSize / sizeof(int)];
        result[0] = 0;
        while (Libc.waitid(byProcess, _process, result, exitedNoHangNoWait) < 0)
        {
            if (!Libc.Interrupted)
            {
                throw NotSeen();
            }
        }

        return result[0] != 0;
    }

    /// <summary>The group is killed before the program is waited for: until then nobody else can have its number.</summary>
    private int KillAndWait()
    {
        ProcessControl.Signal(-_process, Kill9);
        int status;
        while (Libc.waitpid(_process, &status, 0) < 0)
        {
            if (!Libc.Interrupted)
            {
                throw NotSeen();
            }
        }

        _isWaitedFor = true;
        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    private LinuxException NotSeen()
    {
        _isWaitedFor = true;
        return new LinuxException(Libc.LastError, "wait for", $"process {_process}");
    }

    private static int Spawn(int* process, byte* program, int output, byte** arguments, byte** environment, byte* nothing)
    {
        const short groupAndSignals = 0x02 | 0x04 | 0x08;
        var attributes = stackalloc byte[StructureSize];
        var actions = stackalloc byte[StructureSize];
        var all = stackalloc byte[SignalSetSize];
        var none = stackalloc byte[SignalSetSize];
        new Span<byte>(all, SignalSetSize).Fill(0xff);
        new Span<byte>(none, SignalSetSize).Clear();
        var error = Libc.posix_spawnattr_init(attributes);
        if (error != 0)
        {
            return error;
        }

        error = Libc.posix_spawn_file_actions_init(actions);
        if (error == 0)
        {
            // A group of its own is what the default of the group number, 0, asks for. The runtime ignores some signals, which programs would inherit.
            error = First(
                Libc.posix_spawnattr_setflags(attributes, groupAndSignals),
                Libc.posix_spawnattr_setsigdefault(attributes, all),
                Libc.posix_spawnattr_setsigmask(attributes, none),
                Libc.posix_spawn_file_actions_addopen(actions, 0, nothing, OpenFlags.ReadOnly, 0),
                Libc.posix_spawn_file_actions_adddup2(actions, output, 1),
                Libc.posix_spawn_file_actions_adddup2(actions, output, 2));
            error = error != 0 ? error : Libc.posix_spawn(process, program, actions, attributes, arguments, environment);
            Libc.posix_spawn_file_actions_destroy(actions);
        }

        Libc.posix_spawnattr_destroy(attributes);
        return error;
    }

    private static int First(params ReadOnlySpan<int> errors)
    {
        foreach (var error in errors)
        {
            if (error != 0)
            {
                return error;
            }
        }

        return 0;
    }

    /// <summary>Texts with a zero byte at their end, and lists of them, outside the managed heap.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly List<nint> _memory = [];

        public byte* Add(string text)
        {
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw new ArgumentException("a program, argument or variable contains a zero character", nameof(text));
            }

            var bytes = Encoding.UTF8.GetBytes(text);
            var memory = (byte*)Allocate(bytes.Length + 1);
            bytes.CopyTo(new Span<byte>(memory, bytes.Length));
            memory[bytes.Length] = 0;
            return memory;
        }

        public byte** AddList(IReadOnlyList<string> texts)
        {
            var list = (byte**)Allocate((texts.Count + 1) * sizeof(byte*));
            for (var i = 0; i < texts.Count; i++)
            {
                list[i] = Add(texts[i]);
            }

            list[texts.Count] = null;
            return list;
        }

        public void Dispose() => _memory.ForEach(static memory => NativeMemory.Free((void*)memory));

        private void* Allocate(int bytes)
        {
            var memory = NativeMemory.Alloc((nuint)bytes);
            _memory.Add((nint)memory);
            return memory;
        }
    }
}
