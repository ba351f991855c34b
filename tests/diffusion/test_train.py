"""Training: it learns, it can be taken up anywhere with the same numbers, and misfits are refused."""

import dataclasses

import pytest
import torch

from diffusion import checkpoint, data, runs
from diffusion import config as configs
from diffusion.config import TrainConfig
from diffusion.data.toys import eight_gaussians_world
from diffusion.errors import UserError
from diffusion.families import ddpm
from diffusion.families.flow import with_source
from diffusion.networks import build_network
from diffusion.train import Trainer, train
from diffusion.worlds import eps_oracle

POINTS = {"steps": 12, "batch": 32, "hidden": 16, "layers": 1}
SMALL = {
    "digits": TrainConfig(steps=12, batch=8, channels=8, heads=2, dropout=0.2, warmup=3, T=50, save_every=5),
    "moons": TrainConfig(data="moons", steps=12, batch=16, hidden=16, layers=1, warmup=3, T=50),
    # A thread prepares its batches ahead, and two random streams and a memory of losses take part.
    "otcfm": configs.build({"family": "otcfm", "data": "moons", "source": "8gaussians", **POINTS}),
    "iddpm": configs.build({"family": "iddpm", "data": "moons", "times": "importance", "T": 2, "labels": "on", **POINTS}),
    "vdm": configs.build({"family": "vdm", "data": "moons", **POINTS}),
}


def same(a: Trainer, b: Trainer) -> bool:
    ours, theirs = a.state(), b.state()
    return (
        ours[1] == theirs[1]
        and ours[0].keys() == theirs[0].keys()
        and all(torch.equal(value, theirs[0][name]) for name, value in ours[0].items())
    )


@pytest.mark.parametrize("name", SMALL)
def test_a_run_taken_up_from_a_checkpoint_is_the_undisturbed_run(name, tmp_path):
    """Bit for bit: weights, average, optimiser, random streams, data order and losses; dropout is on."""
    config, dataset = SMALL[name], data.load(SMALL[name].data)
    if config.source != "noise":
        dataset = with_source(dataset, config.source)
    straight = Trainer(config, dataset)
    for _ in train(straight):
        pass
    broken = Trainer(config, dataset)
    for stop in (5, 6, 12):
        while broken.steps_done < stop:
            broken.step()
        checkpoint.save(tmp_path, stop, *broken.state())
        torch.manual_seed(stop)  # Others may use the global stream.
        broken = Trainer(config, dataset)
        found = checkpoint.load_latest(tmp_path, pytest.fail)
        broken.restore(found.tensors, found.state)
    assert straight.steps_done == broken.steps_done == 12
    assert same(straight, broken)
    assert len(straight.losses()) == 12


def test_the_comparison_can_fail(tmp_path):
    config, dataset = SMALL["digits"], data.load("digits")
    one, other = Trainer(config, dataset), Trainer(config, dataset)
    one.step()
    other.step()
    assert same(one, other)
    other.noise.manual_seed(1)
    one.step()
    other.step()
    assert not same(one, other)


def test_the_seed_decides_the_weights_and_touches_no_global_stream():
    config = SMALL["digits"]
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = build_network(config, (1, 8, 8))
    assert torch.equal(before, torch.get_rng_state())
    second = build_network(config, (1, 8, 8))
    third = build_network(dataclasses.replace(config, seed=1), (1, 8, 8))
    assert torch.equal(first.first.weight, second.first.weight)
    assert not torch.equal(first.first.weight, third.first.weight)


def test_training_approaches_the_oracle():
    """On eight Gaussians the loss falls to near that of the exact denoiser, which no network can beat."""
    config = TrainConfig(data="8gaussians", steps=600, batch=256, hidden=64, T=100, lr=3e-3, seed=1)
    trainer = Trainer(config, data.load("8gaussians"))
    for _ in train(trainer):
        pass
    world = eight_gaussians_world()
    x_0 = world.sample(20_000, torch.Generator().manual_seed(0)).float()
    generator = torch.Generator().manual_seed(1)
    t, eps = (
        torch.randint(1, 101, (20_000,), generator=generator),
        torch.randn(20_000, 2, generator=generator),
    )
    with torch.no_grad():
        network = ddpm.loss(trainer.average, x_0, t, eps, trainer.family.table).mean()
    best = ddpm.loss(eps_oracle(world, trainer.family.schedule), x_0, t, eps, trainer.family.table).mean()
    untrained = ddpm.loss(lambda x, t: torch.zeros_like(x), x_0, t, eps, trainer.family.table).mean()
    assert best < network < best + 0.03 * (untrained - best)


def test_the_average_follows_the_weights():
    trainer = Trainer(SMALL["moons"], data.load("moons"))
    start = [p.clone() for p in trainer.average.parameters()]
    before = [p.clone() for p in trainer.model.parameters()]
    trainer.step()
    decay = 2 / 11
    for a0, a1, w in zip(start, trainer.average.parameters(), trainer.model.parameters(), strict=True):
        torch.testing.assert_close(a1, decay * a0 + (1 - decay) * w.detach())
    assert any(not torch.equal(b, w) for b, w in zip(before, trainer.model.parameters(), strict=True))


def test_without_memory_the_average_is_the_weights_whenever_it_is_asked_for():
    trainer = Trainer(dataclasses.replace(SMALL["moons"], ema=0.0), data.load("moons"))
    trainer.step()
    for kept, weight in zip(trainer.average.parameters(), trainer.model.parameters(), strict=True):
        assert torch.equal(kept, weight) and kept is not weight and not kept.requires_grad
    trainer.step()
    tensors, _ = trainer.state()
    assert all(torch.equal(v, tensors[f"network/{k}"]) for k, v in trainer.average.state_dict().items())


def test_a_loss_that_is_no_number_is_reported_and_not_saved(tmp_path):
    trainer = Trainer(SMALL["moons"], data.load("moons"))
    trainer.step()
    run = runs.RunFolder(tmp_path)
    runs.save(run, trainer)
    with torch.no_grad():
        trainer.model.first.weight.fill_(float("nan"))
    trainer.step()
    with pytest.raises(UserError, match="the loss was not a finite number at step 2; the last checkpoint is untouched"):
        runs.save(run, trainer)
    assert checkpoint.steps(run.checkpoints) == [1]


def test_a_checkpoint_of_another_network_is_refused():
    one = Trainer(SMALL["moons"], data.load("moons"))
    one.step()
    other = Trainer(dataclasses.replace(SMALL["moons"], hidden=24), data.load("moons"))
    with pytest.raises(UserError, match=r"the checkpoint does not fit this run: .* give another --out to start anew"):
        other.restore(*one.state())


def test_sizes_that_do_not_work_are_refused_before_training():
    with pytest.raises(UserError, match=r"these network sizes do not work: .*divisible by 16; got 8"):
        build_network(dataclasses.replace(SMALL["digits"], multipliers=(1,) * 5), (1, 8, 8))
    with pytest.raises(UserError, match="this noise schedule does not work: every beta_t must lie strictly"):
        Trainer(dataclasses.replace(SMALL["moons"], T=5), data.load("moons"))


@pytest.mark.gpu
def test_training_on_a_gpu_sees_the_same_random_numbers():
    cpu, gpu = (Trainer(SMALL["moons"], data.load("moons"), device) for device in ("cpu", "cuda"))
    for _ in range(5):
        torch.testing.assert_close(cpu.step().loss, gpu.step().loss.cpu(), rtol=1e-3, atol=1e-4)
