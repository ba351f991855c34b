"""Every formula has a function in PyTorch or says why it can have none; every function has a formula."""

from derivations.registry import entries
from diffusion.formula import all_ids


def missing(formulas: dict[str, str], functions: set[str]) -> list[str]:
    """The formulas (ID to the reason for having no twin, or "") that have neither a function nor a reason."""
    return sorted(name for name, reason in formulas.items() if name not in functions and not reason)


FORMULAS = {name: entry.no_twin for name, entry in entries().items()}


def test_a_formula_without_a_function_says_why() -> None:
    assert missing(FORMULAS, set(all_ids())) == []


def test_a_function_implements_a_formula_of_the_book() -> None:
    assert sorted(set(all_ids()) - set(FORMULAS)) == []


def test_a_function_that_is_gone_is_missed() -> None:
    assert missing(FORMULAS, set(all_ids()) - {"posterior.variance"}) == ["posterior.variance"]
