import os
import select
import signal
import socket
import sys
import time
from pathlib import Path

import psutil
import pytest

from accounts import confine, sandbox
from accounts.sandbox import Level, Limits, View

LEVELS = [level for level in Level if level <= sandbox.level()]
CONFINED = [level for level in LEVELS if level >= Level.LANDLOCK]
PYTHON = (Path(sys.base_prefix), Path(sys.prefix))
LIMITS = Limits(wall_s=10, cpu_s=5, memory_bytes=1 << 30, file_bytes=1 << 20)


def run_python(code: str, folder: Path, *inputs: Path, at: Level, limits: Limits = LIMITS) -> sandbox.Finished:
    view = View(programs=PYTHON, inputs=inputs, output=folder)
    return sandbox.run([sys.executable, "-I", "-c", code], view=view, limits=limits, at=at)


def test_a_sandbox_works_on_linux() -> None:
    if sys.platform != "linux":
        pytest.skip("Only rlimits work here: a development machine.")
    assert sandbox.level() >= Level.LANDLOCK


def test_level_can_be_lowered_within_a_block() -> None:
    with sandbox.at_most(Level.LIMITS):
        assert sandbox.level() is Level.LIMITS
    assert sandbox.level() is max(LEVELS)


@pytest.mark.parametrize("at", LEVELS)
def test_command_reads_its_input_and_writes_its_output(tmp_path: Path, at: Level) -> None:
    source = tmp_path / "in" / "source.bin"
    source.parent.mkdir()
    source.write_bytes(b"clip")
    folder = tmp_path / "out"
    folder.mkdir()
    code = f"open({str(folder / 'copy')!r}, 'wb').write(open({str(source)!r}, 'rb').read()); print('done')"
    finished = run_python(code, folder, source, at=at)
    assert (finished.returncode, finished.stdout) == (0, "done\n"), finished.log_tail
    assert (folder / "copy").read_bytes() == b"clip"


@pytest.mark.parametrize("at", CONFINED)
def test_command_can_request_huge_pages(tmp_path: Path, at: Level) -> None:
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    expected = setting.read_text() if setting.exists() else ""
    code = f"import os, pathlib; p = pathlib.Path({str(setting)!r}); print(p.read_text() if p.exists() else '', end='')"
    finished = run_python(code + "; assert 'hugetlb' in dict(os.environ)['GLIBC_TUNABLES']", tmp_path, at=at)
    assert (finished.returncode, finished.stdout) == (0, expected), finished.log_tail


@pytest.mark.parametrize("at", LEVELS)
def test_command_cannot_signal_other_processes(tmp_path: Path, at: Level) -> None:
    code = f"import os; os.kill({os.getpid()}, 0); print('reached')"
    finished = run_python(code, tmp_path, at=at)
    can_signal = at is Level.LIMITS or (at is Level.LANDLOCK and confine.landlock_abi() < confine.SCOPED_ABI)
    assert finished.stdout == ("reached\n" if can_signal else "")
    assert can_signal or "PermissionError" in finished.log_tail or "ProcessLookupError" in finished.log_tail


@pytest.mark.parametrize("at", CONFINED)
def test_command_cannot_read_other_files(tmp_path: Path, at: Level) -> None:
    other = tmp_path / "other.txt"
    other.write_text("secret")
    folder = tmp_path / "out"
    folder.mkdir()
    code = f"import os; print(os.access({str(other)!r}, os.R_OK)); open({str(other)!r})"
    finished = run_python(code, folder, at=at)
    assert finished.returncode == 1
    assert "secret" not in finished.stdout
    assert "PermissionError" in finished.log_tail or "FileNotFoundError" in finished.log_tail
    assert run_python("print(open('/etc/passwd').read())", folder, at=at).stdout == ""
    assert run_python(f"open({str(tmp_path / 'new')!r}, 'w')", folder, at=at).returncode == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("at", CONFINED)
def test_command_cannot_reach_the_network(tmp_path: Path, at: Level) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        finished = run_python(f"import socket; socket.create_connection(('127.0.0.1', {port}), 2)", tmp_path, at=at)
        assert finished.returncode == 1
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("at", CONFINED)
def test_command_is_not_root(tmp_path: Path, at: Level) -> None:
    finished = run_python("import os; print(os.getuid() == 0)", tmp_path, at=at)
    assert finished.stdout == "False\n"


@pytest.mark.parametrize("at", LEVELS)
def test_environment_contains_no_secret(tmp_path: Path, at: Level, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hunter2")
    finished = run_python("import os; print(sorted(os.environ))", tmp_path, at=at)
    assert "SECRET_KEY" not in finished.stdout
    assert "HOME" in finished.stdout


@pytest.mark.parametrize("at", LEVELS)
def test_deadline_kills_the_whole_process_group_even_if_it_ignores_sigterm(tmp_path: Path, at: Level) -> None:
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "for _ in range(4): os.fork()\n"
        "memory = bytearray(b'x') * (24 << 20)  # the more it occupies, the longer a killed process takes to end\n"
        "time.sleep(4321)  # marker-of-this-test\n"
    )
    started = time.monotonic()
    finished = run_python(code, tmp_path, at=at, limits=Limits(1, 5, 1 << 30, 1 << 20))
    assert finished.deadline_passed
    assert time.monotonic() - started < 5
    assert alive("marker-of-this-test") == []


@pytest.mark.parametrize("at", LEVELS)
def test_command_dies_with_its_parent(tmp_path: Path, at: Level) -> None:
    code = (
        "import sys; from pathlib import Path; from accounts import sandbox\n"
        f"view = sandbox.View(programs={PYTHON!r}, inputs=(), output=Path({str(tmp_path)!r}))\n"
        "child = [sys.executable, '-I', '-c', 'import time; print(1, flush=True); time.sleep(99) # dies-with-parent']\n"
        f"sandbox.run(child, view=view, limits=sandbox.Limits(60, 60, 1 << 30, 1 << 20), at=sandbox.Level({at}),\n"
        "            on_line=lambda line: print('started', flush=True))\n"
    ).replace("PosixPath", "Path")
    repository = Path(__file__).resolve().parents[2]
    with psutil.Popen([sys.executable, "-c", code], stdout=-1, cwd=repository) as parent:
        assert parent.stdout.readline() == b"started\n"
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 5
        while alive("dies-with-parent") and time.monotonic() < deadline:
            time.sleep(0.05)
    assert alive("dies-with-parent") == []


@pytest.mark.parametrize("is_watched", [True, False])
def test_child_of_bubblewrap_that_misses_the_death_of_the_parent_is_killed(tmp_path: Path, is_watched: bool) -> None:
    """bwrap that is killed while it starts leaves a child that waits for ever. Here, a script plays such a bwrap."""
    child, bubblewrap = tmp_path / "left-by-bwrap", tmp_path / "bwrap"
    child.write_text("#!/bin/sh\necho started\nexec sleep 99\n")
    bubblewrap.write_text(f"#!/bin/sh\n/bin/sh {child} &\nwait\n")
    bubblewrap.chmod(0o755)
    code = (
        "import subprocess, sys; from accounts import sandbox\n"
        f"sandbox.shutil.which = lambda name: {str(bubblewrap)!r}\n"
        "view, limits = sandbox.View(programs=(), inputs=()), sandbox.Limits(60, 60, 1 << 30, 1 << 20)\n"
        "command = sandbox.confined_command(['/bin/true'], view=view, limits=limits, chosen=sandbox.Level.BUBBLEWRAP)\n"
        f"command[command.index('watched') + 1] = {'yes' if is_watched else 'no'!r}\n"
        "subprocess.Popen(command, start_new_session=True).wait()\n"
    )
    repository = Path(__file__).resolve().parents[2]
    with psutil.Popen([sys.executable, "-c", code], stdout=-1, cwd=repository) as parent:
        assert parent.stdout.readline() == b"started\n"
        (group,) = {os.getpgid(process.pid) for process in parent.children(recursive=True)}
        parent.kill()
        parent.wait()
        # The pipe reaches its end when the last process that could write to it is gone.
        is_gone = bool(select.select([parent.stdout], [], [], 10 if is_watched else 1)[0])
        assert is_gone is is_watched
        if not is_gone:
            os.killpg(group, signal.SIGKILL)


@pytest.mark.parametrize("at", LEVELS)
def test_memory_file_size_and_core_are_limited(tmp_path: Path, at: Level) -> None:
    hoard = "import time; hoard = [bytearray(b'x') * (64 << 20) for _ in range(20)]; time.sleep(30)"
    finished = run_python(hoard, tmp_path, at=at)
    assert (finished.memory_exceeded, finished.deadline_passed, finished.returncode) == (True, False, -9)
    # Reserving memory is not using it, and programs reserve more of it on machines with more cores.
    reserved = "import mmap; mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_NORESERVE); print('reserved')"
    assert run_python(reserved, tmp_path, at=at).stdout == "reserved\n"
    written = run_python(f"open({str(tmp_path / 'big')!r}, 'wb').write(bytes(4 << 20))", tmp_path, at=at)
    assert written.returncode != 0
    assert (tmp_path / "big").stat().st_size <= 1 << 20
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    assert run_python(code, tmp_path, at=at).stdout == "(0, 0)\n"


def test_exception_of_a_callback_kills_the_command_and_is_raised_again(tmp_path: Path) -> None:
    class CallbackError(Exception):
        pass

    def on_line(line: str) -> None:
        raise CallbackError(line)

    view = View(programs=PYTHON, inputs=(), output=tmp_path)
    code = "import time; print('ready', flush=True); time.sleep(300)  # stopped-by-listener"
    with pytest.raises(CallbackError, match="ready"):
        sandbox.run([sys.executable, "-I", "-c", code], view=view, limits=LIMITS, on_line=on_line)
    assert alive("stopped-by-listener") == []


def alive(marker: str) -> list[int]:
    """Return the ids of the running processes whose command line contains the marker."""
    pids = []
    for process in psutil.process_iter(["cmdline", "status"]):
        words = " ".join(process.info["cmdline"] or [])
        if marker in words and process.pid != os.getpid() and process.info["status"] != psutil.STATUS_ZOMBIE:
            pids.append(process.pid)
    return pids
