"""Neighbours: for each clip, the clips that viewers of that clip enjoyed most.

There are two tables. `count_together` counts what these viewers enjoyed at any time, before or after the clip. Its
weights are shrunk cosines, and viewers with a long history count less. `count_transitions` counts what they enjoyed
soon after the clip. The sooner they enjoyed it, the more it counts. Both functions process the clips in blocks, so that
only one block of counts is in memory at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
from scipy import sparse

from feed.ranking.interactions import Doubles, Floats, Ints, Sequences

PAIRS_PER_BLOCK = 4_000_000
NEIGHBOURS = 200
REACH = 40  # how many clips later a clip still counts as following
GAP_POWER = 0.6
SHRINK = 0.4  # in pairs; a pair from a viewer with one clip counts 1


@dataclass(frozen=True)
class Neighbours:
    """A sparse table in CSR form. Row i holds `ids[starts[i]:starts[i + 1]]` with their weights, best first."""

    starts: Ints
    ids: Ints
    weights: Floats

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return len(self.starts) - 1

    def gather(self, rows: Ints, weights: Floats) -> tuple[Ints, Floats, Ints]:
        """Return the entries of several rows as three arrays: ids, weights, and the number of entries per row.

        The weights of a row's entries are multiplied by the row's number in `weights`. Rows beyond the end of the table
        belong to newer items and are empty.
        """
        if self.count == 0:
            return self.ids[:0], self.weights[:0], np.zeros(len(rows), np.int64)
        is_known = rows < self.count
        safe = np.where(is_known, rows, 0)
        first = self.starts[safe]
        lengths = np.where(is_known, self.starts[safe + 1] - first, 0)
        index = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(int(lengths.sum()))
        return self.ids[index], self.weights[index] * np.repeat(weights, lengths), lengths

    @classmethod
    def of_blocks(cls, blocks: list[tuple[Ints, Ints, Floats]]) -> Self:
        """Build a table from consecutive blocks. Each block is a tuple of row lengths, ids and weights."""
        lengths = np.concatenate([block[0] for block in blocks])
        return cls(
            np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
            np.concatenate([block[1] for block in blocks]),
            np.concatenate([block[2] for block in blocks]),
        )


def count_together(
    sequences: Sequences, item_count: int, *, top: int = NEIGHBOURS, pairs_per_block: int = PAIRS_PER_BLOCK
) -> Neighbours:
    """Return, for each clip, at most `top` clips that its viewers enjoyed at any time."""
    viewer, item, enjoyed, trust = sequences.viewer, sequences.item, sequences.enjoyed, sequences.trust
    shape = (sequences.viewer_count, item_count)
    lengths = np.diff(sequences.starts)
    damping = 1 / np.sqrt(np.maximum(lengths, 1))
    met = sparse.csr_array((np.ones(len(item), np.float32), (item, viewer)), shape=shape[::-1])
    damped = (damping[viewer[enjoyed]] * trust[enjoyed]).astype(np.float32)
    liked = sparse.csr_array((damped, (viewer[enjoyed], item[enjoyed])), shape=shape)
    met_count = np.bincount(item, trust, minlength=item_count)
    liked_count = np.bincount(item[enjoyed], trust[enjoyed], minlength=item_count)
    cost = np.bincount(item, weights=np.diff(liked.indptr)[viewer], minlength=item_count)
    source, target = (met_count + 1.0) ** -0.75, (liked_count + 1.0) ** -0.5
    return Neighbours.of_blocks(
        [_best(met[lo:hi] @ liked, lo, source, target, top) for lo, hi in _blocks(cost, pairs_per_block)]
    )


def count_transitions(
    sequences: Sequences, item_count: int, *, top: int = NEIGHBOURS, pairs_per_block: int = PAIRS_PER_BLOCK
) -> Neighbours:
    """Return, for each clip, at most `top` clips that its viewers enjoyed soon after it.

    A clip that comes `gap` clips later counts gap ** -GAP_POWER. Clips more than REACH later do not count.
    """
    item, enjoyed, trust = sequences.item, sequences.enjoyed, sequences.trust
    meetings = np.bincount(item, minlength=item_count)
    met_count = np.bincount(item, trust, minlength=item_count)
    liked_count = np.bincount(item[enjoyed], trust[enjoyed], minlength=item_count)
    source, target = (met_count + 1.0) ** -0.5, (liked_count + 1.0) ** -0.25
    by_item = np.argsort(item, kind="stable")
    starts = np.concatenate(([0], np.cumsum(meetings)))
    blocks = []
    for lo, hi in _blocks(meetings * float(REACH), pairs_per_block):
        places = by_item[starts[lo] : starts[hi]]
        counts = _following(places, sequences, lo, (hi - lo, item_count))
        blocks.append(_best(counts, lo, source, target, top))
    return Neighbours.of_blocks(blocks)


def _following(places: Ints, sequences: Sequences, lo: int, shape: tuple[int, int]) -> sparse.csr_array:
    viewer, item, enjoyed, trust = sequences.viewer, sequences.item, sequences.enjoyed, sequences.trust
    rows, columns, weights = [], [], []
    for gap in range(1, REACH + 1):
        here = places[places + gap < len(item)]
        here = here[(viewer[here + gap] == viewer[here]) & enjoyed[here + gap]]
        rows.append(item[here] - lo)
        columns.append(item[here + gap])
        weights.append(trust[here + gap] * np.float32(gap**-GAP_POWER))
    triplets = (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(triplets, shape=shape)


def _blocks(cost: Doubles, pairs_per_block: int) -> Iterator[tuple[int, int]]:
    """Split the rows into blocks of about `pairs_per_block` pairs, and yield the (start, end) of each block.

    `cost` is the number of pairs in each row.
    """
    number = (np.cumsum(cost) // pairs_per_block).astype(np.int64)
    edges = np.concatenate(([0], np.flatnonzero(np.diff(number)) + 1, [len(cost)]))
    return ((int(lo), int(hi)) for lo, hi in pairwise(edges))


def _best(counts: sparse.csr_array, lo: int, source: Doubles, target: Doubles, top: int) -> tuple[Ints, Ints, Floats]:
    """Return the best `top` entries of each row in a block of counts, as row lengths, ids and weights.

    Counts are normalised to weights. Row 0 of the block is item `lo`. The item of the row itself is left out.
    """
    lengths = np.diff(counts.indptr)
    row = np.repeat(np.arange(len(lengths)), lengths)
    raw = counts.data.astype(np.float64)
    weight = raw * raw / (raw + SHRINK) * source[row + lo] * target[counts.indices]
    weight[counts.indices == row + lo] = 0
    best_ids, best_weights, best_lengths = [], [], np.zeros(len(lengths), np.int64)
    for index in np.flatnonzero(lengths):
        cut = slice(counts.indptr[index], counts.indptr[index + 1])
        ids, values = counts.indices[cut], weight[cut]
        if len(values) > top:
            best = np.argpartition(-values, top)[:top]
            ids, values = ids[best], values[best]
        order = np.lexsort((ids, -values))[: np.count_nonzero(values)]
        best_ids.append(ids[order].astype(np.int32))  # all blocks stay in memory, and int32 halves their size
        best_weights.append(values[order].astype(np.float32))
        best_lengths[index] = len(order)
    ids = np.concatenate([np.zeros(0, np.int32), *best_ids]).astype(np.int32)
    return best_lengths, ids, np.concatenate([np.zeros(0, np.float32), *best_weights]).astype(np.float32)
