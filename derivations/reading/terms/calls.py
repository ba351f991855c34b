"""How a name is read with what stands around it: its scripts, the bracket behind it, the signs between terms."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from derivations.kernel.terms import REAL, Term, num
from derivations.reading.terms.signature import (
    DENSITIES,
    FIELDS,
    INDICES,
    PARAMETERS,
    TIMELIKE,
    VECTORS,
    Signature,
    is_index,
    key_of,
    label,
)
from derivations.reading.terms.sums import over_values
from derivations.reading.text.letters import GREEK
from derivations.reading.text.syntax import Item, Row, UnreadError, leaves, show

IGNORED = ("sep", "text")
TILTED = frozenset({"p_tilde", "q_tilde", "p_hat", "p_bar"})  # densities, where they are given something
NETWORKS = frozenset({"theta", "phi", "psi", "vartheta"})  # the parameters of networks
DIRECTIONS, MOVING = frozenset("FBR"), frozenset("XxYyZzWw")
BLOCKS = frozenset("xyzuvpq")
COUNTS = frozenset("NTK")  # how many steps there are
COMPONENTS, COUNTED = frozenset("ijklmnbf"), frozenset("xyzXYZbvu")
LOSSES = frozenset({"L", "cal L", "ell", "J"})


# above a name, as in \theta^- and X_t^\leftarrow
SIGNS = {"*": "star", "-": "minus", "+": "plus", "<-": "left", "->": "right", "perp": "perp"}


def label_above(item: Item) -> str:
    """A superscript that is a label: x^{(i)}, v^{[x_1, x_0]}, x^*, q^{sample}."""
    top = item.sup
    if not top:
        return ""
    if len(top) == 1 and top[0].kind == "bracket" and top[0].text in ("()", "[]") and not top[0].sup:
        return show(top).replace(" ", "")
    if (
        len(top) == 1
        and top[0].kind in ("name", "text")
        and (
            len(top[0].text) > 1 + (top[0].text in GREEK)
            and top[0].text != "top"
            and top[0].text not in PARAMETERS
            and top[0].text not in ("alpha", "beta", "gamma", "lambda", "eta", "infinity")
        )
    ):
        return top[0].text
    if _names_a_block(item):
        return "".join(i.text for i in top)
    if len(top) == 1 and top[0].kind in ("op", "rel") and top[0].text in SIGNS:
        return SIGNS[top[0].text]
    seps = [i for i in top if (i.kind, i.text) == ("sep", ",")]
    listed = bool(seps) and all(i.text in PARAMETERS for i in top if i not in seps)
    if listed and item.kind == "name" and item.text != "e":  # a field with the parameters of two networks
        return show(top).replace(" ", "")
    return show(top).replace(" ", "") if len(top) == 1 and _names(item, top[0]) else ""


def _names_a_block(item: Item) -> bool:
    """Whether two states above a capital name a block of it, as in Sigma^{xx} and L_t^{xv}."""
    letters = all(i.kind == "name" and i.text in BLOCKS and not i.sub and not i.sup for i in item.sup)
    return letters and len(item.sup) == 2 and item.kind == "name" and item.text[:1].isupper()


def _names(item: Item, top: Item) -> bool:
    """Whether one item above a letter is part of its name: the parameters of a network as in s_t^theta(x), words, or
    the vector that a loss is about as in L_t^v.
    """
    if item.kind != "name" or item.text in ("e", "exp") or top.sup or top.primes:
        return False
    if top.kind == "text":
        return top.text not in ("T", "t", "H", "-1") and any(c.isalpha() for c in top.text)
    if top.kind != "name":
        return False
    if top.text in DIRECTIONS and item.text in MOVING and is_index(item.sub):
        return True  # X_t^F and X_t^B run forward and back
    if top.text in COMPONENTS and item.text in COUNTED and is_index(item.sub):
        return True  # x_t^i is one token of a state, and b_t^f a field
    return (
        (top.text in NETWORKS and key_of(item).split("_")[0] in FIELDS | DENSITIES | {"Sigma"})
        or "bold" in top.marks
        or (item.text in LOSSES and top.text in VECTORS)
        or top.text == "infinity"  # a limit, and no power
    )


def timed(following: Item | None) -> bool:
    """Whether a bracket holds a single time."""
    return (
        following is not None
        and len(following.cells) == 1
        and len(following.cells[0]) == 1
        and following.cells[0][0].text in TIMELIKE
    )


def of_time(following: Item) -> bool:
    """Whether a bracket holds a time, or one reckoned from another as in g(1 - tau), beta(T - t) and beta(i / N)."""
    inside = following.cells[0] if len(following.cells) == 1 else ()
    if _is_part_of_time(inside):
        return True
    times = [i for i in inside if i.kind == "name"]
    counted = all(i.kind in ("name", "number") or (i.kind == "op" and i.text in "+-") for i in inside)
    return bool(times) and counted and all(i.text in TIMELIKE and not i.marks for i in times)


def _is_part_of_time(row: Row) -> bool:
    """Whether a row is a step over the number of steps."""
    parts = row[0].cells if len(row) == 1 and row[0].kind == "frac" else (row[:1], row[2:])
    quotient = len(row) == 1 or (len(row) == 3 and (row[1].kind, row[1].text) == ("op", "/"))
    return quotient and len(parts) == 2 and [lone(p) for p in parts] == [True, True] and parts[1][0].text in COUNTS


def interpolates(item: Item, following: Item | None) -> bool:
    """Whether a name with its bracket is an interpolant I(t, x_0, x_1), and no mutual information I(X; Y)."""
    listed = following is not None and len(following.cells) > 1 and set(following.seps) == {","}
    return item.text == "I" and not (item.sub or item.marks) and listed


def is_density(item: Item, following: Item) -> bool:
    """Whether p(...) is a density; p_i^{x}(1-p_i)^{1-x} is a product of numbers."""
    inside = following.cells[0]
    number = len(following.cells) == 1 and bool(
        (item.sup and not label_above(item))
        or any(i.kind == "op" and i.text in "+-" for i in inside)
        or (inside and inside[0].kind == "number")
    )
    named = key_of(item) in DENSITIES or (key_of(item) in TILTED and any("|" in s for s in following.seps))
    return named and "bold" not in item.marks and following.text[0] in "([" and not number


def as_state(key: str, arguments: tuple[Term, ...], sort: tuple, data_x: bool) -> tuple[str, tuple[Term, ...]]:
    """Of a document that writes z for the state: z_t as x_t, and x as x_0."""
    if key == "z" and arguments:
        return "x", arguments
    if data_x and key in ("x", "x_hat", "x_tilde") and not arguments and sort[0] == "vec":
        return key, (num(0),)
    return key, arguments


def is_d(item: Item) -> bool:
    """Whether an item is a plain d."""
    return item.kind == "name" and item.text == "d" and not item.sub and not item.marks


def dimensional(row: Row) -> bool:
    """Whether every d in a formula is the dimension: one stands alone, or before another number in a sum of which not
    all has a d, nothing is integrated, and none is above a d.
    """
    inside = list(leaves(row))
    if any(i.kind == "big" and i.text == "int" for i in inside):
        return False
    if any(i.kind == "frac" and all(c and is_d(c[0]) for c in i.cells) for i in inside):
        return False
    parts = [row, *(c for i in inside for c in i.cells)]
    pairs = [(i, part[k + 1 : k + 2]) for part in parts for k, i in enumerate(part)]
    if any(is_d(i) and (not after or after[0].kind == "op") for i, after in pairs):
        return True
    if any(is_d(i) and after and key_of(after[0]) in MOVED for i, after in pairs):
        return False
    return any(_in_a_sum(side) for side in _sides(row)) or any(
        i.kind == "frac" and i.cells[0] and is_d(i.cells[0][0]) and i.cells[1] and i.cells[1][0].kind == "number"
        for i in inside
    )


MOVED = INDICES | frozenset("x y z u v w X Y Z W B theta phi".split())  # a d before these is a differential


def _sides(row: Row) -> list[Row]:
    """The sides of a formula's relations."""
    cut = [-1, *(k for k, i in enumerate(row) if i.kind in ("rel", "sep", "text")), len(row)]
    return [row[a + 1 : b] for a, b in pairwise(cut)]


def _in_a_sum(side: Row) -> bool:
    """Whether a term of a sum begins with d, and another has none."""
    cut = [-1, *(k for k, i in enumerate(side) if i.kind == "op" and i.text in "+-"), len(side)]
    terms = [side[a + 1 : b] for a, b in pairwise(cut) if b > a + 1]
    plain = any(not any(map(is_d, leaves(t))) for t in terms)
    return plain and any(is_d(t[0]) for t in terms)


def lone(row: Row) -> bool:
    """Whether a cell is one name or number, or an index."""
    return (len(row) == 1 and row[0].kind in ("name", "number")) or is_index(row)


def is_call(signature: Signature, key: str, indices: tuple[Term, ...], following: Item, tag: str, bold: bool) -> bool:
    """Whether a name takes the bracket behind it as its arguments."""
    if len(following.cells) > 1:
        return True
    plain = replace(signature, scalar_world=False)
    if key in signature.functions and (lone(following.cells[0]) or _a_vector(plain, following.cells[0])):
        return True
    letter = key.split("_")[0]
    if key in signature.timed and not indices and of_time(following):
        return True
    if timed(following):
        if following.sup and key in signature.constants:
            return False
        scaled = letter == "s" and show(following.cells[0]) == "t"  # the scale of a path, and no product of two times
        return not indices and (scaled or letter not in ("t", "s", "d", "T"))
    inside = following.cells[0]
    single = len(inside) == 1 and inside[0].kind == "name"
    if single and inside[0].text in PARAMETERS:
        return True
    if key == "sigma" and single and inside[0].text in ("x", "X") and show(inside[0].sub) == "1":
        return True  # the width of a path to x_1
    if any(p in tag for p in PARAMETERS) or letter in (
        "SNR",
        "f",
        "F",
        "D",
        "g",
        "h",
        "phi",
        "psi",
        "G",
        "H",
        "score",
    ):
        return True
    vectors = replace(signature, scalar_world=False)  # what applies to what does not depend on the dimension
    estimated = key in ("x_hat", "x_tilde", "eps_hat")
    if single and estimated and len(indices) == 1 and indices[0] == num(0) and inside[0].text in ("x", "z", "X"):
        return True  # x_0 hat of the state
    if single and vectors.sort(key_of(inside[0]), "bold" in inside[0].marks, bool(inside[0].sub), False) != REAL:
        squared = letter == "sigma" and bool(following.sup)  # what is squared is no vector
        spread = letter == "sigma" and inside[0].text == "X"  # a diffusion that depends on the state
        return not indices or bold or squared or spread or letter in ("mu", "u", "v", "s", "m", "rho", "pi", "nu")
    if letter in ("u", "v", "b") and _a_vector(vectors, inside):
        return True  # a velocity at the value of a flow
    return (letter in ("c_skip", "x", "lambda", "sigma", "w") and single and not indices) or key in (
        "c_skip",
        "c_out",
        "c_in",
        "c_noise",
    )


def _a_vector(signature: Signature, inside: Row) -> bool:
    """Whether a cell is one vector: a name, or a function of a point."""
    whole = len(inside) == 2 and inside[1].kind == "bracket" and inside[1].text == "()"
    if not inside or inside[0].kind != "name" or not whole:
        return False
    return signature.sort(key_of(inside[0]), "bold" in inside[0].marks, bool(inside[0].sub), True) != REAL


def ambiguous(signature: Signature, following: Item) -> bool:
    """Whether a bracket holds one vector name, or a path x_0 + t(x - x_0) between two: in one dimension a name before
    it could multiply it.
    """
    if following.text != "()" or len(following.cells) != 1:
        return False
    vectors = replace(signature, scalar_world=False)
    first, *rest = following.cells[0]
    path = len(rest) == 3 and rest[0].text == "+" and rest[1].kind == "name" and rest[2].kind == "bracket"
    sort = vectors.sort(key_of(first), "bold" in first.marks, bool(first.sub), False)
    return first.kind == "name" and sort != REAL and (not rest or path)


def cells_below(item: Item) -> list[Row]:
    """The cells of what stands below a name. Below a plain state a bar makes one label: x_{1|t} is the mean of x_1."""
    joint = item.text in ("x", "X") and set(item.marks) <= {"bold"} and any(i.text == "|" for i in item.sub)
    return [item.sub] if joint else cells_of(item.sub)


def label_below(item: Item, cell: Row) -> str:
    """What a script below adds to a name; in p_{t|Y} the letters say whose density it is, as its arguments do."""
    conditional = item.text in DENSITIES and any(i.text == "|" for i in item.sub)
    return "" if conditional and len(cell) == 1 and cell[0].text.isupper() else "_" + label(cell)


def cells_of(row: Row) -> list[Row]:
    """The cells of a script, between its commas."""
    out: list[list[Item]] = [[]]
    for item in row:
        if item.kind == "sep" and item.text in (",", "|", ";"):
            out.append([])
        elif item.kind != "sep" or item.text == ":":
            out[-1].append(item)
    return [tuple(c) for c in out if c]


def _goes_on_summing(row: Row, sign: Item) -> bool:
    """Whether the sum before a sign goes on behind it: its index occurs there, and stands free nowhere before."""
    terms: list[list[Item]] = [[]]
    behind = 0
    for item in row:
        if item.kind == "op" and item.text in "+-":
            terms.append([])
            behind = len(terms) - 1 if item is sign else behind
        else:
            terms[-1].append(item)
    sums = [i for part in terms[:behind] for i in part if i.kind == "big" and i.text == "sum" and i.sub]
    if not sums or sums[-1].sub[0].kind != "name" or over_values(sums[-1]) is not None:
        return False
    name = sums[-1].sub[0].text
    return _stands_free(terms[behind], name) and not any(_stands_free(part, name) for part in terms[: behind - 1])


def _stands_free(part: list[Item], name: str) -> bool:
    """Whether a name occurs in a term of which no sum or product runs over it."""
    inside = list(leaves(tuple(part)))
    bound = any(i.kind == "big" and i.sub and i.sub[0].text == name for i in inside)
    return not bound and any(i.kind == "name" and i.text == name for i in inside)


def integrands(row: Row) -> set[int]:
    """The places of a row between an integral sign and the differential that ends it: a sum there is whole."""
    out: set[int] = set()
    opened: list[int] = []
    for k, item in enumerate(row):
        if item.kind == "big" and item.text == "int":
            opened.append(k)
        elif opened and item.kind == "name" and item.text == "d" and not item.sub and row[k + 1 : k + 2]:
            out |= set(range(opened.pop() + 1, k)) if row[k + 1].kind == "name" else set()
    return out


OPTIMA = frozenset({"min", "max", "argmin", "argmax"})


def summands(row: Row) -> list[tuple[Item | None, Row]]:
    """The signed terms of a sum; a sign right behind another operator belongs to what follows it."""
    out: list[tuple[Item | None, list[Item]]] = [(None, [])]
    inside = integrands(row)
    for k, item in enumerate(row):
        if item.kind == "op" and item.text in "+-" and k not in inside and not _goes_on_summing(row, item):
            last = out[-1][1][-1] if out[-1][1] else None
            if last is not None and last.kind == "big" and last.text in OPTIMA:
                out[-1][1].append(item)  # the sign of what an optimum is of
                continue
            if last is not None and last.kind == "op":
                raise UnreadError("two operators side by side", item.text, item.at)
            if len(out) == 1 and out[0] == (None, []):
                out = []
            out.append((item, []))
        elif item.kind not in IGNORED or item.text in ("|", "||"):
            out[-1][1].append(item)
    return [(s, tuple(part)) for s, part in out]
