"""Solvers: each is a table of numbers, and one loop runs them all.

    plan             rows, updates, the grid of levels, the interface of a solver
    compile          rows and a parameterization become one float64 table
    sampling         the loop, a generator
    exponential, quadrature    the steps in log-SNR that many solvers share

    ddim, runge_kutta, dpm_solver, dpm_solver_pp, unipc, deis, adams_bashforth, edm, euler_maruyama, langevin
"""

from __future__ import annotations

from collections.abc import Callable

from diffusion.solvers.adams_bashforth import AdamsBashforth
from diffusion.solvers.compile import Plan, plan, plans
from diffusion.solvers.ddim import DDIM, Ancestral
from diffusion.solvers.deis import DEIS
from diffusion.solvers.dpm_solver import DPMSolver1, DPMSolver2, DPMSolver3
from diffusion.solvers.dpm_solver_pp import DPMSolverPP2M, DPMSolverPP3M, DPMSolverPPSDE
from diffusion.solvers.edm import EDMHeun
from diffusion.solvers.euler_maruyama import EulerMaruyama
from diffusion.solvers.exponential import Exponential
from diffusion.solvers.langevin import AnnealedLangevin, PredictorCorrector
from diffusion.solvers.plan import Grid, Point, Row, Solver, Update
from diffusion.solvers.runge_kutta import Euler, Heun
from diffusion.solvers.sampling import Denoiser, Step, last, run, sample
from diffusion.solvers.unipc import UniPC

# Every solver by name, with its default settings.
SOLVERS: dict[str, Callable[[], Solver]] = {
    "ddim": DDIM,
    "euler": Euler,
    "heun": Heun,
    "edm_heun": EDMHeun,
    "dpm_solver_1": DPMSolver1,
    "dpm_solver_2": DPMSolver2,
    "dpm_solver_3": DPMSolver3,
    "dpm_solver_pp_2m": DPMSolverPP2M,
    "dpm_solver_pp_3m": DPMSolverPP3M,
    "unipc_1": lambda: UniPC(1),
    "unipc_2": lambda: UniPC(2),
    "deis_2": lambda: DEIS(2),
    "deis_3": lambda: DEIS(3),
    "adams_bashforth_2": lambda: AdamsBashforth(2),
    "adams_bashforth_3": lambda: AdamsBashforth(3),
    "ddim_eta_1": lambda: DDIM(1.0),
    "ancestral": Ancestral,
    "ancestral_beta": lambda: Ancestral("beta"),
    "euler_maruyama": EulerMaruyama,
    "dpm_solver_pp_1_sde": DPMSolverPPSDE,
    "dpm_solver_pp_2m_sde": lambda: DPMSolverPP2M(eta=1.0),
    "dpm_solver_pp_3m_sde": lambda: DPMSolverPP3M(eta=1.0),
    "edm_heun_churn": lambda: EDMHeun(churn=40.0, noise=1.0),
    "ancestral_corrected": lambda: PredictorCorrector(Ancestral()),
    "euler_maruyama_corrected": lambda: PredictorCorrector(EulerMaruyama()),
    # So many levels as a grid usually has need few steps at each.
    "annealed_langevin": lambda: AnnealedLangevin(inner=8),
}


def solver(name: str) -> Solver:
    """A solver by name, with its default settings. Raises ValueError for an unknown name."""
    if name not in SOLVERS:
        raise ValueError(f"unknown solver {name!r}; choose one of: {', '.join(SOLVERS)}")
    return SOLVERS[name]()


__all__ = [
    "SOLVERS", "solver", "sample", "run", "last", "plan", "plans", "Plan", "Step", "Denoiser",
    "Grid", "Point", "Row", "Solver", "Update",
    "DDIM", "Ancestral", "Euler", "Heun", "EDMHeun", "DPMSolver1", "DPMSolver2", "DPMSolver3",
    "DPMSolverPP2M", "DPMSolverPP3M", "DPMSolverPPSDE", "UniPC", "DEIS", "AdamsBashforth", "Exponential",
    "EulerMaruyama", "AnnealedLangevin", "PredictorCorrector",
]  # fmt: skip
