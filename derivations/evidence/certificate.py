"""What a proof by the zero test consists of, in words, and whether SymPy's ring follows it.

    from derivations import certify

    print(certify(sqrt(a) * sqrt(a), a, domain={"a": "unit"}))

The generators are what the two sides are polynomials in, the relations are what the generators obey, and each sign is
shown with the substitution that proves it. The kernel has found them; every line here was checked again with other
arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from derivations.evidence.ring import AGREES, DISAGREES
from derivations.evidence.ring_check import Disagreement, Witness
from derivations.evidence.ring_signs import SignDisagreement
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.signs import Bounds, Sign
from derivations.kernel.signs import Certificate as Substitution
from derivations.language.question import ask


@dataclass(frozen=True)
class Certificate:
    """A proof of lhs = rhs in words. It is no verdict: `decide` gives that.

    opinion: "agrees" when SymPy's ring followed every line to 0, "disagrees" when it did not, "owes" when something is
        missing, "differs" when both agree that left minus right is not 0
    why: what is owed, left, or contradicted; empty when it agrees
    """

    generators: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    values: int = 0
    opinion: str = AGREES
    why: str = ""

    def __str__(self) -> str:
        parts = {"generators": self.generators, "relations": self.relations, "signs": self.signs}
        lines = [f"{name}\n" + "\n".join(f"  {line}" for line in shown) for name, shown in parts.items() if shown]
        said = f"SymPy's ring {self.opinion}: {self.values} values and {len(self.signs)} signs checked"
        return "\n".join([*lines, f"{said}; {self.why}" if self.why else said])


def certify(lhs: Any, rhs: Any, domain: Mapping[str, str] | None = None, facts: Iterable[Any] = ()) -> Certificate:
    """The certificate of lhs = rhs, asked as `decide` is asked, checked on SymPy's ring line by line.

    Raises ValueError on misuse, and TooLarge beyond the kernel's caps.
    """
    q = ask(lhs, rhs, domain, facts)
    w: Witness | None = None
    try:
        w = Witness((*q.hypotheses, *q.facts), [])
        equal = w.same(q.lhs, q.rhs)
    except TooLarge:
        raise
    except (Disagreement, SignDisagreement) as reason:
        return Certificate(opinion=DISAGREES, why=str(reason))
    opinion, why = AGREES, ""
    if w.owed:
        opinion, why = "owes", "; ".join(w.owed)
    elif not equal:
        opinion, why = "differs", "left minus right is not 0"
    return Certificate(_generators(w), _relations(w), _signs(w), w.checked, opinion, why)


def _generators(w: Witness) -> tuple[str, ...]:
    return tuple(f"{g.kind}  {w.name(g.place)}" for g in w.field.generators if not _is_slack(w, g.place))


def _relations(w: Witness) -> tuple[str, ...]:
    return tuple(f"({w.name(place)})**{n} = {w.text(radicand)}" for place, (n, radicand) in w.field.roots.items())


def _signs(w: Witness) -> tuple[str, ...]:
    return tuple(_sign(w, poly, sign) for poly, sign in w.signs.confirmed)


def _sign(w: Witness, poly: Any, sign: Sign) -> str:
    relation = {(1, True): ">", (1, False): ">=", (-1, True): "<", (-1, False): "<="}[sign.value, sign.strict]
    return f"{w.text(poly)} {relation} 0, {in_words(w, sign.certificate)}"


def in_words(w: Witness, certificate: Substitution) -> str:
    """The certificate of a sign as a sentence."""
    kind, *rest = certificate
    if kind == "fact":
        return "which is given"
    if kind == "after":
        return f"with {w.name(rest[0])} from {w.text(rest[1])} > 0, {in_words(w, rest[3])}"
    bounds = [_bounds(w.name(place), b) for place, b in rest[1].items()]
    known = ", ".join(b for b in bounds if b)
    return f"by its coefficients, since {known}" if known else "by its coefficients and even powers"


def _bounds(name: str, b: Bounds) -> str:
    low = "" if b.lo is None else f"{b.lo} {'<' if b.lo_strict else '<='} "
    high = "" if b.hi is None else f" {'<' if b.hi_strict else '<='} {b.hi}"
    return f"{low}{name}{high}" if low or high else ""


def _is_slack(w: Witness, place: int) -> bool:
    data = w.field.generators[place].data
    return isinstance(data, tuple) and data[0] == "slack"
