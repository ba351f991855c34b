"""Guidance against exact answers: with the true posterior and scale 1, every sampler draws from the law of the class."""

import math

import pytest
import torch
from torch import nn

from diffusion import config
from diffusion.data import Kind
from diffusion.families import Sampling, make
from diffusion.families.guidance import ClassifierPush, tell
from diffusion.paths import Discrete, path
from diffusion.schedules import schedule
from diffusion.worlds import GaussianMixture, oracle

F64 = torch.float64
WEIGHTS = torch.tensor([0.6, 0.4], dtype=F64)
MEANS = torch.tensor([[-1.0, 0.5], [1.2, 0.0]], dtype=F64)
VARIANCES = torch.tensor([0.2, 0.09], dtype=F64)
WORLD = GaussianMixture(WEIGHTS, MEANS, VARIANCES)
CLASSES = [GaussianMixture(WEIGHTS[:1] / WEIGHTS[0], MEANS[k : k + 1], VARIANCES[k : k + 1]) for k in range(2)]
# The chain that the classifier was trained on: not that of any family below.
JUDGE = Discrete(schedule("cosine", 500))
FAMILIES = ("ddpm", "ddim", "iddpm", "vp", "ve", "subvp", "edm", "vdm", "flow", "ncsn")


def scores(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """log p(y, x_t) of the true law on the classifier's chain, up to what the classes share."""
    level = [at.to(x) for at in (JUDGE.alpha(t.double()), JUDGE.sigma(t.double()))]
    return torch.stack([one.log_prob(x, *level) + weight.log() for one, weight in zip(CLASSES, WEIGHTS, strict=True)], 1)


def family(name: str):
    """A family whose network is shown x_t and t as they are: an oracle needs no other form."""
    own = {"T": 50} if name in ("ddpm", "ddim", "iddpm") else {"levels": 12} if name == "ncsn" else {}
    made = make(config.build({"family": name, "data": "8gaussians", **own}), Kind((2,)))
    made.to("cpu")
    made.shown, made.network_time = (lambda x_t, t: x_t), (lambda t: t)
    return made


def push(labels: torch.Tensor, scale: float) -> ClassifierPush:
    return ClassifierPush(scores, JUDGE, lambda t: t, 1 / JUDGE.T, labels, scale)


class Affine(nn.Module):
    """A network whose answer tells what it was told."""

    def forward(self, x, t, labels=None):
        told = torch.full((len(x),), 3) if labels is None else labels
        return x + told[:, None].to(x.dtype)


def test_classifier_free_guidance_extrapolates():
    """uncond + s (cond - uncond): the label 3 is "not told" here, so that x + 3 + s (label - 3) comes out."""
    x, t, labels = torch.randn(4, 2), torch.arange(4), torch.tensor([0, 1, 2, 0])
    for scale in (0.0, 1.0, 2.5):
        want = x + 3 + scale * (labels - 3)[:, None]
        torch.testing.assert_close(tell(Affine(), labels, scale, classes=3)(x, t), want)
    torch.testing.assert_close(tell(Affine())(x, t), x + 3)


@pytest.mark.parametrize("name", FAMILIES)
def test_the_guided_score_is_the_score_plus_the_gradient_of_the_posterior(name):
    """At any scale, on any path, in any parameterization; at scale 1 it is the score of the class."""
    made, labels = family(name), torch.tensor([0, 1, 1, 0, 1])
    t = made.path.time_of(torch.tensor([4.0, 2.0, 0.5, -0.5, -1.5], dtype=F64)).detach()
    level = made.level(t)
    x = (level.alpha[:, None] * MEANS[labels.flip(0)] + 0.7 * level.sigma[:, None]).requires_grad_()
    told = oracle(WORLD, made.path, made.parameterization)
    alone = torch.stack([one.log_prob(x, level.alpha, level.sigma) for one in CLASSES], 1) + WEIGHTS.log()
    (gradient,) = torch.autograd.grad(alone.log_softmax(1).gather(1, labels[:, None]).sum(), x)
    for scale in (1.0, 2.5):
        answer = made.guided_by(push(labels, scale)).denoiser(told)(x.detach(), t)
        c, d = (k[:, None] for k in made.parameterization.to_x_0(level))
        x_0 = c * x.detach() + d * answer
        score = (level.alpha[:, None] * x_0 - x.detach()) / level.sigma.square()[:, None]
        want = WORLD.score(x.detach(), level.alpha, level.sigma) + scale * gradient
        torch.testing.assert_close(score, want, rtol=1e-6, atol=1e-6 * want.abs().max().item())
        if scale == 1:
            own = torch.stack([CLASSES[k].score(x[i : i + 1].detach(), level.alpha[i], level.sigma[i])[0]
                               for i, k in enumerate(labels)])  # fmt: skip
            torch.testing.assert_close(score, own, rtol=1e-6, atol=1e-6 * own.abs().max().item())


# The third-order SDE solver needs more than 40 steps on the linear chain, guided or not. Annealed Langevin dynamics is
# cruder than this test, and one family that is made for it is enough.
NOT_HERE = {"ddpm": ("dpm_solver_pp_3m_sde", "annealed_langevin"), "flow": ("annealed_langevin",)}
SAMPLERS = [(name, sampler) for name in NOT_HERE for sampler in family(name).samplers if sampler not in NOT_HERE[name]]
SAMPLERS += [("vp", "euler_maruyama"), ("vp", "euler_maruyama_corrected"), ("iddpm", "ancestral"), ("ncsn", "annealed_langevin")]


def test_no_sampler_is_left_out():
    assert {sampler for _, sampler in SAMPLERS} == {*family("ddpm").samplers, *family("vp").samplers}


@pytest.mark.parametrize("name, sampler", SAMPLERS)
def test_every_sampler_draws_from_the_law_of_the_class(name, sampler):
    """Mean and variance of the second class, within what methods of first order lose in 40 steps.

    The mixture has its mean more than 1 away, and along the first axis fourteen times the variance.
    """
    made, n = family(name), 400
    best, T = oracle(WORLD, made.path, made.parameterization), made.config.T

    def told(x_t: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        # The ancestral samplers count the times of the chain, and that of IDDPM wants a variance too: the larger.
        answer = best(x_t, t / T if not t.is_floating_point() else t)
        return torch.cat([answer, torch.ones_like(answer)], 1) if made.outputs == 2 else answer

    guided = made.guided_by(push(torch.ones(n, dtype=torch.int64), 1.0))
    how = Sampling(sampler, 40 if name != "ncsn" else 30, torch.Generator().manual_seed(0))
    with torch.no_grad():
        *_, state = guided.sample(told, n, how)
    assert (state.x_t.double().mean(0) - MEANS[1]).norm() < 0.12
    assert (state.x_t.double().var(0) / VARIANCES[1]).log().abs().max() < 0.7


def test_where_no_signal_is_left_the_push_is_that_of_the_classifiers_last_time():
    """Flow starts at alpha = 0, where sigma^2 / alpha is infinite and the gradient of the posterior is 0."""
    flow, labels = family("flow"), torch.tensor([1])
    x = torch.tensor([[0.3, -0.8]], dtype=F64)
    moved = push(labels, 1.0)(x, flow.level(torch.ones(1, dtype=F64)))
    want = MEANS[1] - WORLD.mean()
    assert bool(moved.isfinite().all()) and math.isclose(moved[0, 0].item(), want[0].item(), rel_tol=0.05)
    near = push(labels, 1.0)(x, path("linear").level(torch.tensor([1e-9])))
    assert bool(near.isfinite().all()) and near.abs().max() < 1e-6
