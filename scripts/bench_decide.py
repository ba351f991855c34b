"""How fast `decide` is on the identities of the field, beside what SymPy offers, in one run.

    python scripts/bench_decide.py            print the figures
    python scripts/bench_decide.py --keep     put them into docs/measured.json too

Each identity and its mutant is asked three times, and the fastest counts. SymPy's `simplify(lhs - rhs) == 0` and
`(lhs - rhs).equals(0)` are asked once, and given up after some seconds; sums, products, integrals and opaque functions
are left out for them. It takes a few minutes, nearly all of them SymPy's.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sympy import Integral, Product, Sum, Symbol, exp, pi, prod, simplify, sqrt, symbols
from sympy.core.function import AppliedUndef

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from derivations import decide
from derivations.kernel.equality import residual
from derivations.kernel.normal import Normalizer
from derivations.language.question import Question, ask
from tests.decide.identities import Case, identities
from tests.measured import keep

GIVE_UP = 5.0  # seconds
ROUNDS = 3


def milliseconds(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """The fastest of several runs, and what the last one gave."""
    best, out = float("inf"), None
    for _ in range(rounds):
        begin = time.perf_counter()
        out = work()
        best = min(best, 1000 * (time.perf_counter() - begin))
    return best, out


def gaussians(count: int) -> tuple[Any, Any, dict[str, str]]:
    """A product of Gaussian densities in one variable, and the one density that it is a multiple of."""
    x, means, variances = Symbol("x"), symbols(f"m:{count}"), symbols(f"s:{count}")
    pairs = list(zip(means, variances, strict=True))
    lhs = prod([exp(-((x - m) ** 2) / (2 * s)) / sqrt(2 * pi * s) for m, s in pairs])
    precision = sum(1 / s for s in variances)
    mean = sum(m / s for m, s in pairs) / precision
    rest = sum(m**2 / s for m, s in pairs) - mean**2 * precision
    rhs = exp(-((x - mean) ** 2) * precision / 2 - rest / 2) / sqrt((2 * pi) ** count * prod(variances))
    words = {"x": "real", **{str(m): "real" for m in means}, **{str(s): "positive" for s in variances}}
    return lhs, rhs, words


def zero_test(question: Question) -> bool:
    """The kernel's part of a decision: whether left minus right is 0, with nothing owed."""
    n = Normalizer([*question.hypotheses, *question.facts])
    return residual(n, question.lhs, question.rhs)[0] and not n.owed


@contextlib.contextmanager
def given_up_after(seconds: float) -> Iterator[None]:
    """Raise TimeoutError in what takes longer."""

    def stop(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def with_signs(case: Case) -> dict[Symbol, Symbol]:
    """The symbols of a case as SymPy can be told about them: it knows positive and real, but no unit interval."""
    known = {"unit": {"positive": True}, "positive": {"positive": True}, "nonnegative": {"nonnegative": True}}
    return {Symbol(n): Symbol(n, **known.get(w, {"integer": True} if w == "integer" else {"real": True}))
            for n, w in case.domain.items()}  # fmt: skip


def sympy_can_try(case: Case) -> bool:
    """Whether the case is made of elementary functions of symbols alone."""
    return not any(e.has(Sum, Product, Integral, AppliedUndef) for e in (case.lhs, case.rhs) if hasattr(e, "has"))


def ask_sympy(cases: list[Case], question: Callable[[Any], Any]) -> tuple[list[float], int]:
    """The times of a SymPy function on the differences, and how many it found to be 0."""
    times, found = [], 0
    for case in cases:
        gap = (case.lhs - case.rhs).subs(with_signs(case))
        begin = time.perf_counter()
        with contextlib.suppress(Exception), given_up_after(GIVE_UP):
            found += question(gap) is True
        times.append(1000 * (time.perf_counter() - begin))
    return times, found


def main() -> None:
    """Measure, print, and keep the figures when asked to."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--keep", action="store_true", help="put the figures into docs/measured.json")
    keeping = options.parse_args().keep
    cases = identities()
    rows = [(*milliseconds(lambda c=c: decide(c.lhs, c.rhs, c.domain, c.facts)), c.name) for c in cases]
    rows += [(*milliseconds(lambda c=c: decide(c.lhs, c.wrong, c.domain, c.facts)), c.name) for c in cases]
    times = [row[0] for row in rows]
    decided = sum(verdict.status != "undecided" for _, verdict, _ in rows)
    slowest = max(rows, key=lambda row: row[0])
    sides = [(c, rhs) for c in cases for rhs in (c.rhs, c.wrong)]
    questions = [ask(c.lhs, rhs, c.domain, c.facts) for c, rhs in sides]
    tests = [milliseconds(lambda q=q: zero_test(q))[0] for q in questions]
    lhs, rhs, words = gaussians(12)
    twelve, verdict = milliseconds(lambda: decide(lhs, rhs, words))
    alone = milliseconds(lambda: zero_test(ask(lhs, rhs, words, ())))[0]
    figure = (
        f"{decided} of {len(rows)} questions decided; zero test: median {statistics.median(tests):.2f} ms, "
        f"worst {max(tests):.1f} ms; with reading, and with numbers that support or refute: median "
        f"{statistics.median(times):.2f} ms, worst {slowest[0]:.1f} ms ({slowest[2]}); a product of 12 Gaussians "
        f"{verdict.status} in {twelve:.0f} ms, {alone:.0f} ms of them for reading and the zero test"
    )
    print(figure)
    mine = [c for c in cases if sympy_can_try(c)]
    ours = statistics.median(times[k] for k, c in enumerate(cases) if sympy_can_try(c))
    beside = []
    for name, question in (("simplify", lambda e: bool(simplify(e) == 0)), ("equals", lambda e: e.equals(0))):
        theirs, found = ask_sympy(mine, question)
        ratio = statistics.median(theirs) / ours
        beside.append(f"SymPy's {name} finds {found} of {len(mine)} true ones, {ratio:.0f} times slower in the median")
        print(beside[-1])
    if keeping:
        what = "How fast `decide` is on identities of the field."
        keep("decide.speed", what, "; ".join([figure, *beside]), "python scripts/bench_decide.py")


if __name__ == "__main__":
    main()
