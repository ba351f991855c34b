"""Networks that know the answer: what a family asks of its network, computed from an exact world."""

import torch
from torch import nn

from diffusion.parameterizations import EPS, convert
from diffusion.paths import Level


class Oracle(nn.Module):
    """The exact answer of a world, in what the family's network is asked for: from its input and its time alone."""

    def __init__(self, made, world, wrong: str = "") -> None:
        super().__init__()
        self.made, self.world, self.wrong = made, world, wrong
        self.path = getattr(made, "path", None) if made.config.family == "vdm" else None

    def forward(self, seen, time, labels=None):
        level, x_t = self.undo(seen, time.double())
        if self.wrong == "time":
            level = Level(*(c.roll(1) for c in level))
        eps = self.world.eps(x_t, level.alpha, level.sigma)
        if self.wrong == "sign":
            eps = -eps
        answer = convert(eps, x_t, EPS, self.made.parameterization, level)
        # With a point for data the reverse step has the variance beta_tilde, which v = -1 means.
        return torch.cat([answer, -torch.ones_like(answer)], dim=1) if self.made.outputs == 2 else answer

    def undo(self, seen, time):
        """The noise level that the family told its network by `time`, and x_t from what it showed."""
        made, name = self.made, self.made.config.family
        if name in ("ddpm", "iddpm", "ddim"):
            return made.level(time / made.config.T), seen
        if name == "edm":
            sigma = (time / 250).exp()
            one, zero = torch.ones_like(sigma), torch.zeros_like(sigma)
            return Level(sigma, one, sigma, zero, one, -sigma.log()), seen / made.c_in(sigma[:, None])
        if name == "vdm":
            low, high = made.low, made.config.gamma_max
            gamma = low + time / 1000 * (high - low)
            alpha, sigma = torch.sigmoid(-gamma).sqrt(), torch.sigmoid(gamma).sqrt()
            return Level(gamma, alpha, sigma, gamma, gamma, -0.5 * gamma), seen
        level = made.level(time / 1000)
        if name in ("ve", "ncsn"):
            return level, seen * (1 + level.sigma.square()).sqrt()[:, None]
        return level, seen
