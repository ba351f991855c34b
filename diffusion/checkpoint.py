"""Checkpoints that survive a kill: safetensors and JSON, written whole or not at all.

A checkpoint of step n is two files in one folder: step-n.safetensors with every tensor, and step-n.json with
the rest and with the size and SHA-256 of the first. Each is written to a temporary name, flushed to the
disk and renamed; the JSON comes last, so a checkpoint exists when its JSON does. The JSON carries its own
SHA-256. The one before the newest is kept: when the newest is damaged, it is refused by name and the one
before is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
from torch import Tensor

from diffusion.errors import UserError

FORMAT = 1
KEEP = 2
_NAME = re.compile(r"step-(\d{8,})\.json")


class CheckpointError(UserError):
    """A checkpoint is damaged, or none of them can be used."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What was saved at a step: tensors by name, and a state of JSON values."""

    step: int
    tensors: dict[str, Tensor]
    state: dict[str, Any]


def save(folder: Path, step: int, tensors: dict[str, Tensor], state: dict[str, Any]) -> None:
    """Write the checkpoint of a step, then delete all but the newest two."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = safetensors.torch.save({name: t.detach().cpu().contiguous() for name, t in tensors.items()})
    record = {
        "format": FORMAT,
        "step": step,
        "weights": {"bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()},
        "state": state,
    }
    record["sha256"] = _digest(record)
    write_atomically(_weights(folder, step), weights)
    write_atomically(_record(folder, step), json.dumps(record, indent=1).encode())
    for old in steps(folder)[:-KEEP]:
        # The JSON first: weights without it are no checkpoint, and are not mistaken for a damaged one.
        _record(folder, old).unlink(missing_ok=True)
        _weights(folder, old).unlink(missing_ok=True)


def steps(folder: Path) -> list[int]:
    """The steps that have a checkpoint in the folder, oldest first; damaged ones included."""
    if not folder.is_dir():
        return []
    return sorted(int(match.group(1)) for p in folder.iterdir() if (match := _NAME.fullmatch(p.name)))


def load(folder: Path, step: int) -> Checkpoint:
    """One checkpoint, verified. Raises CheckpointError that says which file is damaged, and how."""
    path = _record(folder, step)
    try:
        record = json.loads(path.read_bytes())
        recorded, claimed = record["weights"], record.pop("sha256")
        if record["format"] != FORMAT:
            raise CheckpointError(f"{path} has format {record['format']}; this version reads format {FORMAT}")
        if claimed != _digest(record) or record["step"] != step:
            raise CheckpointError(f"{path} is damaged: its content does not match the SHA-256 that it carries")
        weights = _read_weights(_weights(folder, step), recorded)
        return Checkpoint(step, weights, record["state"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{path} is damaged or unreadable: {error}") from error


def load_latest(folder: Path, warn: Callable[[str], None]) -> Checkpoint | None:
    """The newest checkpoint that is whole, or None when there is none at all.

    Each damaged one is refused through `warn` with a message. Raises CheckpointError when there are
    checkpoints and every one of them is damaged.
    """
    found = steps(folder)
    refused = []
    for step in reversed(found):
        try:
            checkpoint = load(folder, step)
        except CheckpointError as error:
            refused.append(str(error))
            continue
        for message in refused:
            warn(f"refused a checkpoint: {message}. Using the one of step {step} instead")
        return checkpoint
    if not found:
        return None
    raise CheckpointError(
        f"no checkpoint in {folder} can be used: {'; '.join(refused)}. Restore the folder from a copy, or "
        "train again with another --out"
    )


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file so that a reader, or a crash, sees the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.tmp-{os.getpid()}")
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_folder(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Delete what a killed writer left: temporary files, and weights whose JSON was never written."""
    if not folder.is_dir():
        return
    known = {_weights(folder, step) for step in steps(folder)}
    for path in folder.iterdir():
        orphan = path.suffix == ".safetensors" and path.name.startswith("step-") and path not in known
        if orphan or re.fullmatch(r"\..*\.tmp-\d+", path.name):
            path.unlink(missing_ok=True)


def _read_weights(path: Path, recorded: dict[str, Any]) -> dict[str, Tensor]:
    content = path.read_bytes()
    if len(content) != recorded["bytes"]:
        raise CheckpointError(f"{path} is truncated: it has {len(content)} bytes of {recorded['bytes']}")
    digest = hashlib.sha256(content).hexdigest()
    if digest != recorded["sha256"]:
        raise CheckpointError(
            f"{path} was changed after it was written: its SHA-256 is {digest[:12]}..., "
            f"recorded {recorded['sha256'][:12]}..."
        )
    try:
        return safetensors.torch.load(content)
    except safetensors.SafetensorError as error:
        raise CheckpointError(f"{path} is not a safetensors file: {error}") from error


def _digest(record: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def _record(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.json"


def _weights(folder: Path, step: int) -> Path:
    return folder / f"step-{step:08d}.safetensors"


def _flush_folder(folder: Path) -> None:
    # A rename is durable once its folder is on the disk. Windows cannot open a folder, and needs no flush.
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
