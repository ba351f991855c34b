"""Guidance: sampling that leans towards a class. Classifier-free, and by a classifier of noised samples.

Classifier-free guidance takes one network that was told the class of most samples and no class for the rest,
and extrapolates: output = uncond + s (cond - uncond). Predictions of eps, v, x_0 or a score at one noise level
are affine in each other with the same coefficients, so the rule means the same for all of them.
Classifier guidance adds s times the gradient of log p(y | x_t) to the score, for any sampler: at s = 1, with the
true posterior, it draws from the law of the class.

No formulas are defined here; this module runs conv.cfg_w (scale form).
References: Ho, Salimans 2022; Dhariwal, Nichol 2021.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from diffusion.conventions import guided_eps_by_scale
from diffusion.families.base import Told
from diffusion.paths import Level, Path


def tell(model: nn.Module, labels: Tensor | None = None, scale: float = 1.0, classes: int = 0) -> Told:
    """The network with the classes told and the guidance applied, as a function of x_t (n, ...) and times (n,).

    labels are (n,) or None for no class. scale 1 is the class-conditional network, 0 the unconditional one, more
    than 1 guides. Guidance evaluates both in one batch of 2n; `classes` is then the label of "not told".
    """
    if labels is None:
        return lambda x_t, t: model(x_t, t)
    if scale == 1:
        return lambda x_t, t: model(x_t, t, labels)
    both = torch.cat([labels, torch.full_like(labels, classes)])
    s = torch.tensor(scale, device=labels.device)

    def guided(x_t: Tensor, t: Tensor) -> Tensor:
        cond, uncond = model(torch.cat([x_t, x_t]), torch.cat([t, t]), both).chunk(2)
        return guided_eps_by_scale(cond, uncond, s)

    return guided


@dataclass(frozen=True, eq=False)
class ClassifierPush:
    """What a classifier of noised samples adds to a prediction of x_0: s (sigma^2 / alpha) grad log p(y | x_t).

    That is s sigma grad taken from eps, and s grad added to the score. The classifier maps x_t (n, ...) and what
    `network_time` makes of times (n,) of its own path to class scores, for times from `earliest` to 1. Samples on
    another path are shown to it at the time of the same signal-to-noise ratio, scaled to its own path.
    """

    classifier: Callable[[Tensor, Tensor], Tensor]
    path: Path
    network_time: Callable[[Tensor], Tensor]
    earliest: float
    labels: Tensor
    scale: float

    def __call__(self, x_t: Tensor, level: Level) -> Tensor:
        """The push at x_t (n, ...) and a level of tensors (n,)."""
        t = self.path.time_of(level.half_log_snr).clamp(self.earliest, 1)
        alpha, sigma = self.path.alpha(t), self.path.sigma(t)
        wide = (-1, *[1] * (x_t.dim() - 1))
        norm = torch.hypot(alpha, sigma) / torch.hypot(level.alpha, level.sigma)
        with torch.enable_grad():
            x = (x_t.detach() * norm.to(x_t).view(wide)).requires_grad_(True)
            scores = self.classifier(x, self.network_time(t).to(x_t))
            log_p = scores.log_softmax(-1).gather(1, self.labels[:, None]).sum()
            (gradient,) = torch.autograd.grad(log_p, x)
        # norm sigma^2 / alpha is the same on both paths at one signal-to-noise ratio. Where less signal is left than at
        # the classifier's last time it grows beyond all bounds while the gradient vanishes: it stays at its last value.
        size = torch.minimum(norm * level.sigma.square() / level.alpha, sigma.square() / alpha)
        return (self.scale * size).to(x_t).view(wide) * gradient
