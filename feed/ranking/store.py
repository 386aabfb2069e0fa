"""Saved models. A training job writes a model as an npz file, and many web processes memory-map it."""

import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from feed.ranking.interactions import Items
from feed.ranking.model import Model
from feed.ranking.neighbours import Neighbours
from feed.ranking.popularity import Popularity
from feed.ranking.rerank import Rerank
from feed.ranking.tables import Tables
from feed.ranking.trees import Trees
from feed.ranking.weights import Weights

VERSION = 5
LOCAL_HEADER_BYTES = 30
NEIGHBOURS = ("transitions", "together", "by_category", "by_creator")
PLAIN = ("rates", "base", "reach", "chance", "even", "top")


class WrongModelVersion(Exception):
    """The model file was written by an incompatible version of this module."""


def save_model(model: Model, path: Path, *, version: int = VERSION) -> None:
    """Save a model to `path`.

    The model is written to a temporary file, which is then renamed. Readers see either the old or the new model.
    """
    tables = model.tables
    arrays = {name: getattr(tables, name) for name in PLAIN}
    for name in NEIGHBOURS:
        arrays |= {f"{name}.{part}": getattr(getattr(tables, name), part) for part in ("starts", "ids", "weights")}
    arrays |= {f"items.{part}": getattr(tables.items, part) for part in ("category_starts", "category_ids", "creator")}
    arrays |= {f"popularity.{part}": getattr(tables.popularity, part) for part in ("enjoyed", "met", "trend")}
    arrays |= {f"weights.{name}": np.array(value) for name, value in asdict(model.weights).items()}
    arrays |= {f"trees.{part}": getattr(model.rerank.trees, part) for part in ("columns", "edges", "values")}
    arrays |= {"signals": model.rerank.signals, "lift": model.lift, "aim": model.aim, "version": np.array(version)}
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez(file, allow_pickle=False, **arrays)
    os.replace(file.name, path)


def load_model(path: Path) -> Model:
    """Return a saved model. Its arrays are memory-mapped. Raises WrongModelVersion."""
    arrays = _map(path)
    if int(arrays.get("version", np.array(0))) != VERSION:
        raise WrongModelVersion(f"{path} is not a model of version {VERSION}. Fit it again.")

    def neighbours(name: str) -> Neighbours:
        return Neighbours(*(arrays[f"{name}.{part}"] for part in ("starts", "ids", "weights")))

    transitions, together, by_category, by_creator = (neighbours(name) for name in NEIGHBOURS)
    tables = Tables(
        transitions=transitions,
        together=together,
        by_category=by_category,
        by_creator=by_creator,
        items=Items(*(arrays[f"items.{part}"] for part in ("category_starts", "category_ids", "creator"))),
        popularity=Popularity(*(arrays[f"popularity.{part}"] for part in ("enjoyed", "met", "trend"))),
        rates=arrays["rates"],
        base=arrays["base"],
        reach=arrays["reach"],
        chance=arrays["chance"],
        even=arrays["even"],
        top=arrays["top"],
    )
    # A model of an earlier release lacks the weights that came later, which then have their defaults.
    weights = Weights(
        **{name: float(arrays.get(f"weights.{name}", start)) for name, start in asdict(Weights()).items()}
    )
    trees = Trees(*(arrays[f"trees.{part}"] for part in ("columns", "edges", "values")))
    return Model(tables, weights, arrays["lift"], arrays["aim"], Rerank(trees, arrays["signals"]))


def _map(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of an uncompressed npz file by name, all memory-mapped. Raises ValueError if one is compressed.

    Source: APPNOTE.TXT 4.3.7. A local file header has two lengths at byte 26, then the name, extra field and data.
    """
    arrays = {}
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        for member in archive.infolist():
            if member.compress_type != zipfile.ZIP_STORED:
                raise ValueError(f"{path}: {member.filename} is compressed and cannot be mapped")
            file.seek(member.header_offset + 26)
            name_bytes, extra_bytes = np.frombuffer(file.read(4), "<u2")
            file.seek(member.header_offset + LOCAL_HEADER_BYTES + int(name_bytes) + int(extra_bytes))
            arrays[member.filename.removesuffix(".npy")] = _map_array(path, file)
    return arrays


def _map_array(path: Path, file: BinaryIO) -> NDArray[Any]:
    np.lib.format.read_magic(file)
    shape, _, kind = np.lib.format.read_array_header_1_0(file)
    if not np.prod(shape):
        return np.zeros(shape, kind)
    return np.asarray(np.memmap(path, dtype=kind, mode="r", offset=file.tell(), shape=shape))
