"""The loop that runs every solver: what it yields, the last step, every combination of options, and its errors."""

import itertools

import pytest
import torch

from diffusion.families import ddpm
from diffusion.formula import find
from diffusion.parameterizations import PARAMETERIZATIONS, SCORE, VELOCITY, X_0, V
from diffusion.paths import PATHS, Discrete, path, times
from diffusion.schedules import linear
from diffusion.solvers import (
    DDIM,
    SOLVERS,
    Ancestral,
    AnnealedLangevin,
    EDMHeun,
    Grid,
    PredictorCorrector,
    last,
    plan,
    run,
    sample,
    solver,
)
from diffusion.solvers.adaptive import probability_flow
from diffusion.worlds import Points, eps_oracle, oracle, quantile_map
from tests.diffusion.exact_flow import F64, gaussian_2d, mixture_1d, scales

POINT = torch.tensor([[0.3, -0.4]], dtype=F64)


def recipes() -> dict:
    """Every solver, with an annealed Langevin short enough for a test."""
    made = {name: solver(name) for name in SOLVERS}
    made["annealed_langevin"] = AnnealedLangevin(step=1e-5, inner=3)
    return made


# Their last step is not the prediction of x_0: a step along the velocity, and a polynomial through several predictions.
NOT_THE_PREDICTION = {"euler", "heun", "euler_maruyama", "euler_maruyama_corrected", "deis_2", "deis_3"}


@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.parametrize("along", PATHS)
def test_the_last_step_adds_no_noise(name, along):
    """It draws none, and x ends at E[x_0 | x], where the method says so."""
    recipe, along = recipes()[name], path(along)
    made = plan(recipe, along, times(along, 4, first=0.9))
    asked = []
    best = oracle(gaussian_2d(), along)

    def denoiser(x, t):
        asked.append((x, t))
        return best(x, t)

    x = scales(along, 0.9)[1] * torch.ones(3, 2, dtype=F64)
    reached = last(run(made, denoiser, x, torch.Generator().manual_seed(0)))
    assert not made.instructions[-1].noisy and made.instructions[-1].langevin is None
    assert made.instructions[-1].to.sigma == 0
    if name not in NOT_THE_PREDICTION:
        torch.testing.assert_close(reached, oracle(gaussian_2d(), along, X_0)(*asked[-1]), rtol=1e-9, atol=1e-9)


def test_a_last_step_with_noise_would_be_seen():
    made = plan(Ancestral(), path("linear"), times(path("linear"), 4, last=0.3), denoise=False)
    assert made.instructions[-1].noisy


@pytest.mark.parametrize("along", PATHS)
@pytest.mark.parametrize("parameterization", PARAMETERIZATIONS.values(), ids=PARAMETERIZATIONS)
@pytest.mark.parametrize("denoise, spacing", [(True, "time"), (False, "karras")])
def test_every_combination_is_finite(along, parameterization, denoise, spacing):
    """All solvers x paths x parameterizations, in float32."""
    along = path(along)
    best = oracle(gaussian_2d().to(dtype=torch.float32), along, parameterization)
    grid = times(along, 3, spacing, first=0.97, last=0.01)
    for name, recipe in recipes().items():
        x = scales(along, 0.97)[1] * torch.randn(2, 2, generator=torch.Generator().manual_seed(0))
        made = sample(recipe, best, along, grid, x, torch.Generator().manual_seed(1), parameterization=parameterization, denoise=denoise)
        reached = list(made)
        assert all(bool(step.x.isfinite().all()) for step in reached), (name, spacing)
        assert [step.number for step in reached] == list(range(1, len(reached) + 1))
        assert all(a.t >= b.t for a, b in itertools.pairwise(reached)), name
        assert reached[-1].t == (0 if denoise else pytest.approx(0.01)), name


@pytest.mark.parametrize("name", SOLVERS)
@pytest.mark.parametrize("parameterization", [X_0, V, VELOCITY], ids=["x_0", "v", "velocity"])
def test_a_path_without_signal_can_be_left_from_its_very_end(name, parameterization):
    for along in (path("flow"), path("trigonometric"), path("cosine")):
        best = oracle(gaussian_2d(), along, parameterization)
        x = torch.randn(5, 2, generator=torch.Generator().manual_seed(0), dtype=F64)
        reached = last(sample(recipes()[name], best, along, times(along, 20), x, torch.Generator().manual_seed(0), parameterization=parameterization))
        # Few Langevin steps at each of few levels do not forget where they began.
        reach = 5 if name != "annealed_langevin" else 1000
        assert bool(reached.isfinite().all()) and (reached - gaussian_2d().mean()).abs().max() < reach


@pytest.mark.parametrize("name", SOLVERS)
def test_the_parameterization_does_not_matter_for_a_perfect_network(name):
    along, recipe = path("linear"), recipes()[name]
    grid = times(along, 8, first=0.8)
    x = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), dtype=F64)
    results = []
    for p in PARAMETERIZATIONS.values():
        best = oracle(gaussian_2d(), along, p)
        results.append(last(sample(recipe, best, along, grid, x, torch.Generator().manual_seed(1), parameterization=p)))
    for other in results[1:]:
        torch.testing.assert_close(other, results[0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", SOLVERS)
def test_a_single_point_is_found_exactly(name):
    """When the data is one point, the best prediction is that point, and every run ends there."""
    recipe = recipes()[name]
    for along in (path("linear"), path("edm"), path("flow")):
        world = Points(POINT)
        grid = times(along, 6, first=0.95, last=0.002)
        x = scales(along, 0.95)[1] * torch.randn(3, 2, generator=torch.Generator().manual_seed(0), dtype=F64)
        best, noise = oracle(world, along, X_0), torch.Generator().manual_seed(0)
        reached = last(sample(recipe, best, along, grid, x, noise, parameterization=X_0))
        torch.testing.assert_close(reached, POINT.expand(3, 2), rtol=0, atol=1e-6 if "euler" in name or name == "heun" else 1e-9)


def test_ancestral_sampling_is_that_of_ddpm():
    """The same noise in the same order gives the same samples as the discrete sampler, for both variances."""
    schedule = linear(60)
    along = Discrete(schedule)
    best = eps_oracle(gaussian_2d(), schedule)
    for sigma, recipe in (("beta_tilde", Ancestral()), ("beta", Ancestral("beta"))):
        x = torch.randn(4, 2, generator=torch.Generator().manual_seed(0), dtype=F64)
        states = list(ddpm.sample(best, (4, 2), ddpm.coefficients(schedule, sigma), generator=torch.Generator().manual_seed(5), x_T=x))
        steps = list(
            sample(
                recipe, lambda x, t: best(x, (t * 60).round().long()), along, times(along, 60), x, torch.Generator().manual_seed(5)
            )
        )
        assert len(steps) == 60
        for state, step in zip(states[1:], steps, strict=True):
            torch.testing.assert_close(step.x, state.x_t, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0])
def test_ddim_is_the_step_of_the_formulas(eta):
    """One step on a discrete schedule, neighbours or not, against ddim.step with the noise of ddim.eta."""
    schedule = linear(60)
    x, eps, z = torch.randn(3, 4, 2, generator=torch.Generator().manual_seed(0), dtype=F64).unbind()
    for t, s in ((40, 39), (40, 12), (5, 1)):
        alpha, before = (schedule.log_alpha_bar[t] - schedule.log_alpha_bar[s]).exp(), schedule.alpha_bar[s]
        fresh = find("ddim.eta")(torch.tensor(eta, dtype=F64), alpha, before).square() / (1 - before)
        want = find("ddim.step")(x, eps, z, alpha, before, fresh)
        grid = torch.tensor([t / 60, s / 60], dtype=F64)
        steps = sample(DDIM(eta), lambda x, t: eps, Discrete(schedule), grid, x, denoise=False, noise=lambda x: z)
        torch.testing.assert_close(last(steps), want, rtol=1e-10, atol=1e-10)


def test_yielded_tensors_are_left_alone():
    along = path("linear")
    for name, recipe in recipes().items():
        x = torch.randn(2, 2, generator=torch.Generator().manual_seed(0), dtype=F64)
        before, seen = x.clone(), []
        for step in sample(recipe, oracle(gaussian_2d(), along), along, times(along, 5, first=0.9), x, torch.Generator().manual_seed(0)):
            seen.append((step.x, step.x.clone()))
        assert torch.equal(x, before), name
        assert all(torch.equal(kept, copy) for kept, copy in seen), name


def test_evaluations_are_counted():
    along, grid = path("linear"), times(path("linear"), 10, first=0.9, last=0.1)
    counts = {"ddim": 10, "heun": 20, "dpm_solver_3": 30, "dpm_solver_pp_3m": 11, "unipc_2": 10, "ancestral_corrected": 20}
    for name, count in counts.items():
        assert plan(solver(name), along, grid, denoise=False).evaluations == count
        assert plan(solver(name), along, grid).evaluations == count + 1


def test_ddim_costs_two_operations():
    """x and the answer, each with one coefficient."""
    made = plan(DDIM(), path("linear"), times(path("linear"), 10))
    assert all(len(i.x) == 2 and not i.anchor and not i.value for i in made.instructions[:-1])
    assert made.depth == 0


def test_no_gradient_is_kept():
    weight = torch.ones((), requires_grad=True)
    along = path("flow")
    assert not last(sample(DDIM(), lambda x, t: weight * x, along, times(along, 3, first=0.9), torch.ones(2, 2))).requires_grad


def test_the_adaptive_flow_is_exact_and_runs_both_ways():
    along, world = path("flow"), mixture_1d()
    x = torch.linspace(-2, 2, 9, dtype=F64)[:, None]
    best = oracle(world, along, VELOCITY)
    there, evaluations = probability_flow(best, along, x, 0.2, 0.9, parameterization=VELOCITY, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(there, quantile_map(world, x, (0.8, 0.2), (0.1, 0.9)), rtol=0, atol=1e-7)
    back, _ = probability_flow(best, along, there, 0.9, 0.2, parameterization=VELOCITY, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(back, x, rtol=0, atol=1e-7)
    assert evaluations < 1000


def test_churn_raises_the_noise_and_respects_its_range():
    along = path("edm")
    grid = times(along, 18)
    lifted = [bool(i.lift) for i in plan(EDMHeun(churn=40), along, grid).instructions]
    ranged = plan(EDMHeun(churn=40, r_min=0.05, r_max=50), along, grid)
    assert sum(lifted) == 16  # every step but the two that the path's end leaves no room above
    raised = [t for i, t in zip(ranged.instructions, ranged.times, strict=True) if i.lift]
    r = along.sigma(torch.stack(raised))
    assert bool((r > 0.05 * 1.4).all() and (r < 50 * 1.42).all())


def test_clear_errors():
    along = path("flow")
    good = times(along, 5)
    with pytest.raises(ValueError, match=r"dpm_solver_2 on the path 'flow' has no finite step from t = 1 to 0.8 .* predicts eps: alpha = 0"):
        plan(solver("dpm_solver_2"), along, good)
    with pytest.raises(ValueError, match=r"begin at a time below 1, e.g. times\(path, steps, first=0.999\)"):
        plan(DDIM(), along, good, SCORE)
    with pytest.raises(ValueError, match=r"fall strictly from noise to data, inside \[0, 1\]; got \[0.0, 0.2"):
        Grid(along, good.flip(0))
    with pytest.raises(ValueError, match="needs at least two times"):
        Grid(along, good[:1])
    with pytest.raises(ValueError, match="unknown solver 'ddpm'; choose one of: ddim, euler"):
        solver("ddpm")
    with pytest.raises(ValueError, match=r"eta of DDIM lies in \[0, 1\]; got 2"):
        DDIM(2.0)
    with pytest.raises(ValueError, match="unknown variance 'small'; choose one of: beta_tilde, beta"):
        Ancestral("small")
    with pytest.raises(ValueError, match="a predictor must be a one-step method; dpm_solver_pp_2m is not"):
        plan(PredictorCorrector(solver("dpm_solver_pp_2m")), path("linear"), good)
    with pytest.raises(ValueError, match=r"a predictor of x_0; got 0.16, 1 and dpm_solver_1, which predicts noise"):
        PredictorCorrector(solver("dpm_solver_1"))
    with pytest.raises(ValueError, match=r"is float32 or float64; got torch.bfloat16. A network may run in bf16 inside"):
        last(sample(DDIM(), lambda x, t: x, path("linear"), good, torch.ones(2, 2, dtype=torch.bfloat16)))
    with pytest.raises(ValueError, match="there was no step to take the last of"):
        last(iter([]))
    with pytest.raises(ArithmeticError, match=r"the adaptive solver stopped at .* end further from the singular end"):
        probability_flow(lambda x, t: x / 0, along, torch.ones(2, 2), parameterization=VELOCITY)


@pytest.mark.gpu
@pytest.mark.parametrize("name", SOLVERS)
def test_the_loop_never_waits_for_the_device(name):
    along = path("linear")
    made = plan(recipes()[name], along, times(along, 4, first=0.9, last=0.1))
    x = torch.randn(4, 2, device="cuda")
    steps = run(made, lambda x, t: 0.5 * x, x)
    next(steps)
    torch.cuda.set_sync_debug_mode("error")
    try:
        last(steps)
    finally:
        torch.cuda.set_sync_debug_mode("default")


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_noise_is_what_torch_randn_draws(layout):
    """So that a run with a seed stays what it was, however x lies in memory."""
    x = torch.zeros(2, 3, 5, 4).contiguous(memory_format=layout)
    made = plan(Ancestral(), path("linear"), times(path("linear"), 3, last=0.3), denoise=False)
    draws = torch.Generator().manual_seed(7)
    expected = last(run(made, lambda x, t: x, x, noise=lambda x: torch.randn(x.shape, generator=draws)))
    assert torch.equal(last(run(made, lambda x, t: x, x, torch.Generator().manual_seed(7))), expected)
