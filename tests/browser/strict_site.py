"""A web process that runs as outside the demo: verified addresses, and a second factor for staff."""

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.browser.conftest import ROOT, Servers, find_free_port


def run_strict_site(servers: Servers) -> Iterator[str]:
    """Start the process on the test's database, yield its address on localhost, and stop it."""
    port = find_free_port()
    address = f"http://localhost:{port}"
    strict = {"ACCOUNT_EMAIL_VERIFICATION": "mandatory", "STAFF_REQUIRE_MFA": "true"}
    environment = servers.environment | strict | {"SITE_URL": address, "WEB_PORT": str(port)}
    with open(servers.folder / "strict.log", "wb") as log:
        command = [sys.executable, "-m", "feedsite.processes", "web"]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_until_alive(f"http://127.0.0.1:{port}/healthz/")
        yield address
    finally:
        process.terminate()
        process.wait(15)


def read_code(servers: Servers, address: str) -> str:
    """Return the code in the newest email to this address."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        files = sorted(Path(servers.folder / "mail").glob("*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for file in files:
            found = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", file.read_text(), re.MULTILINE)
            if address in file.read_text() and found:
                return found[1]
        time.sleep(0.2)
    raise TimeoutError(f"No email with a code reached {address}.")


def _wait_until_alive(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310  # our own address
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{address} did not answer.")
