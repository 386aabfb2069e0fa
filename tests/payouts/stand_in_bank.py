"""A bank for tests that keeps its transfers in files and loses some answers, as real banks do."""

import json
import os
import random
from pathlib import Path

from payouts.banks.port import BankUnavailable, Transfer, TransferResult, TransferState


class StandInBank:
    """Acts once per key. It loses `share_lost` of its answers, half of them after the money has moved."""

    name = "stand-in"

    def __init__(self, folder: Path, *, share_lost: float = 0.0, seed: int | None = None) -> None:
        self.folder = folder
        self.share_lost = share_lost
        self.random = random.Random(seed)
        folder.mkdir(exist_ok=True)

    def send(self, transfer: Transfer) -> TransferResult:
        draw = self.random.random()
        if draw < self.share_lost / 2:
            raise BankUnavailable("The connection was lost before the money moved.")
        self.move_money(transfer)
        if draw < self.share_lost:
            raise BankUnavailable("The connection was lost after the money moved.")
        return TransferResult(TransferState.PAID, f"ref-{transfer.key}")

    def payable_step(self, currency: str) -> int:
        return 1

    def look_up(self, transfer: Transfer) -> TransferResult:
        if (self.folder / f"{transfer.key}.json").exists():
            return TransferResult(TransferState.PAID, f"ref-{transfer.key}")
        return TransferResult(TransferState.NOT_FOUND)

    def transfers(self) -> dict[str, int]:
        """Return the amounts sent, in minor units by key."""
        files = sorted(self.folder.glob("*.json"))
        return {file.stem: int(json.loads(file.read_text())["amount_minor"]) for file in files}

    def sends(self) -> int:
        """Return how often money moved; a key that moved twice counts twice."""
        return sum(int(json.loads(file.read_text())["moved"]) for file in self.folder.glob("*.json"))

    def move_money(self, transfer: Transfer) -> None:
        file = self.folder / f"{transfer.key}.json"
        if file.exists():
            return
        draft = file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps({"amount_minor": transfer.amount_minor, "moved": 1}))
        draft.rename(file)
