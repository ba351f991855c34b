"""Guidance: sampling that leans towards a class. Classifier-free, and by a classifier of noised samples.

Classifier-free guidance takes one network that was told the class of most samples and no class for the rest,
and extrapolates: output = uncond + s (cond - uncond). Predictions of eps, v, x_0 or a score at one noise level
are affine in each other with the same coefficients, so the rule means the same for all of them.
Classifier guidance adds s times the gradient of log p(y | x_t) to the score: eps = eps - s sigma_t grad.

No formulas are defined here; this module runs conv.cfg_w (scale form).
References: Ho, Salimans 2022; Dhariwal, Nichol 2021.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from diffusion.conventions import guided_eps_by_scale
from diffusion.families.base import Told


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


def with_classifier(eps: Told, classifier: nn.Module, labels: Tensor, sigma: Tensor, scale: float) -> Told:
    """A predictor of eps whose score is pushed by a classifier of noised samples.

    sigma is the table of noise scales (T + 1,) of the chain that both were trained on, on the device; the
    network may predict more channels than eps, which come first.
    """

    def guided(x_t: Tensor, t: Tensor) -> Tensor:
        with torch.enable_grad():
            x = x_t.detach().requires_grad_(True)
            log_p = classifier(x, t).log_softmax(-1).gather(1, labels[:, None]).sum()
            (gradient,) = torch.autograd.grad(log_p, x)
        output = eps(x_t, t)
        push = scale * sigma[t].view(-1, *[1] * (x_t.dim() - 1)) * gradient
        channels = x_t.shape[1]
        return torch.cat([output[:, :channels] - push, output[:, channels:]], dim=1)

    return guided
