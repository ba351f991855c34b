"""Likelihood by the probability flow: log p(x_0) in nats, and bits per dimension of quantised data.

With R = sqrt(alpha^2 + sigma^2) and a = alpha / R the scaled state u = x / R follows, on every path,
du / dlambda = -a^2 u + a E[x_0 | x], which is smooth in lambda = log(alpha / sigma) at both ends. Along it
d log p(u) / dlambda = -div. Where the noise that is left does not matter, u = a x_0 and

    log p(x_0) = log p(u at the noise end) + int div dlambda (from the data end to the noise end) + d log a.

The model is the flow from its law at the noise end, N(0, I) for u unless told otherwise. With the exact trace the
result is exact up to the solver's tolerance. Hutchinson's estimate of the trace is unbiased, and has a standard
error.

No formulas are registered here; likelihood.pfode, likelihood.instantaneous, likelihood.hutchinson, dpm.lambda_ode
and ddpm.bits_per_dim are those in the catalogue.
References: Chen et al. 2018 (theorem 1); Grathwohl et al. 2019; Song et al. 2021 (equation 39).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from diffusion.gaussian import LOG_2PI
from diffusion.parameterizations import EPS, Parameterization
from diffusion.paths import Level, Path
from diffusion.solvers.dormand_prince import integrate
from diffusion.solvers.sampling import Denoiser

# Where the flow ends by default, in lambda: sigma / alpha, or its inverse, is e^-10 = 4.5e-5 there.
FURTHEST = 10.0


class Likelihood(NamedTuple):
    """log p(x_0) in nats (n,), the standard error of each (n,), and how often the denoiser was asked."""

    nats: Tensor
    standard_error: Tensor
    evaluations: int


def log_likelihood(
    denoiser: Denoiser,
    path: Path,
    x_0: Tensor,
    *,
    parameterization: Parameterization = EPS,
    probes: int = 0,
    generator: torch.Generator | None = None,
    prior: Callable[[Tensor], Tensor] | None = None,
    t_min: float | None = None,
    t_max: float | None = None,
    rtol: float = 1e-6,
    atol: float = 1e-6,
) -> Likelihood:
    """log p(x_0) of each x_0 (n, ...), in nats.

    probes = 0 computes the trace exactly, with one backward pass for each of the d dimensions. probes >= 2
    estimates it with that many Rademacher vectors, fixed along the flow; the standard error is that of their
    mean. prior gives the log density of x (n, d) at t_max; it is N(0, (alpha^2 + sigma^2) I) by default. t_min
    and t_max are the ends of the flow; by default those of the path, but no further than |lambda| = 10. The
    denoiser must let gradients through, and treat the samples of a batch independently. Raises ValueError for
    one probe and for times without a finite log-SNR, ArithmeticError when the flow is not smooth.
    """
    if probes == 1 or probes < 0:
        raise ValueError(f"probes must be 0 (exact trace) or at least 2, for the standard error; got {probes}")
    start, end = _ends(path, t_min, t_max)
    (n, d), shrink = (x_0.shape[0], x_0[0].numel()), _share(start)
    field = _Field(denoiser, path, parameterization, x_0.shape, _probe_vectors(x_0, probes, generator))
    state = torch.cat([shrink * x_0.flatten(1), x_0.new_zeros(n, max(1, probes))], dim=1)
    ends = start.half_log_snr.item(), end.half_log_snr.item()
    state, evaluations = integrate(field, state, *ends, rtol=rtol, atol=atol)
    u, change = state[:, :d], state[:, d:]
    scale = torch.hypot(end.alpha, end.sigma).item()
    if prior is None:
        last = -0.5 * (u.square() + LOG_2PI).sum(1)
    else:
        last = prior(scale * u) + d * math.log(scale)
    nats = last.unsqueeze(1) + change + d * math.log(shrink)
    error = nats.std(1) / math.sqrt(probes) if probes else torch.zeros_like(last)
    return Likelihood(nats.mean(1), error, evaluations)


def _ends(path: Path, t_min: float | None, t_max: float | None) -> tuple[Level, Level]:
    """The levels at the data end and the noise end. Raises ValueError where the log-SNR is not finite."""
    whole = path.level(torch.tensor([0.0, 1.0], dtype=torch.float64)).half_log_snr
    # A time so near 1 that it rounds to it would lie past the end of a path without signal.
    reachable = path.time_of(whole.clamp(-FURTHEST, FURTHEST)).clamp(max=math.nextafter(1, 0)).tolist()
    times = [reachable[0] if t_min is None else t_min, reachable[1] if t_max is None else t_max]
    levels = path.level(torch.tensor(times, dtype=torch.float64))
    if not bool(levels.half_log_snr.isfinite().all()):
        raise ValueError(
            f"the flow needs a finite log-SNR at both ends, and the path {path.name!r} has log(alpha / sigma) = "
            f"{levels.half_log_snr[0]:.4g} at t_min = {times[0]:g} and {levels.half_log_snr[1]:.4g} at t_max = "
            f"{times[1]:g}; leave t_min and t_max out, or move them inside"
        )
    start, end = (Level(*(column[i] for column in levels)) for i in range(2))
    return start, end


def _share(level: Level) -> float:
    """a = alpha / sqrt(alpha^2 + sigma^2)."""
    return (level.alpha / torch.hypot(level.alpha, level.sigma)).item()


class _Field:
    """(du / dlambda, div of it for each probe), for a state (n, d + probes)."""

    def __init__(
        self,
        denoiser: Denoiser,
        path: Path,
        parameterization: Parameterization,
        shape: torch.Size,
        probes: Tensor | None,
    ) -> None:
        self.denoiser, self.path, self.parameterization = denoiser, path, parameterization
        self.shape, self.probes = shape, probes

    def __call__(self, half_log_snr: float, state: Tensor) -> Tensor:
        with torch.no_grad():
            level = self.path.level(self.path.time_of(torch.tensor(half_log_snr, dtype=torch.float64)))
        scale = torch.hypot(level.alpha, level.sigma).item()
        keep, weight = self._coefficients(level, scale)
        n, d = self.shape[0], math.prod(self.shape[1:])
        with torch.enable_grad():
            u = state[:, :d].detach().requires_grad_()
            answer = self.denoiser((scale * u).view(self.shape), level.t.to(state).expand(n)).flatten(1)
            traces = self._traces(answer, u)
        drift = keep * u.detach() + weight * answer.detach()
        return torch.cat([drift, keep * d + weight * traces], dim=1)

    def _coefficients(self, level: Level, scale: float) -> tuple[float, float]:
        """(c, e) with du / dlambda = c u + e answer."""
        share = _share(level)
        from_x, from_answer = (value.item() for value in self.parameterization.to_x_0(level))
        return -(share**2) + share * from_x * scale, share * from_answer

    def _traces(self, answer: Tensor, u: Tensor) -> Tensor:
        """The trace of d answer / du, (n, 1), or v . (d answer / du) v for each probe, (n, probes)."""
        if self.probes is not None:
            return torch.stack([(_pulled_back(answer, u, v) * v).sum(1) for v in self.probes.unbind()], dim=1)
        basis = torch.eye(u.shape[1], dtype=u.dtype, device=u.device)
        diagonal = [_pulled_back(answer, u, e.expand_as(u))[:, i] for i, e in enumerate(basis.unbind())]
        return torch.stack(diagonal, dim=1).sum(1, keepdim=True)


def _pulled_back(answer: Tensor, u: Tensor, v: Tensor) -> Tensor:
    (grad,) = torch.autograd.grad(answer, u, v, retain_graph=True)
    return grad


def _probe_vectors(x_0: Tensor, probes: int, generator: torch.Generator | None) -> Tensor | None:
    """Signs (probes, n, d): the variance is least when every entry of a probe is 1 or -1."""
    if probes == 0:
        return None
    shape = (probes, x_0.shape[0], x_0[0].numel())
    return 2 * torch.randint(2, shape, generator=generator, device=x_0.device).to(x_0.dtype) - 1


def dequantize(k: Tensor, levels: int, generator: torch.Generator | None = None) -> Tensor:
    """2 (k + u) / levels - 1 in [-1, 1) for integers k in 0..levels - 1 and u uniform on [0, 1), float32.

    A density of the result bounds the log-probability of the integers from below: their difference is
    `bits_per_dimension`'s constant. Raises ValueError for an integer outside.
    """
    if k.is_floating_point() or not bool(((k >= 0) & (k < levels)).all()):
        raise ValueError(
            f"dequantization needs integers in 0..{levels - 1}; got {k.dtype} from {k.min().item()} to {k.max().item()}"
        )
    u = torch.rand(k.shape, generator=generator, device=k.device)
    return 2 * (k + u) / levels - 1


def bits_per_dimension(nats: Tensor, dimension: int, levels: int) -> Tensor:
    """Bits per dimension of integers from log p of their dequantized form in [-1, 1), of any shape.

    -log2 p / d + log2(levels / 2): the density is per unit of length, and a level is 2 / levels long. With 256
    levels the constant is 7.
    """
    return -nats / (dimension * math.log(2)) + math.log2(levels / 2)
