"""Free coordinates: the schedule as independent numbers, so that a formula becomes a closed identity.

Of the quantities alpha_i and alpha_bar_i that a formula mentions, the lowest alpha_bar and the alphas above it are
independent, each anywhere in (0, 1); the others are their products. A proof in these coordinates holds for every
schedule, and every point in them belongs to one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from fractions import Fraction
from functools import lru_cache

from derivations.deciding import decide
from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import INT, REAL, Term, app, div, is_scalar, log, mul, num, prod_, sqrt, sym
from derivations.reading.notation.unfolding import join_index, replaced, split_index

MAX_SPAN = 8
GLYPHS = {
    "alpha": "α", "alpha_bar": "ᾱ", "beta": "β", "sigma": "σ", "lambda": "λ", "gamma": "γ", "eps": "ε", "eta": "η",
    "eps_theta": "ε_θ", "mu": "μ", "tau": "τ", "theta": "θ", "delta": "δ", "xi": "ξ", "kappa": "κ",
    "Delta": "Δ", "rho": "ρ",
}  # fmt: skip
Place = tuple[Term | None, Fraction]


@lru_cache(maxsize=4000)  # the same terms are asked many times in turn
def walk(t: Term) -> tuple[Term, ...]:
    """Every part of a term."""
    parts, stack = [], [t]
    while stack:
        t = stack.pop()
        parts.append(t)
        if t.op not in ("num", "sym"):
            stack.extend([a for a in t.args if isinstance(a, Term)])
    return tuple(parts)


def pretty(name: str, index: Term | None = None) -> str:
    """A name as people write it: ᾱ_{t-1}."""
    text = GLYPHS.get(name, name)
    if index is None:
        return text
    parts = split_index(index)
    if parts is None:
        shown = repr(index)
    elif parts[0] is None:
        shown = str(parts[1])
    else:
        base = parts[0].args[0] if parts[0].op == "sym" else _nested(parts[0])
        shown = base + (f"{'+' if parts[1] > 0 else '-'}{abs(parts[1])}" if parts[1] else "")
    return f"{text}_{shown}" if len(shown) == 1 else f"{text}_{{{shown}}}"


def _nested(t: Term) -> str:
    """An index that has an index, as people write it: t_{i-1}; no two of them alike."""
    return pretty(t.args[0], t.args[1]) if len(t.args) == 2 and is_scalar(t.args[1]) else repr(t)


def products(t: Term) -> Term:
    """Products of neighbouring alphas as quotients of alpha_bars: prod_{s=1}^t alpha_s is alpha_bar_t."""
    args = tuple(products(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "prod":
        return t
    i, lo, hi, body = t.args
    power = _power_of_alpha(body, i)
    if power is None:
        return t
    below = split_index(lo)
    if below is None:
        return t
    start = join_index(below[0], below[1] - 1)
    value = app("alpha_bar", hi) if start == num(0) else div(app("alpha_bar", hi), app("alpha_bar", start))
    return power(value)


def _power_of_alpha(body: Term, i: Term) -> Callable[[Term], Term] | None:
    """Which of alpha_i, its root and its square a factor is, however it is written: 1 - beta_i is alpha_i."""
    names = {p for p in walk(body) if p.op == "app"}
    alphas = [p for p in names if p.args[0] == "alpha" and p.args[1].op == "sym" and p.args[1].args == i.args]
    if len(names) != 1 or len(alphas) != 1:
        return None
    a = sym("α", REAL)
    inside = replaced(body, alphas[0], a)
    powers: tuple[Callable[[Term], Term], ...] = (lambda t: t, sqrt, lambda t: mul(t, t))
    same = (p for p in powers if decide(inside, p(a), domain={"α": "unit"}).status == "proved")
    return next(same, None) if inside.free == {a} else None


def sums(t: Term) -> Term:
    """Sums of logarithms of neighbouring alphas as logarithms of alpha_bars."""
    args = tuple(sums(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "sum" or t.args[3].op != "log":
        return t
    i, lo, hi, body = t.args
    whole = Term("prod", (i, lo, hi, body.args[0]), REAL)
    value = products(whole)
    return t if value == whole else log(value)


def bound_schedule(*terms: Term, by: Collection[str] = ("sum", "prod", "int", "diff")) -> bool:
    """Whether an alpha or alpha_bar has an index that a sum or product binds, or the time of an integral or a slope,
    and there is another one: the two hang together, and no coordinates are free.
    """
    bound = {p.args[0].args[0] for t in terms for p in walk(t) if p.op in by}
    parts = {p for t in terms for p in walk(t) if p.op == "app" and p.args[0] in ("alpha", "alpha_bar")}
    return len(parts) > 1 and any(s.args[0] in bound for p in parts for a in p.args[1:] for s in a.free)


def unrolled(t: Term) -> Term:
    """The term with every alpha_bar as the product of its alphas. Raises ValueError when one has no whole index."""
    args = tuple(unrolled(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "alpha_bar":
        return t
    parts = split_index(t.args[1]) if len(t.args) == 2 else None
    if parts is None or parts[1].denominator != 1 or (parts[0] is not None and parts[0].op != "sym"):
        raise ValueError("an index that is no step")
    s = sym(f"step {t.args[1]!r}", INT)
    return prod_(s, num(1), t.args[1], app("alpha", s))


def whole(*terms: Term) -> list[Term]:
    """The terms with one sort for each name: what is an integer somewhere, such as the index of a sum, is one
    everywhere; with a schedule under a sum, all indices are.
    """
    names = {s.args[0] for t in terms for s in _symbols(t) if s.sort == INT}
    if bound_schedule(*terms, by=("sum", "prod")):
        named = [p for t in terms for p in walk(t) if p.op == "app" and p.args[0] in ("alpha", "alpha_bar")]
        names |= {s.args[0] for p in named for a in p.args[1:] for s in _symbols(a)}
    return [_as_integers(t, names) for t in terms]


def _symbols(t: Term) -> Iterator[Term]:
    return (p for p in walk(t) if p.op == "sym")


def _as_integers(t: Term, names: set[str]) -> Term:
    if t.op == "sym":
        return sym(t.args[0], INT) if t.args[0] in names and t.sort == REAL else t
    args = tuple(_as_integers(a, names) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def schedule(*terms: Term) -> tuple[list[Term], dict[str, str]]:
    """The terms with alpha and alpha_bar in free coordinates, and the domain of each coordinate."""
    bound = {p.args[0].args[0] for t in terms for p in walk(t) if p.op in ("sum", "prod", "int", "diff")}
    found: dict[Term | None, dict[str, set[Fraction]]] = {}
    for t in terms:
        for p in walk(t):
            place = _place(p, bound)
            if place is not None:
                found.setdefault(place[0], {"alpha": set(), "alpha_bar": set()})[p.args[0]].add(place[1])
    table: dict[tuple[str, Term | None, Fraction], Term] = {}
    domain: dict[str, str] = {}
    for base, offsets in found.items():
        _chart(base, offsets, table, domain)
    return [_replaced(t, table, bound) for t in terms], domain


def _place(t: Term, bound: set[str]) -> Place | None:
    """The base and offset of an alpha or alpha_bar with a free index."""
    if t.op != "app" or t.args[0] not in ("alpha", "alpha_bar") or len(t.args) != 2:
        return None
    parts = split_index(t.args[1])
    if parts is None or any(s.args[0] in bound for s in t.args[1].free) or parts[1].denominator != 1:
        return None
    return parts


def _chart(
    base: Term | None,
    offsets: dict[str, set[Fraction]],
    table: dict[tuple[str, Term | None, Fraction], Term],
    domain: dict[str, str],
) -> None:
    def unit(name: str, k: Fraction) -> Term:
        s = sym(pretty(name, join_index(base, k)), REAL)
        domain[s.args[0]] = "unit"
        return s

    bars, alphas = sorted(offsets["alpha_bar"]), offsets["alpha"]
    low = Fraction(0) if base is None else (bars[0] if bars else None)
    if low is not None and bars:
        at = num(1) if base is None else unit("alpha_bar", low)
        table["alpha_bar", base, low] = at
        k = low
        while k < bars[-1] and k - low < MAX_SPAN:
            k += 1
            at = mul(at, unit("alpha", k)) if at != num(1) else unit("alpha", k)
            table["alpha_bar", base, k] = at
    for k in alphas:
        table["alpha", base, k] = unit("alpha", k)


def _replaced(t: Term, table: dict[tuple[str, Term | None, Fraction], Term], bound: set[str]) -> Term:
    place = _place(t, bound)
    if place is not None:
        return table.get((t.args[0], *place), t)
    args = tuple(_replaced(a, table, bound) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)
