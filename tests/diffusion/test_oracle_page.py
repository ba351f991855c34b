"""The page on solvers shows the recorded results, and the results are those of the code that is here."""

import json
import re

import pytest

from diffusion.parameterizations import PARAMETERIZATIONS
from diffusion.paths import PATHS
from diffusion.solvers import SOLVERS
from scripts import bench_samplers, charts, oracle_study

ORACLE = json.loads(oracle_study.RESULTS.read_text(encoding="utf-8"))
OVERHEAD = json.loads(bench_samplers.RESULTS.read_text(encoding="utf-8"))


def test_the_page_shows_what_was_measured():
    for name, html in oracle_study.parts(ORACLE).items():
        assert charts.shown(oracle_study.PAGE, name) == html, f"run python scripts/oracle_study.py --page ({name})"
    assert charts.shown(bench_samplers.PAGE, "overhead") == bench_samplers.part(OVERHEAD)


def test_every_combination_was_measured():
    errors = ORACLE["law"]["error"]
    assert set(errors) == set(PATHS)
    for along in errors.values():
        assert set(along) == set(PARAMETERIZATIONS)
        for kind in along.values():
            assert set(kind) == set(SOLVERS)
            assert all(len(values) == len(ORACLE["law"]["steps"]) and min(values) > 0 for values in kind.values())


@pytest.mark.parametrize("name", ["ddim", "dpm_solver_3", "unipc_2", "deis_3", "euler_maruyama"])
@pytest.mark.parametrize("along, kind", [("linear", "eps"), ("flow", "v")])
def test_the_record_can_be_measured_again(name, along, kind):
    steps = ORACLE["law"]["steps"][:3]
    study, recipe = oracle_study.Study(along), oracle_study.recipes()[name]
    recorded = ORACLE["law"]["error"][along][kind][name][:3]
    # float32 and another processor leave a hundredth of what is left.
    assert [study.law_error(recipe, kind, n)[0] for n in steps] == pytest.approx(recorded, rel=0.02, abs=1e-6)


def test_the_recorded_orders_are_the_stated_ones():
    for name, row in ORACLE["orders"].items():
        assert row["gaussian"] == pytest.approx(row["stated"], abs=0.15), name
        assert row["mixture"] == pytest.approx(row["stated"], abs=0.15), name
    exact = {name: ratios[:-1] for name, ratios in ORACLE["exactness"].items() if name != "dpm_solver_pp_2m"}
    assert all(ratio == 1 for ratios in exact.values() for ratio in ratios)
    assert all(ORACLE["noise_free"].values()) and set(ORACLE["noise_free"]) == set(SOLVERS)


def test_a_step_is_ten_times_leaner_than_that_of_diffusers():
    """The recorded figures; nothing is timed here."""
    cost = OVERHEAD["microseconds"]
    assert cost["diffusers DDIM"] > 10 * cost["exegesis ddim"]
    assert cost["diffusers DDPM"] > 10 * cost["exegesis ddpm"]


def test_a_part_that_is_missing_is_named(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("<!-- measured: a -->\nold\n<!-- /measured -->\n")
    charts.refresh(page, "a", "<p>new</p>")
    assert charts.shown(page, "a") == "<p>new</p>"
    with pytest.raises(ValueError, match=r"has no part <!-- measured: b --> ... <!-- /measured -->; add it there"):
        charts.refresh(page, "b", "")


def test_pictures_take_the_colour_of_the_text():
    picture = charts.small_multiples({"one": [(1, 0.1), (10, 0.01)], "two": [(1, 0.2), (10, 0.1)]}, "t", "x", "y", 0.05)
    assert 'stroke="currentColor"' in picture and "#" not in picture and picture.count("<polyline") == 6
    assert charts.bars({"a": 3.0, "b": 30.0}, "t", "µs", ["a"]).count("<rect") == 2


def test_the_code_on_the_page_runs():
    (code,) = re.findall(r"```python\n(.*?)```", oracle_study.PAGE.read_text(encoding="utf-8"), re.S)
    names: dict = {}
    exec(code, names)
    assert names["x"].shape == (1000, 1) and abs(names["x"].mean().item() - 0.1) < 0.1


def test_parameterizations_differ_by_rounding_alone():
    """What the page says of them: within a percent, where the error is above a thousandth, on every path but one."""
    for name, along in ORACLE["law"]["error"].items():
        for key in SOLVERS if name != "laplace" else ():
            for values in zip(*(kind[key] for kind in along.values()), strict=True):
                assert max(values) <= 1.01 * min(values) or max(values) < 1e-3, (name, key)
