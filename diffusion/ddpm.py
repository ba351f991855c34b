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
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from diffusion import losses, posterior
from diffusion.schedules import Schedule

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


class State(NamedTuple):
    """Where a sampler stands: the time t, x_t, and the prediction of x_0 made from x_t."""

    t: int
    x_t: Tensor
    x_0_hat: Tensor


@torch.no_grad()
def sample(
    denoiser: Denoiser,
    shape: Sequence[int],
    table: Coefficients,
    *,
    generator: torch.Generator | None = None,
    clip: float | None = None,
    x_T: Tensor | None = None,
) -> Iterator[State]:
    """Ancestral sampling as a generator: yields the state at t = T, T - 1, ..., 0.

    shape is (n, ...). Device and dtype are those of the table. The last state has t = 0 and x_t = x_0_hat,
    the samples. clip bounds the predicted x_0 to [-clip, clip]; x_T replaces the drawn starting noise.
    Yielded tensors are not written to afterwards. Nothing here waits for the device.
    """
    device, dtype = table.table.device, table.table.dtype
    rows = [Row(*column.unbind()) for column in table.table.unbind(1)]
    times, shown = table.times.unbind(), table.times.tolist()
    x = torch.randn(*shape, generator=generator, device=device, dtype=dtype) if x_T is None else x_T
    for i in range(table.T, 0, -1):
        row = rows[i]
        eps = denoiser(x, times[i].expand(x.shape[0]))
        x_0_hat = torch.addcmul(row.x_0_from_x_t * x, row.x_0_from_eps, eps)
        if clip is not None:
            x_0_hat.clamp_(-clip, clip)
        yield State(shown[i], x, x_0_hat)
        x = torch.addcmul(row.mean_from_x_t * x, row.mean_from_x_0, x_0_hat)
        if i > 1:
            z = torch.randn(*shape, generator=generator, device=device, dtype=dtype)
            x = x.addcmul_(row.sigma, z)
    yield State(shown[0], x, x)
