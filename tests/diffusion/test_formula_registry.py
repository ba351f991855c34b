"""The registry: it finds functions by ID, refuses duplicates, and its errors say what to do."""

import re
from pathlib import Path

import pytest

import diffusion
from diffusion import formula as registry
from diffusion.formula import DuplicateFormula, UnknownFormula, all_ids, find, formula, variants

PACKAGE = Path(diffusion.__file__).parent


def test_find_returns_the_function_of_an_id():
    from diffusion import posterior

    assert find("posterior.mean") is posterior.mean
    assert find("posterior.mean", "coefficients") is posterior.mean_coefficients
    assert set(variants("loss.eps_weight")) == {"", "beta", "beta_tilde"}


def test_every_id_has_a_default_function():
    assert len(all_ids()) >= 53
    for formula_id in all_ids():
        assert "" in variants(formula_id), f"{formula_id} has only named variants"


def test_unknown_id_names_the_nearest():
    with pytest.raises(
        UnknownFormula,
        match=r"no function in diffusion/ computes the formula 'posterior.men'; did you mean posterior.mean",
    ):
        find("posterior.men")
    with pytest.raises(UnknownFormula, match="did you mean"):
        variants("posterior.men")
    with pytest.raises(
        UnknownFormula, match=r"formula 'posterior.mean' has no variant 'x'; it has: '', 'coefficients'"
    ):
        find("posterior.mean", "x")


def test_duplicate_raises_and_names_both(monkeypatch):
    monkeypatch.setattr(registry, "_FUNCTIONS", {})

    @formula("a.b")
    def first() -> None: ...

    @formula("a.b", variant="other")
    def second() -> None: ...

    with pytest.raises(DuplicateFormula, match=r"formula 'a.b' is claimed twice: by .*first and by .*third"):

        @formula("a.b")
        def third() -> None: ...


def test_malformed_id_raises():
    with pytest.raises(ValueError, match=r"is not of the form 'chapter.name' in lower case"):
        formula("Posterior Mean")


def test_module_docstrings_list_the_ids_they_implement():
    """A module that registers formulas names each of them in its docstring."""
    for name in registry.MODULES:
        path = PACKAGE / f"{name.removeprefix('diffusion.')}.py"
        text = path.read_text(encoding="utf-8")
        registered = set(re.findall(r'@formula\("([a-z0-9_.]+)"', text))
        listing = re.search(r"^Formulas?:(.*?)(?:\n\n|\.\n)", text.split('"""')[1] + "\n\n", re.S | re.M)
        assert listing, f"{name} has no list of formulas"
        listed = set(re.findall(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+", listing.group(1)))
        assert listed == registered, name


def test_no_module_outside_the_list_registers_formulas():
    known = {f"{name.removeprefix('diffusion.')}.py" for name in registry.MODULES}
    for path in PACKAGE.rglob("*.py"):
        if "\n@formula(" in path.read_text(encoding="utf-8"):
            assert str(path.relative_to(PACKAGE)) in known
