"""What every model family provides: what it draws, what it minimises, how it samples.

A family is one recipe: it draws the random numbers of a step on the CPU, so that a seed means the same on
every device and in every process; it turns a batch into one loss per sample; and it samples as a generator.
The network is told apart from it: the same network can serve several families.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.errors import UserError

# The random numbers of one step, by name, each with the samples of the batch on its first axis.
Draws: TypeAlias = dict[str, Tensor]
# A network that was told the classes and the guidance: x_t (n, ...) and times (n,) to its output.
Told: TypeAlias = Callable[[Tensor, Tensor], Tensor]
# The samplers of a family, each with the names of the options it takes.
Samplers: TypeAlias = Mapping[str, tuple[str, ...]]


class State(NamedTuple):
    """Where a sampler stands: the time t, falling from noise to data, and x_t."""

    t: float
    x_t: Tensor


class Sampling(NamedTuple):
    """How to sample: a sampler of the family, its number of steps, the source of noise, the options it takes.

    States live on the device of the generator.
    """

    sampler: str
    steps: int
    generator: torch.Generator
    options: Mapping[str, Any] = MappingProxyType({})


class Family(ABC):
    """A recipe for training and sampling, made for one configuration and one shape of sample.

    Subclasses list their samplers in `samplers`, each with the names of the options it takes; the first is the
    default. `outputs` counts the predictions that the network gives per sample.
    """

    outputs: ClassVar[int] = 1
    samplers: ClassVar[Samplers] = {}
    # Whether the noise is permuted to suit the data, and whether losses change how times are drawn.
    couples: ClassVar[bool] = False
    observes: bool = False
    # Whether the loss and its gradient can be traced as one function: not where hooks change a gradient on its way.
    traceable: ClassVar[bool] = True

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        """Raises UserError where the data lacks the classes that are asked for."""
        if config.labels == "on" and kind.classes == 0:
            raise UserError(f"the data {config.data!r} has no classes, so --labels on has nothing to tell the network")
        self.config, self.shape, self.bin_width = config, kind.shape, kind.bin_width
        # Classes that the network is told; one more label says "not told".
        self.classes = kind.classes if config.labels == "on" else 0
        self.sees_labels = self.classes > 0

    @property
    def steps(self) -> int:
        """The number of sampling steps unless another is asked for."""
        return 250

    @property
    def frequencies(self) -> tuple[float, ...]:
        """With --fourier on, the frequencies 2 pi / (2 w) and 2 pi / w for grey levels at a distance w, else none.

        Where the noise is much smaller than w, the best prediction is the nearest grey level: a staircase of x_t, which
        a network can hardly make out of x_t, and easily out of waves of its period.
        """
        if self.config.fourier == "off" or self.bin_width == 0 or self.config.dequantise == "on":
            return ()
        return math.pi / self.bin_width, 2 * math.pi / self.bin_width

    @property
    def usable(self) -> Samplers:
        """The samplers that suit this configuration; for most, all that the family has."""
        return self.samplers

    def moves(self, steps: int) -> int:
        """How many states after the first a sampler with so many steps yields, for a progress bar."""
        return steps

    def to(self, device: torch.device | str) -> None:
        """Move tables to a device, once."""
        self.device = torch.device(device)

    def model(self, network: nn.Module) -> nn.Module:
        """What is trained: the network, or a module that holds it and more that is learned."""
        return network

    def bound(self, model: nn.Module) -> Family:
        """The family with what a trained model has learned beside its network; for most, the family itself."""
        return self

    @abstractmethod
    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """The random numbers of a step for n samples, on the CPU; "eps" is the noise, of the shape of x_0."""

    @abstractmethod
    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """The loss of each sample, (n,), for x_0 (n, ...), labels (n,) or None, and what `draw` drew."""

    @abstractmethod
    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """n samples as a generator of states, from noise to data; the last x_t are the samples."""

    @abstractmethod
    def guess(self, told: Told, state: State) -> Tensor:
        """The prediction of x_0 at a state, (n, ...)."""

    def couple(self, x_0: Tensor, eps: Tensor) -> Tensor:
        """The noise in the order in which it is joined to the data, both (n, ...)."""
        return eps

    def observe(self, draws: Draws, losses: Tensor) -> None:
        """Learn from the losses of the whole batch how to draw better; called when `observes`."""
        raise NotImplementedError(f"{type(self).__name__} does not learn how to draw")

    def state(self) -> dict[str, Tensor]:
        """What `observe` has learned, for a checkpoint."""
        return {}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Continue from what `state` returned. Raises KeyError when it is another family's."""
        if state:
            raise KeyError(f"a family without a state of its own was given {sorted(state)}")

    def noise(self, n: int, generator: torch.Generator) -> Tensor:
        """Standard normal noise for n samples, (n, ...), on the device of the generator."""
        return torch.randn(n, *self.shape, generator=generator, device=generator.device)

    @property
    def clip(self) -> float | None:
        """The bound on predicted data: 1 for images, none for points."""
        return 1.0 if len(self.shape) == 3 else None
