"""A standalone script that drops privileges and then executes a command.

Usage: `python -I -S confine.py parent 123 limit RLIMIT_CPU=5 read /usr write FOLDER landlock yes -- command argument…`

It runs in a fresh interpreter, because a worker with threads cannot safely drop privileges between fork and exec. It
runs about seven times for each clip, so it imports only standard modules that load fast: no json, typing or platform.
"""

import ctypes
import os
import resource
import signal
import struct
import sys

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 38, 22
SYS_LANDLOCK_CREATE_RULESET, SYS_LANDLOCK_ADD_RULE, SYS_LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_CREATE_RULESET_VERSION, LANDLOCK_RULE_PATH_BENEATH = 1, 1
# Source: linux/landlock.h. ABI 1 has 13 rights, one bit each. ABI 2 adds refer, 3 truncate and 5 ioctl on devices.
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
RIGHTS_BY_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
# ABI 6 adds two scopes, which deny access to other processes: their abstract sockets, and signals to them.
SCOPED_ABI, SCOPES = 6, 1 | 2
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
# Source: linux/audit.h, system call tables: (architecture, (socket, socketpair, io_uring_setup, ptrace)).
DENIED_CALLS = {"x86_64": (0xC000003E, (41, 53, 425, 101)), "aarch64": (0xC00000B7, (198, 199, 425, 117))}


def libc() -> ctypes.CDLL:
    """Return the C library, loaded so that `ctypes.get_errno()` works."""
    return ctypes.CDLL(None, use_errno=True)


def check_result(result: int, call: str) -> int:
    """Return a system call's result. Raises OSError if the result is negative."""
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")
    return result


def landlock_abi() -> int:
    """Return the version of this kernel's Landlock ABI, or 0 if the kernel has no Landlock."""
    if sys.platform != "linux":
        return 0
    version = LANDLOCK_CREATE_RULESET_VERSION
    supported: int = libc().syscall(SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(version))
    return max(0, supported)


def die_with(parent: int, *, by: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send this process a signal when its parent ends. Exit at once if the parent has already ended."""
    if sys.platform == "linux":
        check_result(libc().prctl(PR_SET_PDEATHSIG, by, 0, 0, 0), "PR_SET_PDEATHSIG")
    if os.getppid() != parent:
        os._exit(1)


def run_watched(command: list[str], parent: int) -> None:
    """Run a command, and exit with its status. If the parent ends, kill all processes of this process group.

    bwrap needs this in spite of `--die-with-parent`: if it is killed while it starts, its own child waits for ever.
    """
    signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
    die_with(parent, by=signal.SIGTERM)
    child = os.posix_spawn(command[0], command, os.environ)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status < 0:
        os.kill(os.getpid(), -status)
    os._exit(status)


def limit_resources(rlimits: dict[str, int]) -> None:
    """Set the soft and hard value of each named limit, but never above the current hard value."""
    for name, value in rlimits.items():
        if name == "RLIMIT_AS" and sys.platform == "darwin":
            continue  # macOS refuses to limit the address space
        limit = getattr(resource, name)
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))


def enter_namespaces() -> None:
    """Enter new user, network and IPC namespaces, in which this process has no privileges and no network.

    Do nothing if the kernel does not allow it. `deny_sockets` blocks the network in any case.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET | os.CLONE_NEWIPC)
    except OSError:
        return
    for name, text in (("setgroups", "deny"), ("uid_map", f"65534 {uid} 1"), ("gid_map", f"65534 {gid} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def restrict_paths(*, readable: list[str], writable: list[str]) -> None:
    """Use Landlock to deny this process access to all paths except these.

    From ABI 6 on, Landlock also prevents signals to processes outside the sandbox.
    """
    library, abi = libc(), landlock_abi()
    rights = (1 << RIGHTS_BY_ABI[min(abi, max(RIGHTS_BY_ABI))]) - 1
    ruleset = struct.pack("=QQQ", rights, 0, SCOPES) if abi >= SCOPED_ABI else struct.pack("=Q", rights)
    size = ctypes.c_size_t(len(ruleset))
    handle = check_result(library.syscall(SYS_LANDLOCK_CREATE_RULESET, ruleset, size, 0), "landlock ruleset")
    rules = [(path, EXECUTE | READ_FILE | READ_DIR) for path in readable] + [(path, rights) for path in writable]
    for path, allowed in rules:
        if not os.path.exists(path):
            continue
        beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not os.path.isdir(path):
            allowed &= FILE_RIGHTS
        rule = struct.pack("=Qi", allowed & rights, beneath)
        result = library.syscall(SYS_LANDLOCK_ADD_RULE, handle, LANDLOCK_RULE_PATH_BENEATH, rule, 0)
        check_result(result, f"landlock rule for {path}")
        os.close(beneath)
    check_result(library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    check_result(library.syscall(SYS_LANDLOCK_RESTRICT_SELF, handle, 0), "landlock")


def deny_sockets() -> None:
    """Install a seccomp filter (classic BPF) that denies ptrace and all system calls that can open a socket.

    A denied call fails with EPERM.
    """
    architecture, calls = DENIED_CALLS[os.uname().machine]
    load, equal, finish = 0x20, 0x15, 0x06  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_RET|K
    allow, refuse, kill = 0x7FFF0000, 0x00050001, 0x80000000
    program = [(load, 0, 0, 4), (equal, 1, 0, architecture), (finish, 0, 0, kill), (load, 0, 0, 0)]
    for left, number in zip(range(len(calls), 0, -1), calls, strict=True):
        program.append((equal, left, 0, number))
    program += [(finish, 0, 0, allow), (finish, 0, 0, refuse)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    filters = struct.pack("@HP", len(program), ctypes.addressof(code))
    check_result(libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges")
    check_result(libc().prctl(PR_SET_SECCOMP, 2, filters, 0, 0), "seccomp")


def main(arguments: list[str]) -> None:
    """Confine this process as the arguments before "--" specify, then replace it with the command after "--"."""
    end = arguments.index("--")
    pairs, command = list(zip(arguments[:end:2], arguments[1:end:2], strict=True)), arguments[end + 1 :]
    values = {name: [value for key, value in pairs if key == name] for name in ("parent", "limit", "read", "write")}
    parent = int(values["parent"][0])
    limit_resources({name: int(value) for name, _, value in (limit.partition("=") for limit in values["limit"])})
    if ("watched", "yes") in pairs:
        run_watched(command, parent)
    die_with(parent)
    if ("landlock", "yes") in pairs:
        enter_namespaces()
        restrict_paths(readable=values["read"], writable=values["write"])
        deny_sockets()
    os.execv(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
