"""Every entry of the book has a function or says why not, every function has an entry, and every function is compared."""

from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from derivations.registry import entries
from diffusion.formula import all_ids, variants
from tests.twins.cases import CASES

FUNCTIONS = {(name, variant) for name in all_ids() for variant in variants(name)}


def gaps(corpus: Iterable, functions: set[tuple[str, str]], compared: list[tuple[str, str]]) -> list[str]:
    """What does not fit together between entries, functions (ID, variant) and cases, as sentences."""
    corpus = list(corpus)
    known, named = {entry.id for entry in corpus}, {name for name, _ in functions}
    out = []
    for entry in corpus:
        if entry.id in named and entry.no_twin:
            out.append(f"{entry.id} says that it has no twin ({entry.no_twin}), but a function computes it: drop no_twin")
        if entry.id not in named and not entry.no_twin.strip():
            out.append(
                f"{entry.id} has no function: write one with @formula({entry.id!r}) in diffusion/, or give the entry "
                "no_twin with the reason why it can have none"
            )
    for name, variant in sorted(functions):
        if name not in known:
            out.append(f"{name} is computed by a function, but no entry of the book has this ID")
        if (name, variant) not in compared:
            out.append(f"{name} (variant {variant!r}) is compared with nothing: add a case in tests/twins/cases/")
    for case in compared:
        if case not in functions or compared.count(case) > 1:
            out.append(f"{case[0]} (variant {case[1]!r}) has a case for a function that does not exist, or two cases")
    return out


def test_entries_functions_and_cases_fit_together():
    found = gaps(entries().values(), FUNCTIONS, [(case.id, case.variant) for case in CASES])
    assert not found, "\n".join(found)


def entry(id: str, no_twin: str = "") -> SimpleNamespace:
    return SimpleNamespace(id=id, no_twin=no_twin)


A, B = ("chapter.a", ""), ("chapter.b", "")


@pytest.mark.parametrize("corpus, functions, compared, message", [
    ([entry("chapter.a"), entry("chapter.b")], {A}, [A], "chapter.b has no function: write one with @formula"),
    ([entry("chapter.a"), entry("chapter.b", " ")], {A}, [A], "chapter.b has no function"),
    ([entry("chapter.a", "it is a sign")], {A}, [A], "chapter.a says that it has no twin .it is a sign., but a function"),
    ([entry("chapter.a")], {A, B}, [A, B], "chapter.b is computed by a function, but no entry"),
    ([entry("chapter.a")], {A, ("chapter.a", "matrix")}, [A], "chapter.a .variant 'matrix'. is compared with nothing"),
    ([entry("chapter.a")], {A}, [A, B], "chapter.b .variant ''. has a case for a function that does not exist"),
    ([entry("chapter.a")], {A}, [A, A], "or two cases"),
])  # fmt: skip
def test_meta_a_planted_gap_is_named(corpus, functions, compared, message):
    found = gaps(corpus, functions, compared)
    assert found
    with pytest.raises(AssertionError, match=message):
        raise AssertionError("\n".join(found))


def test_meta_what_fits_is_left_alone():
    assert gaps([entry("chapter.a"), entry("chapter.b", "it is a sign")], {A}, [A]) == []
