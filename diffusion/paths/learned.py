"""The learned path of VDM: gamma(t) = -log-SNR(t) is a monotone network, trained with the denoiser.

gamma(t) = gamma_0 + (gamma_1 - gamma_0) (n(t) - n(0)) / (n(1) - n(0)), where
n(t) = w_1 t + w_3 . S(w_2 w_1 t + b_2), all w > 0 and S the logistic function. The ends gamma_0 < gamma_1
are parameters as well. alpha^2 = S(-gamma) and sigma^2 = S(gamma).

No formulas are registered here. Reference: Kingma, Salimans, Poole and Ho 2021, appendix H.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from diffusion.paths.variance_preserving import FromHalfLogSNR

# Halvings of [0, 1], and steps of Newton's method from there: together they reach the spacing of float64.
_BISECTIONS, _NEWTON = 20, 4


class Learned(nn.Module, FromHalfLogSNR):
    """A variance-preserving path with parameters: gamma_0, gamma_1 and a positive network of `width` units.

    Its methods compute in the dtype of t and on its device; gradients reach the parameters.
    """

    name = "learned"

    def __init__(self, gamma_0: float = -13.3, gamma_1: float = 5.0, width: int = 64) -> None:
        super().__init__()
        if not gamma_0 < gamma_1:
            raise ValueError(f"gamma must grow from data to noise; got gamma_0 = {gamma_0} and gamma_1 = {gamma_1}")
        self.gamma_0 = nn.Parameter(torch.tensor(float(gamma_0)))
        self.log_span = nn.Parameter(torch.tensor(float(gamma_1 - gamma_0)).log())
        # softplus of these is positive; the bumps begin small, so that gamma begins nearly straight.
        self.raw_1 = nn.Parameter(torch.zeros(()))
        self.raw_2 = nn.Parameter(torch.linspace(0.0, 4.0, width))
        self.bias_2 = nn.Parameter(-torch.linspace(0.0, 4.0, width) * torch.linspace(0.0, 1.0, width))
        self.raw_3 = nn.Parameter(torch.full((width,), -6.0))

    @property
    def gamma_1(self) -> Tensor:
        """gamma at t = 1."""
        return self.gamma_0 + self.log_span.exp()

    def gamma(self, t: Tensor) -> Tensor:
        """-log-SNR at t, strictly growing."""
        ends = t.new_tensor([0.0, 1.0])
        start, end = self._network(ends)[0].unbind()
        return self.gamma_0.to(t) + self.log_span.to(t).exp() * (self._network(t)[0] - start) / (end - start)

    def half_log_snr(self, t: Tensor) -> Tensor:
        """-gamma / 2."""
        return -0.5 * self.gamma(t)

    def d_half_log_snr(self, t: Tensor) -> Tensor:
        """-gamma' / 2."""
        start, end = self._network(t.new_tensor([0.0, 1.0]))[0].unbind()
        return -0.5 * self.log_span.to(t).exp() * self._network(t)[1] / (end - start)

    @torch.no_grad()
    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """By bisection on [0, 1], then Newton's method."""
        start, end = self._network(half_log_snr.new_tensor([0.0, 1.0]))[0].unbind()
        share = (-2 * half_log_snr - self.gamma_0.to(half_log_snr)) / self.log_span.to(half_log_snr).exp()
        target = start + (end - start) * share
        low, high = torch.zeros_like(target), torch.ones_like(target)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            below = self._network(middle)[0] < target
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        t = 0.5 * (low + high)
        for _ in range(_NEWTON):
            value, slope = self._network(t)
            t = t - (value - target) / slope
        return t

    def _network(self, t: Tensor) -> tuple[Tensor, Tensor]:
        """n(t) and its derivative."""
        w_1, w_2, w_3 = (softplus(raw).to(t) for raw in (self.raw_1, self.raw_2, self.raw_3))
        bump = torch.sigmoid(w_2 * (w_1 * t).unsqueeze(-1) + self.bias_2.to(t))
        value = w_1 * t + (w_3 * bump).sum(-1)
        return value, w_1 * (1 + (w_3 * w_2 * bump * (1 - bump)).sum(-1))
