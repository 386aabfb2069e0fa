"""`make test` runs every test once, and fails when one shard does."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import shards

PASSES = "def test_passes() -> None: ...\n"
FAILS = "def test_fails() -> None:\n    assert False\n"
LACKS_PROGRAM = (
    "import pytest\n@pytest.mark.skip(reason='NOT RUN: nginx missing. Install: apt-get install nginx')\n"
    "def test_lacks() -> None: ...\n@pytest.mark.skip(reason='other')\ndef test_skipped() -> None: ...\n"
)
RECORDS = (
    "import time\nfrom pathlib import Path\ndef test_it() -> None:\n    began = time.time()\n    time.sleep({wait})\n"
    "    Path('{file}').write_text(f'{{began}} {{time.time()}}')\n"
)
SHOWS_FOLDER = "import os\ndef test_folder() -> None:\n    print(os.environ['DATA_DIR'])\n"


def write_tests(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / name).mkdir()
        (folder / name / f"test_{name}.py").write_text(text)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:django\n")


def test_shards_run_at_once_and_end_each_for_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_tests(tmp_path, good=PASSES, bad=FAILS)
    results = shards.run({"good": ["good"], "bad": ["bad"]}, data_dir=tmp_path / "data", cwd=tmp_path)
    assert [(result.name, result.status) for result in results] == [("good", 0), ("bad", 1)]
    assert "good      | passed in" in results[0].line
    assert "bad       | FAILED (exit status 1)" in results[1].line
    assert "1 failed" in results[1].line
    assert "bad       | FAILED bad/test_bad.py::test_fails" in capsys.readouterr().out
    assert "FAILED bad/test_bad.py::test_fails" in (tmp_path / "data/test-bad/pytest.log").read_text()
    assert "bad       | FAILED bad/test_bad.py::test_fails" in results[1].line


def test_a_third_shard_waits_for_one_of_the_first_two(tmp_path: Path) -> None:
    seconds = {"long": 4, "short": 1, "last": 0}
    write_tests(
        tmp_path, **{name: RECORDS.format(file=tmp_path / f"{name}.txt", wait=wait) for name, wait in seconds.items()}
    )
    results = shards.run({name: [name] for name in seconds}, data_dir=tmp_path / "data", cwd=tmp_path)
    assert [(result.name, result.status) for result in results] == [(name, 0) for name in seconds]
    times = {name: [float(text) for text in (tmp_path / f"{name}.txt").read_text().split()] for name in seconds}
    assert times["short"][1] <= times["last"][0], "The third began when the shorter of the first two had ended."
    assert times["long"][0] < times["short"][1], "The first two ran at once."


def test_the_total_adds_up_the_tests_of_all_shards() -> None:
    results = [
        shards.Result("main", 1, 2.0, "2 failed, 1300 passed, 1 error in 600.00s (0:10:00)"),
        shards.Result("browser", 0, 2.0, "200 passed, 3 skipped in 500.00s"),
    ]
    assert shards.total_line(results) == "1500 passed, 3 failed"


def test_a_shard_without_tests_fails(tmp_path: Path) -> None:
    write_tests(tmp_path, empty="")
    (result,) = shards.run({"empty": ["empty"]}, data_dir=tmp_path / "data", cwd=tmp_path)
    assert result.status == 5
    assert "FAILED" in result.line


def test_each_shard_has_a_data_folder_of_its_own(tmp_path: Path) -> None:
    write_tests(tmp_path, one=SHOWS_FOLDER, two=SHOWS_FOLDER)
    shards.run({"one": ["-s", "one"], "two": ["-s", "two"]}, data_dir=tmp_path / "data", cwd=tmp_path)
    for name in ("one", "two"):
        assert str(tmp_path / f"data/test-{name}") in (tmp_path / f"data/test-{name}/pytest.log").read_text()


def test_the_first_shard_leaves_out_exactly_what_the_others_run() -> None:
    later = [name for name in shards.SHARDS if name != "main"]
    others = [*(folder for name in later for folder in shards.SHARDS[name]), *shards.LAST_SHARDS["production"]]
    assert {f"--ignore={folder}" for folder in others} == set(shards.SHARDS["main"])
    assert all((shards.ROOT / folder).is_dir() for folder in others)


def test_tests_that_lack_a_program_are_reported_with_the_result(tmp_path: Path) -> None:
    write_tests(tmp_path, lacking=LACKS_PROGRAM)
    (result,) = shards.run({"lacking": ["-ra", "lacking"]}, data_dir=tmp_path / "data", cwd=tmp_path)
    assert result.line.splitlines()[1:] == ["lacking   | NOT RUN: nginx missing. Install: apt-get install nginx"]


def test_an_interrupted_run_ends_its_shards(tmp_path: Path) -> None:
    write_tests(tmp_path, slow=f"import os, pathlib, time\ndef test_slow() -> None:\n    pathlib.Path('{tmp_path}/pid')"
                ".write_text(str(os.getpid()))\n    time.sleep(100)\n")  # fmt: skip
    code = (
        "import signal; from pathlib import Path; from tests import shards; "
        "signal.signal(signal.SIGTERM, shards.interrupt); "
        f"shards.run({{'slow': ['slow']}}, data_dir=Path({str(tmp_path)!r}) / 'data', cwd=Path({str(tmp_path)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=shards.ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) != 0
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
