"""Every verdict of the corpora, as text: run as a script, it says what the kernel does in this process.

    python -m tests.kernel.survive.verdicts [poison] [opinions] [book]

With `poison`, SymPy is broken first: simplify gives 0, equals says True, integrate and diff give nonsense.
With `opinions`, the second opinion is asked too. With `book`, every entry of the book is proved, and its statement's
digest is given.
"""

import sys


def poison():
    """Break what a checker that leans on SymPy would lean on."""
    import sympy

    def zero(*args, **kwargs):
        return sympy.Integer(0)

    for name in (
        "simplify",
        "diff",
        "limit",
        "factor",
        "expand",
        "solve",
        "cancel",
        "together",
        "radsimp",
        "nsimplify",
    ):
        setattr(sympy, name, zero)
    sympy.integrate = lambda *args, **kwargs: sympy.Symbol("garbage")
    for cls in (sympy.Basic, sympy.Expr):
        cls.equals = lambda self, other, **kwargs: True
        cls.simplify = zero
    sympy.Expr.diff = zero
    sympy.Expr.__eq__ = lambda self, other: True


def verdicts():
    """One line for each case: what was proved, or why it was refused."""
    from derivations.kernel.terms import TermError
    from derivations.kernel.theorem import RuleError
    from tests.kernel.test_rules import ACCEPT, REJECT

    for table in (ACCEPT, REJECT):
        for rule, cases in table.items():
            for number, (call, _) in enumerate(cases):
                try:
                    yield f"{rule} {number}: {call()}"
                except (RuleError, TermError) as e:
                    yield f"{rule} {number} refused: {e}"


def opinions():
    """What the second opinion says of some of them."""
    from derivations.evidence.ring import opinion
    from tests.kernel.accept.equality import ACCEPT

    for call, _ in ACCEPT["algebra"]:
        yield f"second opinion: {opinion(call()).verdict}"


def book():
    """The verdict and the statement's digest of every entry."""
    from derivations.registry import entries, judge

    for entry in entries().values():
        yield f"book {entry.id}: {judge(entry).verdict} {entry.digest()}"


if __name__ == "__main__":
    if "poison" in sys.argv:
        poison()
    print(*verdicts(), sep="\n")
    if "opinions" in sys.argv:
        print(*opinions(), sep="\n")
    if "book" in sys.argv:
        print(*book(), sep="\n")
