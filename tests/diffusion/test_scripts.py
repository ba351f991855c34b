"""The long measurements: what is finished is kept, and what cannot run here says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from scripts import beside, digits, record
from scripts.eight_to_moons import moons
from scripts.record import Record, spread

ROOT = Path(__file__).parents[2]


def test_a_record_computes_a_cell_once_and_says_with_what(tmp_path):
    asked = []

    def compute() -> dict:
        asked.append(1)
        return {"error": 0.5}

    for _ in range(2):
        record = Record(tmp_path / "r.json", "About.", ("torch",))
        assert record.cell("one", compute)["error"] == 0.5
    assert len(asked) == 1
    stored = json.loads((tmp_path / "r.json").read_text())
    assert f"torch {torch.__version__}" in stored["cells"]["one"]["made"] and stored["about"] == "About."
    with pytest.raises(ZeroDivisionError):
        record.cell("two", lambda: {"error": 1 / 0})
    assert list(json.loads((tmp_path / "r.json").read_text())["cells"]) == ["one"]


def test_a_record_forgets_what_is_to_be_measured_again(tmp_path):
    record = Record(tmp_path / "a.json", "about")
    record.cell("a", lambda: {"value": 1})
    record.cell("b", lambda: {"value": 1})
    record.forget(["a", "not there"])
    assert record.cell("a", lambda: {"value": 2})["value"] == 2 and record.cell("b", lambda: {"value": 2})["value"] == 1


def test_rows_of_the_digits_that_are_not_measured_say_so(tmp_path):
    record = Record(tmp_path / "digits.json", "about")
    found = {"distances": {name: [1.0, 0.1] for name in ("frechet distance", "precision", "recall")}}
    found["notes"] = {"accuracy of the classifier": 0.98}
    first, *others = digits.ROWS
    for name in (digits.REFERENCE, first):
        record.cell(name, lambda: found)
    rows = {row[0]: row[1:] for row in digits.tables(record)[0]["rows"]}
    assert list(rows) == [digits.REFERENCE, first, *others] and rows[first][0].startswith("1.0")
    assert all(rows[name] == ["not measured yet", "", "", ""] for name in others)


def test_the_spread_of_runs_is_their_standard_deviation():
    assert spread([1.0, 3.0]) == "2.0 ± 1.4" and spread([2.0]) == "2.000"


def test_the_moons_are_those_of_the_figure():
    """Three times (half circle plus a uniform number along the diagonal), minus one."""
    x = (moons(4000, torch.Generator().manual_seed(0)) + 1) / 3
    lift = torch.minimum(*[_least_lift(x - torch.tensor(c), side) for c, side in (((0.0, 0.0), 1), ((1.0, 0.5), -1))])
    assert lift.min() + 1e-4 >= 0 and lift.max() < 0.2 + 1e-4 and abs(lift.mean() - 0.1) < 0.01


def _least_lift(x: torch.Tensor, sign: int) -> torch.Tensor:
    """The number of 0..0.2 that puts a point on the half circle |x - u| = 1 of a side; 9 where there is none."""
    b, c = x.sum(1), x.square().sum(1) - 1
    roots = torch.stack([(b - s * (b**2 - 2 * c).clamp(min=0).sqrt()) / 2 for s in (1, -1)])
    on_side = sign * (x[:, 1] - roots) >= -1e-3
    fits = (roots > -1e-4) & (roots < 0.2 + 1e-4) & on_side
    return torch.where(fits, roots, torch.full_like(roots, 9.0)).amin(0)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_the_runs_for_one_say_so():
    done = subprocess.run([sys.executable, "scripts/mnist_gpu.py"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "PyTorch sees no GPU here" in done.stderr and "Nothing was measured" in done.stderr


def test_what_was_promised_stands_beside_what_was_measured():
    ratios = {"a step of ddim / diffusers DDIM": 12.5, "flow matching, independent / torchcfm": 1.7}
    ratios |= {"flow matching, optimal transport / torchcfm": 1.5, "U-Net, small / denoising-diffusion-pytorch": 1.3}
    (table,) = beside.tables(ratios)
    assert table["rows"] == [
        ["a step of ddim", "diffusers DDIM", "12.50", "at least 10"],
        ["flow matching, independent", "torchcfm", "1.70", "at least 1.5"],
        ["flow matching, optimal transport", "torchcfm", "1.50", ""],
        ["U-Net, small", "denoising-diffusion-pytorch", "1.30", "at least 1"],
    ]


def test_the_device_is_named_although_another_package_is_called_tests(tmp_path, monkeypatch):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tests", raising=False)
    monkeypatch.delitem(sys.modules, "tests.measured", raising=False)
    assert "thread" in record.device() or torch.cuda.is_available()
