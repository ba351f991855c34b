"""Every solver, path and parameterization against the exact answer, with the best possible denoiser.

    python scripts/oracle_study.py            measure, then refresh docs/solvers.md (some minutes)
    python scripts/oracle_study.py --only ve  measure one path again
    python scripts/oracle_study.py --page     refresh the page from the results that are there

Law error: the 2-Wasserstein distance, in one dimension, between what a solver draws and the exact law of a mixture
of two Gaussians at the last noise level. A deterministic solver carries 1,000 evenly spread quantiles, so the
distance has no random part; a stochastic one carries 4,000 draws, and cannot be told from the truth below the floor
that is recorded too. Networks answer in float32, in each of six parameterizations.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from diffusion.parameterizations import PARAMETERIZATIONS
from diffusion.paths import PATHS, path, times
from diffusion.paths import Path as NoisingPath
from diffusion.solvers import SOLVERS, AdamsBashforth, AnnealedLangevin, Solver, UniPC, last, plan, run, solver
from diffusion.worlds import GaussianMixture, oracle
from scripts import charts
from scripts.record import made
from tests.diffusion.exact_flow import WORLDS, measured_order, scales
from tests.diffusion.test_solver_exactness import integral, last_row, ratio

DOCS = Path(__file__).resolve().parent.parent / "docs"
RESULTS, PAGE = DOCS / "results" / "oracle.json", DOCS / "solvers.md"
STEPS = (5, 10, 20, 40, 80)
QUANTILES, DRAWS = 1_000, 4_000
# The stretch of every path, in lambda = log(alpha / sigma): nearly pure noise to nearly clean data.
NOISY, CLEAN = -4.0, 3.0
# Networks are told the time in float32, which knows no time between 1 and 1 - 6e-8.
LATEST = 1 - 1e-6
F64 = torch.float64


def mixture() -> GaussianMixture:
    """Two unequal modes of mean 0.1 and variance about 1."""
    return GaussianMixture(
        torch.tensor([0.3, 0.7], dtype=F64),
        torch.tensor([[-1.3], [0.7]], dtype=F64),
        torch.tensor([0.04, 0.25], dtype=F64),
    )


def recipes() -> dict[str, Solver]:
    """Every solver; annealed Langevin with few inner steps, long enough to move."""
    found = {name: make() for name, make in SOLVERS.items()}
    found["annealed_langevin"] = AnnealedLangevin(step=2e-4, inner=10)
    return found


def stretch(along: NoisingPath) -> tuple[float, float]:
    """The first and the last time of the stretch; later than LATEST it begins nowhere."""
    with torch.no_grad():
        first, final = along.time_of(torch.tensor([NOISY, CLEAN], dtype=F64)).tolist()
    return min(first, LATEST), final


def quantiles(n: int, level: tuple[float, float]) -> Tensor:
    """The quantiles (i + 1/2) / n of the mixture at a level, (n, 1), through those of a standard Gaussian."""
    u = (torch.arange(n, dtype=F64) + 0.5) / n
    world, z = mixture(), torch.special.ndtri(u)[:, None]
    standard = GaussianMixture(torch.ones(1, dtype=F64), torch.zeros(1, 1, dtype=F64), torch.ones(1, dtype=F64))
    low, high = torch.full_like(z, -200.0), torch.full_like(z, 200.0)
    for _ in range(70):
        y = 0.5 * (low + high)
        below = (world.cdf(y, *level) < standard.cdf(z))[:, None]
        low, high = torch.where(below, y, low), torch.where(below, high, y)
    return 0.5 * (low + high)


def distance(x: Tensor, exact: Tensor) -> float:
    """The 2-Wasserstein distance of draws to the exact quantiles, both (n, 1)."""
    return (x.double().sort(dim=0).values - exact).square().mean().sqrt().item()


class Study:
    """One path: its stretch, the exact quantiles at both ends, and true starts."""

    def __init__(self, name: str) -> None:
        self.path = path(name)
        self.first, self.final = stretch(self.path)
        self.start, self.end = scales(self.path, self.first), scales(self.path, self.final)
        self.exact = {n: quantiles(n, self.end) for n in (QUANTILES, DRAWS)}
        # Quantiles in random order: a corrector averages over the batch, and must see a fair one.
        order = torch.randperm(DRAWS, generator=torch.Generator().manual_seed(0))
        self.starts = {QUANTILES: quantiles(QUANTILES, self.start), DRAWS: quantiles(DRAWS, self.start)[order]}

    def floor(self) -> float:
        """The distance of true draws to the truth."""
        generator = torch.Generator().manual_seed(1)
        x = self.end[0] * mixture().sample(DRAWS, generator)
        return distance(x + self.end[1] * torch.randn(DRAWS, 1, dtype=F64, generator=generator), self.exact[DRAWS])

    def law_error(self, recipe: Solver, parameterization: str, steps: int) -> tuple[float, int]:
        """(distance relative to the standard deviation of the exact law, evaluations)."""
        n = DRAWS if recipe.order is None else QUANTILES
        kind = PARAMETERIZATIONS[parameterization]
        grid = times(self.path, steps, first=self.first, last=self.final)
        made_plan = plan(recipe, self.path, grid, kind, denoise=False)
        best = oracle(mixture().to(dtype=torch.float32), self.path, kind)

        def answer(x: Tensor, t: Tensor) -> Tensor:
            # All samples stand at the same time; one level is cheaper than one for each.
            return best(x, t[:1])

        x = last(run(made_plan, answer, self.starts[n].float(), torch.Generator().manual_seed(2)))
        return distance(x, self.exact[n]) / self.exact[n].std().item(), made_plan.evaluations


def law_errors(names: Sequence[str]) -> dict[str, Any]:
    """Law errors by path, parameterization and solver, a list over STEPS each; and the floor of each path."""
    errors: dict[str, Any] = {}
    evaluations: dict[str, list[int]] = {}
    floors = {}
    with tqdm(total=len(names) * len(PARAMETERIZATIONS) * len(SOLVERS), dynamic_ncols=True) as bar:
        for name in names:
            study = Study(name)
            floors[name] = study.floor() / study.exact[DRAWS].std().item()
            for kind in PARAMETERIZATIONS:
                for key, recipe in recipes().items():
                    found = [study.law_error(recipe, kind, steps) for steps in STEPS]
                    errors.setdefault(name, {}).setdefault(kind, {})[key] = [float(f"{e:.3g}") for e, _ in found]
                    evaluations[key] = [count for _, count in found]
                    bar.update()
    return {"steps": list(STEPS), "floor": floors, "evaluations": evaluations, "error": errors}


def orders() -> dict[str, dict[str, float]]:
    """Measured order of every deterministic solver on two exact worlds, from 40 and 80 steps in float64."""
    found: dict[str, dict[str, float]] = {}
    for name in SOLVERS:
        recipe = solver(name)
        if recipe.order is not None:
            measured = {world: round(measured_order(recipe, law, path("linear")), 3) for world, law in WORLDS.items()}
            found[name] = {"stated": recipe.order, **measured}
    return found


def exactness() -> dict[str, list[float]]:
    """What a step makes of the integral of (lambda - lambda_s)^degree over its exact value, degree 0, 1, ..., order."""
    cases: dict[str, tuple[Solver, int, float]] = {
        **{f"adams_bashforth_{k}": (AdamsBashforth(k), k, 0.0) for k in (1, 2, 3, 4)},
        "dpm_solver_pp_2m": (solver("dpm_solver_pp_2m"), 2, 0.0),
        "dpm_solver_pp_3m": (solver("dpm_solver_pp_3m"), 3, 0.0),
        "dpm_solver_pp_3m_sde": (solver("dpm_solver_pp_3m_sde"), 3, 1.0),
        "unipc_2, predictor": (UniPC(2), 2, 0.0),
    }
    found = {}
    for name, (recipe, order, eta) in cases.items():
        weights, nodes, s, t = last_row(recipe, "long steps")
        exact = [integral(s, t, degree, recipe.predicts, eta) for degree in range(order + 1)]
        found[name] = [round(ratio(weights, nodes, s.half_log_snr, value, i), 4) for i, value in enumerate(exact)]
    return found


def noise_free() -> dict[str, bool]:
    """Whether the last step of each solver, to clean data, adds no noise."""
    made_plans = {name: plan(recipe, path("linear"), times(path("linear"), 10)) for name, recipe in recipes().items()}
    ends = {name: made_plan.instructions[-1] for name, made_plan in made_plans.items()}
    return {name: not end.noisy and end.langevin is None for name, end in ends.items()}


def parts(results: dict[str, Any]) -> dict[str, str]:
    """The parts of the page, by name."""
    law = results["law"]
    errors, counts = law["error"]["linear"]["eps"], law["evaluations"]
    flow = {name: list(zip(counts[name], errors[name], strict=True)) for name in SOLVERS}
    deterministic = {name: curve for name, curve in flow.items() if solver(name).order is not None}
    stochastic = {name: curve for name, curve in flow.items() if solver(name).order is None}
    axes = ("evaluations of the denoiser", "law error")
    return {
        "made": f"<p>Measured: {results['made']}.</p>",
        "deterministic": charts.figure(
            charts.small_multiples(deterministic, "Law error of the deterministic solvers", *axes),
            "Linear path, a network that predicts eps, float32. Each panel draws one solver over all the others.",
        ),
        "stochastic": charts.figure(
            charts.small_multiples(stochastic, "Law error of the stochastic solvers", *axes, law["floor"]["linear"]),
            "The dashed line is the distance of as many independent true draws to the truth. A run starts from evenly "
            "spread quantiles and may end below it; nothing is to be read from differences down there.",
        ),
        "orders": _order_table(results["orders"]),
        "exactness": _exactness_table(results["exactness"]),
        "noise free": f"<p>{sum(results['noise_free'].values())} of {len(results['noise_free'])} solvers do.</p>",
        "paths": _path_table(law),
        "parameterizations": _parameterization_table(law),
    }


def _order_table(found: dict[str, dict[str, float]]) -> str:
    rows = [
        [name, str(row["stated"]), f"{row['gaussian']:.2f}", f"{row['mixture']:.2f}"] for name, row in found.items()
    ]
    return charts.table(["solver", "order", "Gaussian", "mixture"], rows)


def _exactness_table(found: dict[str, list[float]]) -> str:
    degrees = range(max(map(len, found.values())))
    rows = [[name, *(f"{ratios[i]:.4f}" if i < len(ratios) else "" for i in degrees)] for name, ratios in found.items()]
    return charts.table(["step", *(f"degree {i}" for i in degrees)], rows)


def _path_table(law: dict[str, Any]) -> str:
    at, names, tables = law["steps"].index(20), list(PATHS), []
    # All paths side by side are wider than the page.
    for part in (names[: len(names) // 2], names[len(names) // 2 :]):
        rows = [[name, *(f"{law['error'][p]['v'][name][at]:.2g}" for p in part)] for name in SOLVERS]
        rows.append(["(floor of draws)", *(f"{law['floor'][p]:.2g}" for p in part)])
        tables.append(charts.table(["solver", *part], rows))
    return "".join(tables)


def _parameterization_table(law: dict[str, Any]) -> str:
    at = law["steps"].index(20)
    rows = [[name, *(f"{law['error']['linear'][k][name][at]:.3g}" for k in PARAMETERIZATIONS)] for name in SOLVERS]
    return charts.table(["solver", *PARAMETERIZATIONS], rows)


def main() -> int:
    """Measure, or only draw; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", action="store_true", help="only refresh the page")
    parser.add_argument("--only", metavar="PATH", help="measure one path again, and keep the rest of the record")
    asked = parser.parse_args()
    if asked.only:
        torch.set_num_threads(1)
        found, again = json.loads(RESULTS.read_text(encoding="utf-8")), law_errors([asked.only])
        for part in ("floor", "error"):
            found["law"][part] |= again[part]
        RESULTS.write_text(_compact(found) + "\n", encoding="utf-8")
    elif not asked.page:
        torch.set_num_threads(1)
        found = {"made": made(("torch",)), "orders": orders(), "exactness": exactness(), "noise_free": noise_free()}
        found["law"] = law_errors(list(PATHS))
        RESULTS.write_text(_compact(found) + "\n", encoding="utf-8")
    for name, html in parts(json.loads(RESULTS.read_text(encoding="utf-8"))).items():
        charts.refresh(PAGE, name, html)
    return 0


def _compact(found: dict[str, Any]) -> str:
    """JSON with one line for each list."""
    return re.sub(r"\[\s+([^\[\]]*?)\s+\]", lambda m: "[" + " ".join(m[1].split()) + "]", json.dumps(found, indent=1))


if __name__ == "__main__":
    sys.exit(main())
