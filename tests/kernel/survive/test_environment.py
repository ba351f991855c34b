"""The kernel says the same whatever surrounds it: -O, hash seeds, a broken SymPy, threads."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.terms import TermError, lt, sqrt, sym
from derivations.kernel.theorem import RuleError
from tests.kernel.accept import decay, equality, integrals, sums
from tests.kernel.reject import equality as no_equality
from tests.kernel.reject import integrals as no_integrals

SCRIPT = ["-m", "tests.kernel.survive.verdicts"]


def run(seed, *words, options=()):
    command = [sys.executable, *options, *SCRIPT, *words]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def usual():
    return run("0", "opinions", "book")


def test_the_usual_process_proves_and_refuses(usual):
    assert sum(" refused: " in line for line in usual) > 250
    assert sum("|- " in line and " refused: " not in line for line in usual) > 120
    assert [line for line in usual if line.startswith("second opinion")].count("second opinion: agrees") >= 8
    proved = [line for line in usual if line.startswith("book ") and ": proved " in line]
    assert len(proved) >= 57 and not any(": undecided " in line for line in usual)


def test_without_asserts_and_with_another_hash_seed_nothing_changes(usual):
    """python -O takes every assert away; another seed changes the order of every set."""
    usual = [line for line in usual if not line.startswith("second opinion")]
    assert run("12345", "book", options=["-O"]) == usual


def test_a_poisoned_computer_algebra_system_changes_nothing(usual):
    """Kernel and second opinion use SymPy's polynomial ring at most, never its simplifications."""
    assert run("7", "poison", "opinions", "book") == usual


def outcome(call):
    try:
        return str(call())
    except (RuleError, TermError) as e:
        return f"refused: {e}"


def test_threads_do_not_disturb_each_other():
    tables = [m.ACCEPT for m in (equality, integrals, sums, decay)] + [no_equality.REJECT, no_integrals.REJECT]
    calls = [call for table in tables for cases in table.values() for call, _ in cases]
    alone = [outcome(call) for call in calls]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(outcome, calls * 2))
    assert together == alone * 2


def test_what_one_decision_was_told_is_gone_in_the_next():
    x = sym("x")
    assert algebra(sqrt(x**2), x, (lt(0, x),))
    with pytest.raises(RuleError, match="owes"):
        algebra(sqrt(x**2), x)
