"""Work that waits for staff, as admin's first page lists it. Each app tells its own with a template tag."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WaitingWork:
    """Things of one kind that wait for the reader, and the page on which they are dealt with."""

    label: str
    count: int
    url: str
    note: str = ""


def drop_empty(*works: WaitingWork) -> list[WaitingWork]:
    return [work for work in works if work.count]
