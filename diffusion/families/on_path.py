"""What the families on a noising path share: any solver samples them, and a network's answer is converted.

A family on a path names the path, what its network predicts, and how times and inputs are shown to the
network. With these a trained network is a denoiser for every solver in `diffusion.solvers`.

No formulas are defined here.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import Self, TypeAlias

import torch
from torch import Tensor

from diffusion import paths, solvers
from diffusion.errors import UserError
from diffusion.families.base import Family, Samplers, Sampling, State, Told
from diffusion.parameterizations import X_0, Parameterization
from diffusion.paths import Level, Path
from diffusion.solvers import DDIM, Ancestral, Denoiser, EDMHeun, EulerMaruyama, PredictorCorrector, Solver

# Solvers that take options: their names, and how they are made of them.
_OPTIONS: dict[str, tuple[tuple[str, ...], Callable[..., Solver]]] = {
    "ddim": (("eta",), DDIM),
    "edm_heun": (("churn",), EDMHeun),
    "euler_maruyama": (("eta",), EulerMaruyama),
    "euler_maruyama_corrected": (
        ("snr", "corrections"),
        lambda **given: PredictorCorrector(EulerMaruyama(), **given),
    ),
    "ancestral_corrected": (("snr", "corrections"), lambda **given: PredictorCorrector(Ancestral(), **given)),
}


def samplers_first(first: str, without: str = "") -> Samplers:
    """Every solver with the options it takes, the default one first."""
    names = [first, *(name for name in solvers.SOLVERS if name not in (first, without))]
    return {name: _OPTIONS[name][0] if name in _OPTIONS else () for name in names}


def deterministic_first(first: str) -> Samplers:
    """Every solver that follows the velocity alone, the default one first.

    The noise of the others suits x_t = alpha x_0 + sigma eps with Gaussian eps that is independent of x_0. Where the
    ends of paths are joined in another way, the velocity has the marginals of its paths and no score goes with it.
    """
    names = [first, *(name for name in solvers.SOLVERS if name != first)]
    return {name: () for name in names if solvers.solver(name).order is not None}


# What guidance adds to the prediction of x_0 at x_t (n, ...) and a level of tensors (n,).
Push: TypeAlias = Callable[[Tensor, Level], Tensor]


class OnPath(Family):
    """A family on a path; subclasses give `path`, `parameterization` and a loss.

    `spacing` says how sampling times are spread and `last` where they end; see `diffusion.paths.times`. `earliest`
    is the first time that the network was trained at, None where that is where the path begins.
    """

    samplers = samplers_first("ddim")
    path: Path
    parameterization: Parameterization
    spacing = "time"
    first, last = 1.0, 0.0
    earliest: float | None = None
    push: Push | None = None

    @abstractmethod
    def network_time(self, t: Tensor) -> Tensor:
        """What the network is told of the times t (n,) in [0, 1]."""

    def shown(self, x_t: Tensor, t: Tensor) -> Tensor:
        """What the network sees of x_t (n, ...) at times t (n,)."""
        return x_t

    def times(self, steps: int) -> Tensor:
        """The times that a sampler visits, noise first. Raises UserError."""
        try:
            return paths.times(self.path, steps, self.spacing, self.first, self.last)
        except ValueError as error:
            raise UserError(str(error)) from error

    def start(self, n: int, generator: torch.Generator) -> Tensor:
        """n draws at the first time: noise, since the signal has as good as vanished there."""
        sigma = self.path.level(torch.tensor(self.first)).sigma.item()
        return sigma * self.noise(n, generator)

    def main(self, told: Told) -> Told:
        """The part of the network's answer that is the prediction, where there is more."""
        return told

    def denoiser(self, told: Told) -> Denoiser:
        """The network as a function of x_t (n, ...) and t (n,) in [0, 1], answering in `parameterization`."""
        if self.push is None:
            return lambda x_t, t: told(self.shown(x_t, t), self.network_time(t))
        push = self.push
        return lambda x_t, t: self.pushed(told(self.shown(x_t, t), self.network_time(t)), x_t, t, push)

    def guided_by(self, push: Push) -> Self:
        """The family with every prediction of x_0 moved by `push`, whatever the sampler."""
        guided = copy.copy(self)
        guided.push = push
        return guided

    def pushed(self, answer: Tensor, x_t: Tensor, t: Tensor, push: Push) -> Tensor:
        """The network's answer at x_t (n, ...) and t (n,) with its prediction, which comes first, moved by a push."""
        level = self.level(t)
        # x_0 = c x_t + d prediction.
        d = self.parameterization.to_x_0(level)[1].to(x_t).view(-1, *[1] * (x_t.dim() - 1))
        channels = x_t.shape[1]
        moved = answer[:, :channels] + push(x_t, level) / d
        return torch.cat([moved, answer[:, channels:]], dim=1)

    def clipped(self, told: Told, bound: float) -> Denoiser:
        """The same, answering with x_0 kept in [-bound, bound]: what data outside of it cannot be."""
        denoiser = self.denoiser(told)

        def x_0(x_t: Tensor, t: Tensor) -> Tensor:
            c, d = self.parameterization.to_x_0(self.level(t))
            wide = (-1, *[1] * (x_t.dim() - 1))
            return (c.to(x_t).view(wide) * x_t + d.to(x_t).view(wide) * denoiser(x_t, t)).clamp_(-bound, bound)

        return x_0

    def level(self, t: Tensor) -> Level:
        """The levels of times t (n,) in float64 on the device of t: nothing waits for the device."""
        t, path = t.double(), self.path
        return Level(t, path.alpha(t), path.sigma(t), path.d_alpha(t), path.d_sigma(t), path.half_log_snr(t))

    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """Any solver on the path. Predictions of images are clipped to the range of the data."""
        x = self.start(n, how.generator)
        times = self.times(how.steps)
        try:
            chosen = _OPTIONS[how.sampler][1](**how.options) if how.options else solvers.solver(how.sampler)
            main = self.main(told)
            denoiser = self.denoiser(main) if self.clip is None else self.clipped(main, self.clip)
            answers = self.parameterization if self.clip is None else X_0
            walk = solvers.sample(chosen, denoiser, self.path, times, x, how.generator, parameterization=answers)
        except ValueError as error:
            raise UserError(str(error)) from error
        yield State(times[0].item(), x)
        for step in walk:
            yield State(step.t, step.x)

    def guess(self, told: Told, state: State) -> Tensor:
        """The prediction of x_0 at a state; at t = 0 the state itself."""
        if state.t == 0:
            return state.x_t
        t = torch.full((len(state.x_t),), state.t, device=state.x_t.device)
        return self.clipped(self.main(told), self.clip or float("inf"))(state.x_t, t)
