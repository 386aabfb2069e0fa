"""The virtual environment of the image, built by the Dockerfile's own command from base.txt alone."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.production.compose import DOCKERFILE, ROOT

REQUIREMENTS = ROOT / "feedsite" / "requirements" / "base.txt"
CACHE = ROOT / ".data"


def read_commands(start: str) -> list[str]:
    """Return the commands of the Dockerfile's RUN instructions that begin with `start`."""
    text = DOCKERFILE.read_text().replace("\\\n", "")
    return [command for command in re.findall(r"^RUN (.+)$", text, re.MULTILINE) if command.startswith(start)]


def build_packages() -> Path:
    """Return a virtual environment with the packages of the image, which is kept until they change."""
    (command,) = read_commands("uv venv")
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + command.encode() + sys.version.encode()).hexdigest()[:16]
    target = CACHE / f"packages-{digest}"
    complete = target / ".complete"
    if complete.exists():
        return target
    for old in CACHE.glob("packages-*"):
        shutil.rmtree(old)
    command = command.replace("/requirements.txt", str(REQUIREMENTS)).replace("/venv", str(target))
    # The image brings its Python along; here it is the one that runs the tests.
    environment = os.environ | {"PATH": f"{find_uv().parent}:{os.environ['PATH']}", "UV_PYTHON": base_python()}
    environment.pop("VIRTUAL_ENV", None)
    process = subprocess.run(
        ["/bin/sh", "-ec", command], env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    assert process.returncode == 0, process.stderr
    complete.touch()
    return target


def find_uv() -> Path:
    """Return the uv that set-up used."""
    own = Path(sys.prefix).resolve().parent / ".tools" / "bin" / "uv"
    return Path(shutil.which("uv") or own)


def base_python() -> str:
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
