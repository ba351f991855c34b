"""The order in which a run sees its data, and seeds that keep its random streams apart."""

from __future__ import annotations

import hashlib

import torch
from torch import Tensor


class DataOrder:
    """Endless shuffled passes over n samples. Where it stands is two numbers, epoch and position."""

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.seed = n, seed
        self.epoch, self.position = 0, 0
        self._permutation = self._shuffled()

    def next(self, batch: int) -> Tensor:
        """The next `batch` indices, int64; a pass ends where it ends and the next one begins there."""
        end = self.position + batch
        if end < self.n:
            index, self.position = self._permutation[self.position : end], end
            return index
        parts = []
        while batch > 0:
            part = self._permutation[self.position : self.position + batch]
            parts.append(part)
            batch -= len(part)
            self.position += len(part)
            if self.position == self.n:
                self.epoch, self.position = self.epoch + 1, 0
                self._permutation = self._shuffled()
        return torch.cat(parts)

    def state(self) -> dict[str, int]:
        """Where the order stands, for a checkpoint."""
        return {"epoch": self.epoch, "position": self.position}

    def restore(self, state: dict[str, int]) -> None:
        """Continue from a state that `state` returned."""
        self.epoch, self.position = int(state["epoch"]), int(state["position"])
        self._permutation = self._shuffled()

    def _shuffled(self) -> Tensor:
        generator = torch.Generator().manual_seed(seed_for(self.seed, f"epoch {self.epoch}"))
        return torch.randperm(self.n, generator=generator)


def seed_for(seed: int, purpose: str) -> int:
    """A seed for one purpose: streams of the same run must not repeat each other."""
    return int.from_bytes(hashlib.sha256(f"{seed} {purpose}".encode()).digest()[:7], "big")
