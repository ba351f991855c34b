"""IDDPM: DDPM with a learned variance. Coefficients, hybrid loss, sampler.

Coefficients: DDPM's chain, by default with the cosine schedule. The network gives eps and v; the variance of
the reverse step is exp(w log beta_t + (1 - w) log beta_tilde_t) with w = (v + 1) / 2. At t = 1, where
beta_tilde_1 = 0, beta_tilde_2 stands in. Loss: L_simple + vlb_weight T L_t, with L_t the term of the variational
bound at t in bits per dimension, whose mean is not differentiated. With --times importance, t is drawn in
proportion to the root mean square of its last losses, and the loss weighted so that its mean stays.
Sampler: ancestral, with the learned variance, on the respaced chain.

No formulas are defined here; this module runs loss.simple, gauss.kl, posterior.mean and posterior.variance.
Reference: Nichol, Dhariwal 2021, *Improved Denoising Diffusion Probabilistic Models*, sections 3.1 and 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import torch
from torch import Tensor, nn

from diffusion.config import TrainConfig
from diffusion.data import Kind
from diffusion.families.base import Draws, Samplers, Sampling, State, Told
from diffusion.families.ddpm import Chain, Coefficients, Row, coefficients
from diffusion.families.likelihoods import discrete_log_prob
from diffusion.families.on_path import samplers_first
from diffusion.forward import prior_kl
from diffusion.losses import simple_loss
from diffusion.numerics import x_minus_log1p
from diffusion.posterior import variance as posterior_variance
from diffusion.schedules import Schedule

# Losses remembered for each t; before every t has so many, times are drawn uniformly.
HISTORY = 10
# Share of draws that stay uniform, so that no weight is large.
UNIFORM = 0.001


class IDDPM(Chain):
    """The family 'iddpm'."""

    outputs: ClassVar[int] = 2
    samplers: ClassVar[Samplers] = {"ancestral": (), **samplers_first("ddim", without="ancestral")}

    def __init__(self, config: TrainConfig, kind: Kind) -> None:
        super().__init__(config, kind)
        self.bounds = variance_bounds(self.schedule)
        self.observes = config.times == "importance"
        self.seen = torch.zeros(config.T, HISTORY)
        self.counts = torch.zeros(config.T, dtype=torch.int64)

    def to(self, device: torch.device | str) -> None:
        """Move the tables to a device; the memory of losses stays on the CPU, where times are drawn."""
        super().to(device)
        self.bounds = self.bounds.to(device)

    def draw(self, n: int, generator: torch.Generator) -> Draws:
        """t (n,) in 1..T, its weight 1 / (T p_t), and eps (n, ...)."""
        T = self.config.T
        if not self.observes or int(self.counts.min()) < HISTORY:
            return {**super().draw(n, generator), "weight": torch.ones(n)}
        p = self.seen.double().square().mean(1).sqrt()
        p = (1 - UNIFORM) * p / p.sum() + UNIFORM / T
        t = torch.multinomial(p, n, replacement=True, generator=generator)
        return {"t": t + 1, "weight": (1 / (T * p[t])).float(), "eps": self.noise(n, generator)}

    def observe(self, draws: Draws, losses: Tensor) -> None:
        """Remember the unweighted losses of the whole batch; this waits for the device."""
        for t, loss in zip((draws["t"] - 1).tolist(), (losses / draws["weight"]).tolist(), strict=True):
            self.seen[t, self.counts[t] % HISTORY] = loss
            self.counts[t] += 1

    def state(self) -> dict[str, Tensor]:
        """The remembered losses."""
        return {"seen": self.seen, "counts": self.counts} if self.observes else {}

    def restore(self, state: dict[str, Tensor]) -> None:
        """Continue from what `state` returned."""
        if self.observes:
            self.seen, self.counts = state["seen"].clone(), state["counts"].clone()

    def loss(self, model: nn.Module, x_0: Tensor, labels: Tensor | None, draws: Draws) -> Tensor:
        """The hybrid loss per dimension, weighted, (n,)."""
        t, eps, d = draws["t"], draws["eps"], x_0[0].numel()
        row = _rows(self.table, t, x_0.dim())
        x_t = row.signal * x_0 + row.noise * eps
        eps_theta, v = model(x_t, t, labels).chunk(2, dim=1)
        simple = simple_loss(eps.flatten(1), eps_theta.flatten(1)) / d
        bound = self.bound_term(x_0, x_t, t, eps_theta.detach(), v)
        return draws["weight"] * (simple + self.config.vlb_weight * self.config.T * bound)

    def bound_term(self, x_0: Tensor, x_t: Tensor, t: Tensor, eps_theta: Tensor, v: Tensor) -> Tensor:
        """L_{t-1} of the variational bound for each sample, in bits per dimension, (n,).

        It is that of the sampler, which keeps the predicted x_0 of images in range. Near t = T it must: the cosine
        schedule leaves so little signal there that a thousandth of eps is ten times the range of x_0.
        """
        row = _rows(self.table, t, x_0.dim())
        log_variance = self.log_variance(v, t)
        x_0_hat = row.x_0_from_x_t * x_t + row.x_0_from_eps * eps_theta
        if self.clip is not None:
            x_0_hat = x_0_hat.clamp(-self.clip, self.clip)
        mean = row.mean_from_x_0 * x_0_hat + row.mean_from_x_t * x_t
        truth = row.mean_from_x_0 * x_0 + row.mean_from_x_t * x_t
        low = self.bounds[0][t].view(-1, *[1] * (x_0.dim() - 1))
        ratio = (low - log_variance).exp()
        kl = 0.5 * (x_minus_log1p(ratio - 1, ratio) + (truth - mean).square() * (-log_variance).exp())
        width = 0.0 if self.config.dequantise == "on" else self.bin_width
        decoder = -discrete_log_prob(x_0, mean, log_variance, width)
        first = (t == 1).view(-1, *[1] * (x_0.dim() - 1))
        return torch.where(first, decoder, kl).flatten(1).mean(1) / math.log(2)

    def log_variance(self, v: Tensor, t: Tensor, bounds: Tensor | None = None) -> Tensor:
        """Log variance of the reverse step from the network's v (n, ...) at t (n,)."""
        low, high = (self.bounds if bounds is None else bounds)[:, t].view(2, -1, *[1] * (v.dim() - 1))
        w = 0.5 * (v + 1)
        return w * high + (1 - w) * low

    def main(self, told: Told) -> Told:
        """The predicted noise."""
        return lambda x_t, t: told(x_t, t).chunk(2, dim=1)[0]

    @torch.no_grad()
    def elbo(self, told: Told, x_0: Tensor, generator: torch.Generator) -> Tensor:
        """An unbiased estimate of the variational bound of each sample, in nats, (n,): all T terms and the prior."""
        d = x_0[0].numel()
        total = -prior_kl(x_0.flatten(1), self.schedule.alpha_bar[-1].to(x_0))
        for i in range(1, self.config.T + 1):
            t = torch.full((len(x_0),), i, device=x_0.device)
            row = _rows(self.table, t, x_0.dim())
            x_t = row.signal * x_0 + row.noise * self.noise(len(x_0), generator)
            eps_theta, v = told(x_t, t).chunk(2, dim=1)
            total = total - d * math.log(2) * self.bound_term(x_0, x_t, t, eps_theta, v)
        return total

    def sample(self, told: Told, n: int, how: Sampling) -> Iterator[State]:
        """Ancestral sampling with the learned variance, or any solver with the predicted noise."""
        if how.sampler != "ancestral":
            yield from super().sample(told, n, how)
            return
        generator, device, told = how.generator, how.generator.device, self.on_chain(told)
        coarse, times = self.respaced(how.steps)
        table = coefficients(coarse, times=times).to(device, torch.float32)
        bounds = variance_bounds(coarse).to(device)
        x = self.noise(n, generator)
        shown = (table.times / self.config.T).tolist()
        yield State(shown[-1], x)
        for i in range(table.T, 0, -1):
            row = Row(*table.table[:, i].unbind())
            eps, v = told(x, table.times[i].expand(n)).chunk(2, dim=1)
            x_0_hat = torch.addcmul(row.x_0_from_x_t * x, row.x_0_from_eps, eps)
            if self.clip is not None:
                x_0_hat = x_0_hat.clamp_(-self.clip, self.clip)
            x = row.mean_from_x_0 * x_0_hat + row.mean_from_x_t * x
            if i > 1:
                w = 0.5 * (v + 1)
                log_variance = w * bounds[1, i] + (1 - w) * bounds[0, i]
                x = x + (0.5 * log_variance).exp() * self.noise(n, generator)
            yield State(shown[i - 1], x)


def variance_bounds(schedule: Schedule) -> Tensor:
    """(log beta_tilde_t, log beta_t) as a table (2, T + 1), float32; beta_tilde_2 stands in at t = 1."""
    alpha, prev = schedule.alpha[1:], schedule.alpha_bar[:-1]
    low = posterior_variance(alpha, prev)
    low[0] = low[1] if schedule.T > 1 else schedule.beta[1]
    both = torch.stack([low, schedule.beta[1:]]).log()
    return torch.cat([both[:, :1], both], dim=1).float()


def _rows(table: Coefficients, t: Tensor, rank: int) -> Row:
    """The coefficients at t (n,), each (n, 1, ...) of a rank."""
    return Row(*(column[t].view(-1, *[1] * (rank - 1)) for column in table.columns))
