"""Checkpoints: whole or refused, by name and in words; the one before is used; a crash leaves no harm."""

import json
import os

import pytest
import torch

from diffusion import checkpoint
from diffusion.checkpoint import CheckpointError


def tensors(step: int) -> dict[str, torch.Tensor]:
    return {
        "w": torch.full((4, 3), float(step)),
        "rng": torch.arange(5, dtype=torch.uint8),
        "s": torch.tensor(2.5),
    }


@pytest.fixture
def folder(tmp_path):
    for step in (10, 20, 30):
        checkpoint.save(tmp_path / "c", step, tensors(step), {"at": step, "nested": {"x": [1, 2.5, "é"]}})
    return tmp_path / "c"


def refuse(message: str) -> None:
    raise AssertionError(message)


def test_round_trip_and_the_one_before_is_kept(folder):
    assert checkpoint.steps(folder) == [20, 30]
    assert sorted(p.name for p in folder.iterdir()) == [
        "step-00000020.json",
        "step-00000020.safetensors",
        "step-00000030.json",
        "step-00000030.safetensors",
    ]
    loaded = checkpoint.load_latest(folder, refuse)
    assert loaded.step == 30 and loaded.state == {"at": 30, "nested": {"x": [1, 2.5, "é"]}}
    for name, value in tensors(30).items():
        assert torch.equal(loaded.tensors[name], value) and loaded.tensors[name].dtype == value.dtype


def test_an_empty_or_absent_folder_has_no_checkpoint(tmp_path):
    assert checkpoint.load_latest(tmp_path, refuse) is None
    assert checkpoint.load_latest(tmp_path / "absent", refuse) is None


def truncate(path):
    path.write_bytes(path.read_bytes()[:-7])


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def edit_state(path):
    record = json.loads(path.read_text())
    record["state"]["at"] = 31
    path.write_text(json.dumps(record))


def claim_other_format(path):
    record = json.loads(path.read_text())
    record["format"] = 99
    path.write_text(json.dumps(record))


DAMAGE = {
    "truncated weights": ("safetensors", truncate, "is truncated: it has"),
    "changed weights": ("safetensors", flip_a_bit, "was changed after it was written: its SHA-256 is"),
    "missing weights": ("safetensors", os.unlink, "is damaged or unreadable: [Errno 2]"),
    "truncated json": ("json", truncate, "is damaged or unreadable"),
    "edited json": ("json", edit_state, "is damaged: its content does not match the SHA-256 that it carries"),
    "empty json": ("json", lambda path: path.write_text("{}"), "is damaged or unreadable: 'weights'"),
    "not an object": ("json", lambda path: path.write_text("[]"), "is damaged or unreadable"),
    "other format": ("json", claim_other_format, "has format 99; this version reads format 1"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_refused_by_name_and_the_previous_one_is_used(folder, kind):
    suffix, damage, message = DAMAGE[kind]
    damage(folder / f"step-00000030.{suffix}")
    warnings: list[str] = []
    assert checkpoint.load_latest(folder, warnings.append).step == 20
    assert len(warnings) == 1
    assert warnings[0].startswith("refused a checkpoint: ") and "step-00000030" in warnings[0]
    assert message in warnings[0] and warnings[0].endswith("Using the one of step 20 instead")


def test_when_all_are_damaged_it_says_so_and_what_to_do(folder):
    for path in folder.glob("*.safetensors"):
        flip_a_bit(path)
    with pytest.raises(CheckpointError) as error:
        checkpoint.load_latest(folder, refuse)
    text = str(error.value)
    assert "no checkpoint in" in text and "step-00000020" in text and "step-00000030" in text
    assert "Restore the folder from a copy, or train again with another --out" in text


def test_weights_of_a_step_cannot_stand_in_for_another(folder):
    (folder / "step-00000030.safetensors").write_bytes((folder / "step-00000020.safetensors").read_bytes())
    with pytest.raises(CheckpointError, match="was changed after it was written"):
        checkpoint.load(folder, 30)


@pytest.mark.parametrize("writes_before_the_crash", [0, 1])
def test_a_crash_while_saving_leaves_the_last_checkpoint(folder, monkeypatch, writes_before_the_crash):
    """Die before the first rename (weights), or between the two (weights written, JSON not)."""
    real, count = os.replace, 0

    def dying(source, target):
        nonlocal count
        if count == writes_before_the_crash:
            raise KeyboardInterrupt
        count += 1
        real(source, target)

    monkeypatch.setattr(os, "replace", dying)
    # A kill runs no clean-up either.
    monkeypatch.setattr(checkpoint.Path, "unlink", lambda self, missing_ok=False: None)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.save(folder, 40, tensors(40), {"at": 40})
    monkeypatch.undo()
    assert checkpoint.load_latest(folder, refuse).step == 30
    assert len(list(folder.iterdir())) > 4
    checkpoint.remove_leftovers(folder)
    assert len(list(folder.iterdir())) == 4
    checkpoint.save(folder, 40, tensors(40), {"at": 40})
    assert checkpoint.load_latest(folder, refuse).step == 40


def test_views_and_shared_memory_are_saved_by_value(tmp_path):
    base = torch.arange(12.0).view(3, 4)
    checkpoint.save(tmp_path, 1, {"t": base.T, "row": base[1]}, {})
    loaded = checkpoint.load(tmp_path, 1).tensors
    assert torch.equal(loaded["t"], base.T) and torch.equal(loaded["row"], base[1])
