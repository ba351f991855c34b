"""`diffuse likelihood`: how likely a run makes data, in nats and bits per dimension, with standard errors."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from diffusion import elbo
from diffusion.checkpoint import write_atomically
from diffusion.commands.machine import made, pick_device, progress, say, set_threads
from diffusion.data import Dataset, seed_for
from diffusion.data.toys import eight_gaussians_world
from diffusion.errors import UserError
from diffusion.families.ddpm import DDPM
from diffusion.families.guidance import tell
from diffusion.families.iddpm import IDDPM
from diffusion.families.on_path import OnPath
from diffusion.families.vdm import VDM
from diffusion.likelihood import log_likelihood
from diffusion.metrics import Estimate, mean
from diffusion.trained import Trained, open_run

METHODS = {
    "flow": "the probability-flow equation, by an adaptive solver",
    "bound": "the variational bound, term by term",
}
# Up to so many dimensions the trace is exact; beyond, it is estimated with PROBES random vectors.
EXACT_TRACE, PROBES = 8, 4
TOLERANCE = 1e-4
# Times per sample at which VDM's diffusion loss is averaged.
VDM_TIMES = 64
CHUNK = 128


def likelihood_run(
    path: Path, n: int, part: str, method: str | None, seed: int, device: str, threads: int | None = None
) -> int:
    """Print the likelihood of n samples of the data and write it down; returns the exit code. Raises UserError."""
    if n < 2:
        raise UserError(f"--n must be at least 2, for a standard error; got {n}")
    trained = open_run(path, pick_device(device), say)
    set_threads(threads, trained.model)
    data = trained.data(part)
    method = method or next(iter(methods(trained)), None)
    if method is None or method not in methods(trained):
        known = ", ".join(methods(trained)) or "none"
        raise UserError(f"a run of {trained.config.family!r} has no likelihood by {method!r}; methods it has: {known}")
    nats = log_probabilities(trained, data, n, method, seed)
    found = summary(trained, data, nats, method, seed)
    for name, estimate in found.items():
        print(f"{name:36} {estimate}")
    record = {
        "method": method,
        "part": part,
        "samples": len(nats),
        "step": trained.step,
        "likelihood": {name: estimate._asdict() for name, estimate in found.items()},
        "made": made(device),
    }
    write_atomically(path / "likelihood.json", json.dumps(record, indent=1).encode())
    say(f"{METHODS[method]}; written to {path / 'likelihood.json'}")
    return 0


def methods(trained: Trained) -> dict[str, Callable[..., Tensor]]:
    """The ways in which a run's likelihood can be computed, the default first."""
    family = trained.family
    if not isinstance(family, OnPath) or not family.samplers or trained.config.source != "noise":
        return {}
    bounds = {IDDPM: _iddpm_bound, VDM: _vdm_bound, DDPM: _ddpm_bound}
    bound = next((function for kind, function in bounds.items() if isinstance(family, kind)), None)
    return {"flow": _by_flow} if bound is None else {"bound": bound, "flow": _by_flow}


def log_probabilities(trained: Trained, data: Dataset, n: int, method: str, seed: int = 0) -> Tensor:
    """log p of n samples of the data, in nats, (n,), on the CPU: of a density, unless the decoder is discrete."""
    device = next(trained.model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed_for(seed, "likelihood"))
    order = torch.randperm(len(data.x), generator=torch.Generator().manual_seed(seed_for(seed, "which")))[:n]
    compute = methods(trained)[method]
    parts = []
    for index in progress(order.split(CHUNK), desc="likelihood", unit="batch"):
        x = data.x[index].to(device)
        if data.bin_width > 0 and not _is_discrete(trained, method):
            x = x + data.bin_width * (torch.rand(x.shape, generator=generator, device=device) - 0.5)
        labels = None
        if trained.family.classes and data.labels is not None:
            labels = data.labels[index].to(device)
        parts.append(compute(trained, x, labels, generator).double().cpu())
    return torch.cat(parts)


def summary(trained: Trained, data: Dataset, nats: Tensor, method: str, seed: int = 0) -> dict[str, Estimate]:
    """Nats per sample; bits per dimension of images; the divergence from an exact world where there is one."""
    found = {"log likelihood, nats per sample": mean(nats)}
    if data.bin_width > 0:
        constant = 0.0 if _is_discrete(trained, method) else math.log2(data.bin_width)
        found["bits per dimension"] = mean(-nats / (data.x[0].numel() * math.log(2)) - constant)
    if data.name == "8gaussians":
        order = torch.randperm(len(data.x), generator=torch.Generator().manual_seed(seed_for(seed, "which")))
        truth = eight_gaussians_world().log_prob(data.x[order[: len(nats)]].double())
        found["divergence from the exact law, nats"] = mean(truth - nats)
    return found


def _is_discrete(trained: Trained, method: str) -> bool:
    """Whether the probability is that of grey levels, not a density."""
    if method == "flow" or trained.config.dequantise == "on":
        return False
    return isinstance(trained.family, (VDM, IDDPM))


def _by_flow(trained: Trained, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
    family = trained.family
    assert isinstance(family, OnPath)
    return log_likelihood(
        family.denoiser(family.main(tell(trained.model, labels))),
        family.path,
        x,
        parameterization=family.parameterization,
        probes=0 if x[0].numel() <= EXACT_TRACE else PROBES,
        generator=generator,
        t_min=family.earliest,
        rtol=TOLERANCE,
        atol=TOLERANCE,
    ).nats


def _ddpm_bound(trained: Trained, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
    family = trained.family
    assert isinstance(family, DDPM)
    return elbo.elbo(tell(trained.model, labels), x, family.schedule, generator=generator)


def _iddpm_bound(trained: Trained, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
    family = trained.family
    assert isinstance(family, IDDPM)
    return family.elbo(tell(trained.model, labels), x, generator)


@torch.no_grad()
def _vdm_bound(trained: Trained, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
    family = trained.family
    assert isinstance(family, VDM)
    total = torch.zeros(len(x), dtype=torch.float64, device=x.device)
    for i in range(VDM_TIMES):
        # Each sample is measured at VDM_TIMES times, one in each of as many equal parts of [0, 1].
        t = (i + torch.rand(len(x), generator=generator, device=x.device)) / VDM_TIMES
        noises = [torch.randn(x.shape, generator=generator, device=x.device) for _ in range(2)]
        draws = {"t": t, "eps": noises[0], "eps_0": noises[1]}
        total -= sum(part.double() for part in family.parts(trained.model, x, labels, draws))
    return total / VDM_TIMES
