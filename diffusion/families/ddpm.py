"""DDPM: denoising diffusion probabilistic models. Coefficients, loss, ancestral sampler.

The network predicts the noise eps in x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps; the sampler
walks from pure noise at t = T to data at t = 0 with the posterior mean at the predicted x_0.

No formulas are defined here; this module runs posterior.mean, posterior.variance, ddpm.sampling_step,
posterior.degenerate_t1 and loss.simple, from the modules `posterior` and `losses`.
Reference: Ho, Jain, Abbeel 2020, *Denoising Diffusion Probabilistic Models*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, NamedTuple, TypeAlias

import torch
from torch import Tensor, nn

from diffusion import losses, posterior
from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.errors import UserError
from diffusion.families.base import Draws, Samplers, Sampling, State, Told
from diffusion.families.on_path import OnPath, samplers_first
from diffusion.parameterizations import EPS
from diffusion.paths import Discrete
from diffusion.schedules import Schedule
from diffusion.schedules import schedule as schedule_named

# Predicts eps from x_t (n, ...) and t (n,), the times being int64 in 1..T.
Denoiser: TypeAlias = Callable[[Tensor, Tensor], Tensor]

SIGMAS = ("beta_tilde", "beta")


class Row(NamedTuple):
    """The coefficients of one time, or of all times; see `Coefficients` for what each multiplies."""

    signal: Tensor
    noise: Tensor
    x_0_from_x_t: Tensor
    x_0_from_eps: Tensor
    mean_from_x_0: Tensor
    mean_from_x_t: Tensor
    sigma: Tensor


@dataclass(frozen=True, eq=False)
class Coefficients:
    """Everything that a run multiplies with, as one table (7, T + 1) indexed by t = 0..T.

    The rows, in order: x_t = signal x_0 + noise eps; x_0_hat = x_0_from_x_t x_t + x_0_from_eps eps;
    x_{t-1} = mean_from_x_0 x_0_hat + mean_from_x_t x_t + sigma z. sigma is 0 at t = 1, so the last step adds
    no noise. `times` (T + 1,) int64 holds the times to show the network, which differ from 0..T when the
    schedule is respaced. At t = 0 only signal and noise have a meaning.
    """

    table: Tensor
    times: Tensor

    @property
    def T(self) -> int:
        """Number of sampling steps."""
        return self.table.shape[1] - 1

    @property
    def columns(self) -> Row:
        """Each coefficient as a table (T + 1,)."""
        return Row(*self.table)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The coefficients of each time, as scalars."""
        return tuple(Row(*row) for row in zip(*(column.unbind() for column in self.table), strict=True))

    def to(self, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> Coefficients:
        """The same table on another device or in another dtype; computed in float64, rounded once."""
        return replace(self, table=self.table.to(device=device, dtype=dtype), times=self.times.to(device))


def coefficients(schedule: Schedule, sigma: str = "beta_tilde", times: Tensor | None = None) -> Coefficients:
    """The float64 table of a schedule. Raises ValueError when sigma is not 'beta_tilde' or 'beta'.

    sigma names the variance of the reverse step: beta_tilde_t is right when the data is a point, beta_t when
    it is a unit Gaussian.
    """
    if sigma not in SIGMAS:
        raise ValueError(f"unknown sigma {sigma!r}; choose one of: {', '.join(SIGMAS)}")
    alpha, prev = schedule.alpha[1:], schedule.alpha_bar[:-1]
    root, noise = schedule.alpha_bar.sqrt(), schedule.variance.sqrt()
    variance = posterior.variance(alpha, prev) if sigma == "beta_tilde" else schedule.beta[1:].clone()
    variance[0] = 0
    steps = [*posterior.mean_coefficients(alpha, prev), variance.sqrt()]
    steps = [torch.cat([column.new_zeros(1), column]) for column in steps]
    times = torch.arange(schedule.T + 1) if times is None else times
    return Coefficients(torch.stack([root, noise, 1 / root, -noise / root, *steps]), times)


def loss(denoiser: Denoiser, x_0: Tensor, t: Tensor, eps: Tensor, table: Coefficients) -> Tensor:
    """|eps - eps_theta(x_t, t)|^2 / d for each sample, shape (n,): L_simple per dimension.

    x_0 and eps are (n, ...), t is (n,) int64 in 1..T, all on the device of the table.
    """
    shape = (-1, *[1] * (x_0.dim() - 1))
    signal, noise = table.columns.signal[t].view(shape), table.columns.noise[t].view(shape)
    eps_theta = denoiser(signal * x_0 + noise * eps, t)
    return losses.simple_loss(eps.flatten(1), eps_theta.flatten(1)) / eps[0].numel()


class Guess(NamedTuple):
    """Where the ancestral sampler stands: the time t, x_t, and the prediction of x_0 made from x_t."""

    t: int
    x_t: Tensor
    x_0_hat: Tensor


def sample(
    denoiser: Denoiser,
    shape: Sequence[int],
    table: Coefficients,
    *,
    generator: torch.Generator | None = None,
    clip: float | None = None,
    x_T: Tensor | None = None,
) -> Iterator[Guess]:
    """Ancestral sampling as a generator: yields the state at t = T, T - 1, ..., 0.

    shape is (n, ...). Device and dtype are those of the table. The last state has t = 0 and x_t = x_0_hat,
    the samples. clip bounds the predicted x_0 to [-clip, clip]; x_T replaces the drawn starting noise.
    Yielded tensors are not written to afterwards. Nothing here waits for the device.
    """
    device, dtype = table.table.device, table.table.dtype
    times, shown = table.times.unsqueeze(1).expand(-1, shape[0]).unbind(), table.times.tolist()
    x = torch.randn(*shape, generator=generator, device=device, dtype=dtype) if x_T is None else x_T
    no_gradients = torch.no_grad()
    for i in range(table.T, 0, -1):
        row = table.rows[i]
        with no_gradients:
            x_0_hat = (row.x_0_from_x_t * x).addcmul_(row.x_0_from_eps, denoiser(x, times[i]))
            if clip is not None:
                x_0_hat.clamp_(-clip, clip)
            mean = (row.mean_from_x_t * x).addcmul_(row.mean_from_x_0, x_0_hat)
            if i > 1:
                z = torch.randn(*shape, generator=generator, device=device, dtype=dtype)
                mean.addcmul_(row.sigma, z)
        yield Guess(shown[i], x, x_0_hat)
        x = mean
    yield Guess(shown[0], x, x)


class Chain(OnPath):
    """What the families on DDPM's chain share: the schedule, its table, and times drawn uniformly from 1..T."""

    parameterization = EPS
    path: Discrete

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        try:
            self.schedule = schedule_named(config.schedule, config.T)
        except ValueError as error:
            raise UserError(f"this noise schedule does not work: {error}") from error
        self.path, self.earliest = Discrete(self.schedule), 1 / config.T
        self.table = coefficients(self.schedule).to(dtype=torch.float32)

    @property
    def steps(self) -> int:
        """250, or T if that is less."""
        return min(250, self.config.T)

    def to(self, device: torch.device | str) -> None:
        """Move the table to a device."""
        super().to(device)
        self.table = self.table.to(device)

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """t (n,) in 1..T and eps (n, ...)."""
        t = torch.randint(1, self.config.T + 1, (n,), generator=generator)
        return {"t": t, "eps": self.noise(n, generator)}

    def network_time(self, t: Tensor) -> Tensor:
        """The time of the chain, in steps."""
        return self.path.network_time(t)

    def on_chain(self, told: Told) -> Told:
        """The network with its prediction moved by guidance, as a function of x_t (n, ...) and times (n,) in 1..T."""
        if self.push is None:
            return told
        push = self.push
        return lambda x_t, t: self.pushed(told(x_t, t), x_t, t.double() / self.config.T, push)

    def respaced(self, steps: int) -> tuple[Schedule, Tensor]:
        """A schedule of so many of the T steps, and the times it visits. Raises UserError."""
        try:
            return self.schedule.respaced(steps)
        except ValueError as error:
            raise UserError(str(error)) from error

    def times(self, steps: int) -> Tensor:
        """The times of the chain that a solver visits, in [0, 1], noise first."""
        return self.respaced(steps)[1].flip(0).double() / self.config.T


class DDPM(Chain):
    """The family: L_simple, and the ancestral sampler on a respaced chain."""

    samplers: ClassVar[Samplers] = {"ancestral": ("sigma",), **samplers_first("ddim", without="ancestral")}

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """L_simple per dimension, (n,)."""
        return loss(lambda x, t: model(x, t, labels), x_0, draws["t"], draws["eps"], self.table)

    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """Ancestral sampling, sigma being 'beta_tilde' or 'beta', the variance of each step; or a solver."""
        if how.sampler != "ancestral":
            yield from super().sample(told, n, how)
            return
        coarse, times = self.respaced(how.steps)
        try:
            table = coefficients(coarse, how.options.get("sigma", "beta_tilde"), times)
        except ValueError as error:
            raise UserError(str(error)) from error
        table, told = table.to(how.generator.device, torch.float32), self.on_chain(told)
        for guess in sample(told, (n, *self.shape), table, generator=how.generator, clip=self.clip):
            yield State(guess.t / self.config.T, guess.x_t)
