"""`python -m demo`: runs a whole shop with clips, creators and orders on this machine until Ctrl-C."""

import os
import sys
from pathlib import Path

import django
from environs import Env, EnvError

from demo.ports import PortUnavailable, check_port
from demo.process_group import ProcessEnded
from demo.stop_signals import StopSignals
from feedsite.embedded import ServerUnavailable, start_missing_servers

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    signals = StopSignals()
    env = Env()
    try:
        if not env.bool("DEMO", False):
            sys.exit("The demo creates accounts with a known password. Start it with: make demo")
        check_port(env.str("WEB_HOST", "127.0.0.1"), env.int("WEB_PORT", 8000))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "feedsite.settings")
        with signals.deferred():
            start_missing_servers(env.path("DATA_DIR", ROOT / ".data"))
        django.setup()
        from demo.runner import run_demo

        run_demo(signals, sys.stdout)
    except KeyboardInterrupt:
        print("\nStopped.")
    except (EnvError, PortUnavailable, ProcessEnded, ServerUnavailable) as failure:
        sys.exit(f"\n{failure}")


if __name__ == "__main__":
    main()
