"""Paths with alpha^2 + sigma^2 = 1: linear, cosine, sigmoid, linear in the log-SNR, Laplace.

A path of the first kind gives log alpha(t), of the second kind the half log-SNR lambda(t). Both ends of each
keep their digits: sigma^2 is -expm1(2 log alpha), or a logistic function of -2 lambda.

No formulas are registered here; sched.vp_linear_closed, sched.cosine and sched.sigmoid are those in the catalogue.
References: Song et al. 2021 (linear), Nichol and Dhariwal 2021 (cosine), Jabri, Fleet and Chen 2022 (sigmoid),
Kingma et al. 2021 (linear log-SNR), Hang et al. 2024 (Laplace).
"""

from __future__ import annotations

import math
from abc import abstractmethod

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from diffusion.paths.path import Path


class FromLogAlpha(Path):
    """A variance-preserving path given by log alpha(t), its derivative and its inverse."""

    @abstractmethod
    def log_alpha(self, t: Tensor) -> Tensor:
        """log alpha(t) <= 0."""

    @abstractmethod
    def time_of_log_alpha(self, log_alpha: Tensor) -> Tensor:
        """The inverse of log_alpha."""

    def alpha(self, t: Tensor) -> Tensor:
        """exp(log alpha)."""
        return self.log_alpha(t).exp()

    def sigma(self, t: Tensor) -> Tensor:
        """sqrt(1 - alpha^2)."""
        return (-torch.expm1(2 * self.log_alpha(t))).sqrt()

    def d_sigma(self, t: Tensor) -> Tensor:
        """-alpha alpha' / sigma, from the derivative of alpha^2 + sigma^2 = 1."""
        return -self.alpha(t) * self.d_alpha(t) / self.sigma(t)

    def half_log_snr(self, t: Tensor) -> Tensor:
        """log alpha - log sigma."""
        log_alpha = self.log_alpha(t)
        return log_alpha - 0.5 * (-torch.expm1(2 * log_alpha)).log()

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """Through log alpha = -softplus(-2 lambda) / 2."""
        return self.time_of_log_alpha(-0.5 * softplus(-2 * half_log_snr))


class FromHalfLogSNR(Path):
    """A variance-preserving path given by lambda(t), its derivative and its inverse."""

    @abstractmethod
    def half_log_snr(self, t: Tensor) -> Tensor:
        """lambda(t), strictly falling."""

    @abstractmethod
    def d_half_log_snr(self, t: Tensor) -> Tensor:
        """lambda'(t)."""

    def alpha(self, t: Tensor) -> Tensor:
        """The root of the logistic function of 2 lambda."""
        return (0.5 * logsigmoid(2 * self.half_log_snr(t))).exp()

    def sigma(self, t: Tensor) -> Tensor:
        """The root of the logistic function of -2 lambda."""
        return (0.5 * logsigmoid(-2 * self.half_log_snr(t))).exp()

    def d_alpha(self, t: Tensor) -> Tensor:
        """alpha sigma^2 lambda'."""
        return self.alpha(t) * self.sigma(t).square() * self.d_half_log_snr(t)

    def d_sigma(self, t: Tensor) -> Tensor:
        """-sigma alpha^2 lambda'."""
        return -self.sigma(t) * self.alpha(t).square() * self.d_half_log_snr(t)


class Linear(FromLogAlpha):
    """beta(t) = beta_0 + t (beta_1 - beta_0): the VP equation of score SDEs, DDPM's linear schedule for T large.

    alpha(t) = exp(-t^2 (beta_1 - beta_0) / 4 - t beta_0 / 2).
    """

    name = "linear"

    def __init__(self, beta_0: float = 0.1, beta_1: float = 20.0) -> None:
        if not 0 < beta_0 <= beta_1:
            raise ValueError(f"a linear path needs 0 < beta_0 <= beta_1; got {beta_0} and {beta_1}")
        self.beta_0, self.slope = beta_0, beta_1 - beta_0

    def log_alpha(self, t: Tensor) -> Tensor:
        """Minus half of the integral of beta."""
        return -t * (0.25 * t * self.slope + 0.5 * self.beta_0)

    def d_alpha(self, t: Tensor) -> Tensor:
        """-beta(t) alpha(t) / 2."""
        return -0.5 * (self.beta_0 + t * self.slope) * self.alpha(t)

    def time_of_log_alpha(self, log_alpha: Tensor) -> Tensor:
        """The positive root of the quadratic, in the form that does not cancel."""
        integral = -2 * log_alpha
        return 2 * integral / (self.beta_0 + (self.beta_0**2 + 2 * self.slope * integral).sqrt())


class Cosine(FromLogAlpha):
    """alpha(t) = cos(b (t + s) / (1 + s)) / cos(b s / (1 + s)), b = pi / 2: no signal at t = 1."""

    name = "cosine"

    def __init__(self, s: float = 0.008) -> None:
        if not s >= 0:
            raise ValueError(f"the offset s of the cosine path must not be negative; got {s}")
        self.s, self.rate = s, 0.5 * math.pi / (1 + s)
        self.log_start = math.log(math.cos(self.rate * s))

    def log_alpha(self, t: Tensor) -> Tensor:
        """cos(a + b) / cos(a) - 1 = -(2 sin^2(b / 2) + sin b tan a), which keeps its digits at t = 0.

        Near t = 1 the cosine is the sine of what is left of the right angle: it is 0 at t = 1 exactly.
        """
        turn = self.rate * t
        early = torch.log1p(-(2 * (0.5 * turn).sin().square() + turn.sin() * math.tan(self.rate * self.s)))
        late = (self.rate * (1 - t)).sin().log() - self.log_start
        return torch.where(t < 0.5, early, late)

    def d_alpha(self, t: Tensor) -> Tensor:
        """The derivative of the cosine."""
        return -self.rate * (self.rate * (t + self.s)).sin() / math.cos(self.rate * self.s)

    def time_of_log_alpha(self, log_alpha: Tensor) -> Tensor:
        """The angle phi above a = rate s, through sin(phi - a) sin(phi + a) = sin^2(phi) - sin^2(a) near the data."""
        a = self.rate * self.s
        cosine = (log_alpha + self.log_start).exp().clamp(max=1)
        late = 1 - cosine.asin() / self.rate
        gain = math.cos(a) ** 2 * -torch.expm1(2 * log_alpha)
        sine = (math.sin(a) ** 2 + gain).clamp(max=1).sqrt()
        # 0 / 0 at t = 0 when there is no offset.
        ratio = (gain / (sine * math.cos(a) + cosine * math.sin(a))).nan_to_num(0).clamp(max=1)
        return torch.where(log_alpha > -0.3, ratio.asin() / self.rate, late)


class Sigmoid(FromLogAlpha):
    """alpha^2 is a stretch of the logistic function from start to end, rescaled to go from 1 to 0."""

    name = "sigmoid"

    def __init__(self, start: float = -3.0, end: float = 3.0, tau: float = 1.0) -> None:
        if not (start < end and tau > 0):
            raise ValueError(f"a sigmoid path needs start < end and tau > 0; got {start}, {end} and {tau}")
        self.start, self.end, self.tau = start, end, tau

    def _ends(self) -> tuple[float, float, float]:
        half = 0.5 / self.tau
        return half * self.start, half * self.end, half * (self.end - self.start)

    def log_alpha(self, t: Tensor) -> Tensor:
        """Half the log of a difference of logistic functions, as a product of hyperbolic ones.

        S(2a) - S(2b) = sinh(a - b) / (2 cosh(a) cosh(b)), so no digits are lost at either end.
        """
        first, last, span = self._ends()
        at = first + t * span
        late = ((1 - t) * span).sinh() * math.cosh(first) / (at.cosh() * math.sinh(span))
        lost = (t * span).sinh() * math.cosh(last) / (at.cosh() * math.sinh(span))
        return 0.5 * torch.where(t < 0.5, torch.log1p(-lost.clamp(max=1)), late.log())

    def d_alpha(self, t: Tensor) -> Tensor:
        """alpha / 2 times the derivative of log alpha^2, with (1 - t) left in the denominator."""
        first, last, span = self._ends()
        at = first + t * span
        d_squared = -span * math.cosh(first) * math.cosh(last) / (at.cosh().square() * math.sinh(span))
        return 0.5 * d_squared / self.alpha(t)

    def time_of_log_alpha(self, log_alpha: Tensor) -> Tensor:
        """From alpha^2 = sinh(last - at) cosh(first) / (cosh(at) sinh(span)), solved for tanh."""
        first, last, span = self._ends()
        # lost = sinh(u) cosh(last) / (cosh(first + u) sinh(span)) with u = t span: tanh(u) is a ratio.
        lost = -torch.expm1(2 * log_alpha) * (math.sinh(span) / math.cosh(last))
        early = torch.atanh(lost * math.cosh(first) / (1 - lost * math.sinh(first))) / span
        kept = (2 * log_alpha).exp() * (math.sinh(span) / math.cosh(first))
        late = 1 - torch.atanh(kept * math.cosh(last) / (1 + kept * math.sinh(last))) / span
        return torch.where(log_alpha > -0.3, early, late)


class LinearLogSNR(FromHalfLogSNR):
    """log alpha^2 / sigma^2 falls linearly from log_snr_max to log_snr_min: the fixed schedule of VDM.

    It is also the sigmoid schedule alpha_bar_t = S(-a (2 t / T - 1)), with a = log_snr_max = -log_snr_min.
    """

    name = "linear_log_snr"

    def __init__(self, log_snr_max: float = 13.3, log_snr_min: float = -5.0) -> None:
        if not log_snr_max > log_snr_min:
            raise ValueError(f"the log-SNR must fall; got {log_snr_max} at the data and {log_snr_min} at the noise")
        self.start, self.slope = 0.5 * log_snr_max, 0.5 * (log_snr_min - log_snr_max)

    def half_log_snr(self, t: Tensor) -> Tensor:
        """A straight line."""
        return self.start + t * self.slope

    def d_half_log_snr(self, t: Tensor) -> Tensor:
        """Its slope."""
        return torch.full_like(t, self.slope)

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """The line's inverse."""
        return (half_log_snr - self.start) / self.slope


class Laplace(FromHalfLogSNR):
    """The log-SNR of a uniform time has a Laplace law of centre mu and scale b: most time is spent near mu.

    log-SNR(t) = mu - b log(2 t) for t <= 1/2, mu + b log(2 (1 - t)) above.
    """

    name = "laplace"

    def __init__(self, mu: float = 0.0, b: float = 0.5) -> None:
        if not b > 0:
            raise ValueError(f"the scale b of the Laplace path must be positive; got {b}")
        self.mu, self.b = mu, b

    def half_log_snr(self, t: Tensor) -> Tensor:
        """Half of mu plus or minus b times a logarithm."""
        half = 0.5 * self.b
        return 0.5 * self.mu + torch.where(t < 0.5, -half * (2 * t).log(), half * (2 * (1 - t)).log())

    def d_half_log_snr(self, t: Tensor) -> Tensor:
        """-b / (2 min(t, 1 - t))."""
        return -0.5 * self.b / torch.minimum(t, 1 - t)

    def time_of(self, half_log_snr: Tensor) -> Tensor:
        """Tails of the Laplace law."""
        tail = 0.5 * (-(2 * half_log_snr - self.mu).abs() / self.b).exp()
        return torch.where(2 * half_log_snr > self.mu, tail, 1 - tail)
