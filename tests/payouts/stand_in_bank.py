"""A bank for tests: keeps its books in a file, and loses answers as real ones do."""

import json
import os
import random
from pathlib import Path

from payouts.banks.port import BankUnavailable, Transfer, TransferResult, TransferState


class StandInBank:
    """Acts once per key. Of its answers a share is lost, half of those after the money has moved."""

    name = "stand-in"

    def __init__(self, folder: Path, *, share_lost: float = 0.0, seed: int | None = None) -> None:
        self.folder = folder
        self.share_lost = share_lost
        self.random = random.Random(seed)
        folder.mkdir(exist_ok=True)

    def send(self, transfer: Transfer) -> TransferResult:
        luck = self.random.random()
        if luck < self.share_lost / 2:
            raise BankUnavailable("The line went dead before the money moved.")
        self._write(transfer)
        if luck < self.share_lost:
            raise BankUnavailable("The line went dead after the money moved.")
        return TransferResult(TransferState.PAID, f"ref-{transfer.key}")

    def look_up(self, key: str) -> TransferResult:
        is_known = (self.folder / f"{key}.json").exists()
        return TransferResult(TransferState.PAID, f"ref-{key}") if is_known else TransferResult(TransferState.NOT_FOUND)

    def transfers(self) -> dict[str, int]:
        """Return what was sent, in minor units by key."""
        files = sorted(self.folder.glob("*.json"))
        return {file.stem: int(json.loads(file.read_text())["amount_minor"]) for file in files}

    def sends(self) -> int:
        """Return how often money moved: a key that moves twice is counted twice."""
        return sum(int(json.loads(file.read_text())["moved"]) for file in self.folder.glob("*.json"))

    def _write(self, transfer: Transfer) -> None:
        file = self.folder / f"{transfer.key}.json"
        if file.exists():
            return
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({"amount_minor": transfer.amount_minor, "moved": 1}))
        draft.rename(file)
