"""A campaign of questions that are made to hurt: towers of powers, long sums, nested roots, wild derivatives.

    python -m tests.decide.hostile --questions 5000 --seed 1 --keep

Each question is asked under limits, in the worker. Whatever it is, `decide` answers: it raises nothing, its process does
not die, and hardly ever is the limit of time what ends it. Wrong answers are looked for elsewhere (`campaign`).
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from derivations import Alarm, Limits, decide
from derivations.kernel.terms import (
    INT,
    Term,
    TermError,
    app,
    diff,
    exp,
    function,
    integral,
    log,
    num,
    power,
    prod_,
    show,
    sqrt,
    sum_,
    sym,
)
from derivations.worker import WorkerError
from tests import measured

x, y, z, n, i = sym("x"), sym("y"), sym("z"), sym("n", INT), sym("i", INT)
ATOMS = (x, y, z, num(2), num(3), num(Fraction(1, 2)), num(-1), num(7**40), num(10**6))
DOMAIN = {"x": "positive", "y": "positive", "z": "unit", "n": "integer"}
EXPONENTS = (2, 3, -1, 17, 40, Fraction(1, 2), Fraction(-3, 7))
LIMITS = Limits(seconds=5, megabytes=2000)


def grown(rng: random.Random) -> tuple[Term, Term]:
    """Two terms, each made by up to fourteen operations from what was made before. Raises TermError beyond the caps."""
    pool = list(ATOMS)
    for _ in range(rng.randint(3, 14)):
        a, b = rng.choice((*pool[-6:], *ATOMS)), rng.choice((*pool[-6:], *ATOMS))
        pool.append(rng.choice(_operations(a, b, rng))())
    return pool[-1], pool[-2]


def _operations(a: Term, b: Term, rng: random.Random) -> list[Callable[[], Term]]:
    return [
        lambda: a + b, lambda: a * b, lambda: a / b, lambda: a - b, lambda: power(a, b),
        lambda: power(a, num(rng.choice(EXPONENTS))), partial(sqrt, a), partial(exp, a), partial(log, a),
        partial(function, "sin", a), lambda: app("f", a, b),
        lambda: sum_(i, 1, rng.choice((3, 30, n)), a * i + b), lambda: prod_(i, 1, rng.choice((3, 12, n)), a + i),
        lambda: diff(x, a), lambda: integral(y, exp(-(y**2)) * a),
    ]  # fmt: skip


def campaign(questions: int, seed: int) -> Counter[str]:
    """Ask so many questions, and count what became of them."""
    rng, count = random.Random(seed), Counter[str]()
    while count.total() < questions:
        try:
            lhs, rhs = grown(rng)
        except TermError:
            count["refused as a term"] += 1
            continue
        try:
            verdict = decide(lhs, rhs, DOMAIN, limits=LIMITS)
        except (Alarm, WorkerError, ValueError, ArithmeticError) as error:
            count["raised"] += 1
            print(f"{type(error).__name__}: {str(error)[:200]}: {show(lhs)[:200]} = {show(rhs)[:200]}", flush=True)
            continue
        stopped = verdict.reason.startswith(("took more", "the worker ended"))
        count["ended by a limit" if stopped else verdict.status] += 1
    return count


def main() -> int:
    """Run the campaign from the command line."""
    options = argparse.ArgumentParser()
    options.add_argument("--questions", type=int, default=5000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", action="store_true", help="keep the figure for the trust page")
    asked = options.parse_args()
    count = campaign(asked.questions, asked.seed)
    rest = ", ".join(f"{count[word]:,} {word}" for word in ("refuted", "undecided", "proved", "refused as a term"))
    figure = (
        f"{count['raised']} of {asked.questions:,} raised an error, {count['ended by a limit']} met a limit; {rest}"
    )
    print(figure)
    if asked.keep and not count["raised"]:
        measured.keep(
            "hostile", "Questions made to hurt, each under limits of 5 s and 2,000 MB.", figure,
            f"python -m tests.decide.hostile --questions {asked.questions} --seed {asked.seed} --keep",
        )  # fmt: skip
    return 1 if count["raised"] else 0


if __name__ == "__main__":
    sys.exit(main())
