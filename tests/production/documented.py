"""The shell commands of the documents, carried out on the deployment of this machine."""

import re
import shlex
from pathlib import Path

from tests.production.compose import ROOT
from tests.production.deployment import PROCESSES, Deployment
from tests.production.web_servers import nginx_command


class NotUnderstood(Exception):
    """A document has a command that no test can run."""


def read_steps(document: str, heading: str) -> list[str]:
    """Return the commands of the first shell block under a heading, without comments."""
    section = (ROOT / document).read_text().split(f"\n{heading}\n", 1)[1]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return [" ".join(shlex.split(line, comments=True)) for line in block[1].splitlines() if line.strip()]


def carry_out(step: str, deployment: Deployment, new_files: Path) -> None:
    """Do what a documented command does. `new_files` are those of the image that would be built.

    Raises NotUnderstood.
    """
    match shlex.split(step):
        case ["git", "pull"]:
            return
        case ["docker", "compose", "build"]:
            deployment.site = new_files
            deployment.build()
        case ["docker", "compose", "run", "--rm", "migrate"]:
            process = deployment.run("migrate")
            assert process.returncode == 0, process.stdout + process.stderr
        case ["docker", "compose", "up", "--detach", "--no-deps", "--wait", *services] if services:
            for name in services:
                deployment.replace(name)
        case ["docker", "compose", "up", "--detach", "--wait"]:
            for name in PROCESSES:
                if not deployment.is_current(name):
                    deployment.replace(name)
            deployment.wait_until_ready()
        case ["docker", "compose", "exec", "nginx", *command] if command[0] == "nginx":
            configuration = deployment.folder / "nginx" / "nginx.conf"
            deployment.run_command(nginx_command(configuration, *command[1:]))
        case _:
            raise NotUnderstood(step)
