"""One prediction and the noisy point tell everything: conversions, weights of errors, and EDM's four numbers.

Formulas: param.linear_map, param.v, param.v_inverse, param.eps_score_x0, param.score_velocity, param.loss_weight,
param.affine_equivalence, edm.general_precond, edm.preconditioning, edm.precond_is_v.

x_t = alpha x_0 + sigma eps, and a prediction is a x_0 + b eps. `diffusion.parameterizations` works with tables of such
pairs (a, b), one for each kind of prediction. All functions are elementwise on tensors that broadcast, in any dtype.

References: Salimans and Ho 2022, *Progressive distillation*; Karras et al. 2022, *Elucidating the design space*.
"""

from __future__ import annotations

from torch import Tensor

from diffusion.formula import formula


@formula("param.linear_map")
def data_and_noise(
    x_t: Tensor, prediction: Tensor, alpha: Tensor, sigma: Tensor, a: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """(x_0, eps) from the prediction a x_0 + b eps. Infinite where it is a multiple of x_t."""
    determinant = alpha * b - sigma * a
    return (b * x_t - sigma * prediction) / determinant, (alpha * prediction - a * x_t) / determinant


@formula("param.v")
def v_target(x_0: Tensor, eps: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
    """alpha eps - sigma x_0."""
    return alpha * eps - sigma * x_0


@formula("param.v", variant="noise")
def v_from_noise(x_t: Tensor, eps: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
    """v from the noise."""
    return ((alpha**2 + sigma**2) * eps - sigma * x_t) / alpha


@formula("param.v", variant="data")
def v_from_data(x_t: Tensor, x_0: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
    """v from the data."""
    return (alpha * x_t - (alpha**2 + sigma**2) * x_0) / sigma


@formula("param.v_inverse")
def data_and_noise_from_v(x_t: Tensor, v: Tensor, alpha: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    """(x_0, eps) from v, for any levels."""
    size = alpha**2 + sigma**2
    return (alpha * x_t - sigma * v) / size, (sigma * x_t + alpha * v) / size


@formula("param.eps_score_x0")
def noise_and_data_from_score(x_t: Tensor, score: Tensor, alpha: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
    """(E[eps | x_t], E[x_0 | x_t]) from the score of the noisy data."""
    return -(sigma * score), (x_t + sigma**2 * score) / alpha


@formula("param.score_velocity")
def score_from_velocity(
    x_t: Tensor, velocity: Tensor, alpha: Tensor, sigma: Tensor, d_alpha: Tensor, d_sigma: Tensor
) -> Tensor:
    """The score from E[d_alpha x_0 + d_sigma eps | x_t], the velocity of a path with these slopes."""
    return (alpha * velocity - d_alpha * x_t) / (sigma * (d_alpha * sigma - alpha * d_sigma))


@formula("param.loss_weight")
def loss_weight(alpha: Tensor, sigma: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """What the squared error of the data is multiplied with, to be that of a x_0 + b eps."""
    return ((alpha * b - sigma * a) / sigma) ** 2


@formula("param.affine_equivalence")
def straight_path(
    alpha: Tensor, sigma: Tensor, d_alpha: Tensor, d_sigma: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(c, u, c', u') with x_t = c ((1 - u) x_0 + u eps), and how fast c and u change."""
    c = alpha + sigma
    return c, sigma / c, d_alpha + d_sigma, (d_sigma * alpha - d_alpha * sigma) / c**2


@formula("edm.general_precond")
def general_preconditioning(
    alpha: Tensor, sigma: Tensor, sigma_data: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(c_in, c_skip, c_out, weight of the loss) for data of deviation sigma_data."""
    size = (alpha * sigma_data) ** 2 + sigma**2
    root = size.sqrt()
    return 1 / root, alpha * sigma_data**2 / size, sigma * sigma_data / root, size / (sigma * sigma_data) ** 2


@formula("edm.preconditioning")
def preconditioning(sigma: Tensor, sigma_data: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(c_in, c_skip, c_out, weight of the loss) of EDM, where alpha is 1."""
    size = sigma**2 + sigma_data**2
    root = size.sqrt()
    return 1 / root, sigma_data**2 / size, sigma * sigma_data / root, size / (sigma * sigma_data) ** 2


@formula("edm.precond_is_v")
def network_target(x_0: Tensor, eps: Tensor, alpha: Tensor, sigma: Tensor, sigma_data: Tensor) -> Tensor:
    """What EDM's network should say: (x_0 - c_skip x_t) / c_out."""
    return (sigma / sigma_data * x_0 - alpha * sigma_data * eps) / ((alpha * sigma_data) ** 2 + sigma**2).sqrt()
