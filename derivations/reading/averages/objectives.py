r"""What a loss trains its network to be: E|s_theta(x_t, t) + eps/sigma_t|^2 makes s_theta the score, and with a minus
it does not.

A loss is named by its author, and its network by what it estimates: s a score, epsilon_theta a noise, x_theta the data,
v a velocity. Where the two do not fit, one of them is a slip. Only slips in what the document makes the state of are
told: the same names, with another sign, power or place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from derivations.kernel.terms import Term, add, app, div, is_scalar, mul, neg, num, power, sym
from derivations.reading.averages import paths
from derivations.reading.dynamics import fields, velocities
from derivations.reading.equations import naming
from derivations.reading.equations.compare import Answer, equal
from derivations.reading.equations.hints import SLIP
from derivations.reading.laws.laws import parts, rates
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.levels import isotropic
from derivations.reading.notation.notation import Notation, state_coefficients
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError
from derivations.reading.verdict import Judgement

SCORES, DATA, VELOCITIES = ("s", "score"), ("x_theta", "D_theta"), ("v_theta", "u_theta")
NOISE = "eps_theta"
OPPOSITE = "it is minus the gradient of the log-density, a score by another sign, or a slip"
FITTING = Judgement("proved", message="a loss that makes its network what its name says")
SENTENCE = 100  # how much of the words before tells what is named
Parts = Mapping[Term, Term]


def judge(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Judgement | None:
    """The refutation of a loss that trains its network to be something else; None for any other equation."""
    return next((j for j in _judged(notation, lhs, rhs, noises) if j.verdict == "refuted"), None)


def fits(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> bool:
    """Whether an equation is a loss that makes its network what its name says."""
    found = [j.verdict for j in _judged(notation, lhs, rhs, noises)]
    return "proved" in found and "refuted" not in found


def _judged(notation: Notation, lhs: Term, rhs: Term, noises: Collection[str]) -> Iterator[Judgement]:
    """What is said of the parts of a loss: that they make their network what its name says, or that they do not."""
    if not is_scalar(lhs) or lhs.op not in ("app", "sym") or naming.is_computed(lhs):
        return
    if not any(p.op == "int" or (p.op == "app" and p.args[0] == "E") for p in walk(rhs)):
        return
    for law, body in _averaged(rhs, ()):
        by_parts = _implicit(body)
        if by_parts is not None:
            yield by_parts
        for p in (p for p in walk(body) if p.op == "norm2"):
            try:
                found = _judge(notation, parts(p.args[0]), law, noises)
            except UnreadError:
                continue
            if found is not None:
                yield found


def named(notation: Notation, lhs: Term, rhs: Term, context: str) -> Judgement | None:
    """The refutation of a score s(x) = grad p(x), where the words before speak of scores; one of the opposite sign is
    open, and the losses after it may have that sign.
    """
    scored = lhs.op in ("app", "sym") and not is_scalar(lhs) and str(lhs.args[0]).split("_")[0] in SCORES
    minus = rhs.op == "neg"
    slope = rhs.args[0] if minus else rhs
    if not scored or slope.op != "grad" or not re.search(r"\bscores?\b", context, re.IGNORECASE):
        return None
    if re.search(r"negative|minus|opposite", context[-SENTENCE:], re.IGNORECASE):
        return None
    logged = slope.args[1].op == "log"
    density = slope.args[1].args[0] if logged else slope.args[1]
    if not naming.is_density(density) or "|" in str(density.args[0]) or (logged and not minus):
        return None
    if logged:
        notation.fields.add(f"-{str(lhs.args[0]).split('_')[0]}")
        return Judgement("undecided", "score.eps", OPPOSITE)
    said = f"the score is the gradient of the log-density{SLIP}with a logarithm before the density"
    return Judgement("refuted", "score.eps", said, witness={"p(x)": "2 x on (0, 1)", "x": "1/4"}, values=("4", "2"))


def _averaged(t: Term, laws: tuple[Term, ...]) -> Iterator[tuple[tuple[Term, ...], Term]]:
    """What is averaged in a term, innermost, with the laws under which it is."""
    if t.op == "app" and t.args[0] == "E":
        inside = list(_averaged(t.args[1], (*laws, *t.args[2:])))
        yield from inside or [((*laws, *t.args[2:]), t.args[1])]
        return
    for a in t.args:
        if isinstance(a, Term):
            yield from _averaged(a, laws)


# ---- the norm of a score, and its divergence


def _implicit(body: Term) -> Judgement | None:
    """The verdict on a |s|^2 + b div s and on a (v.s)^2 + b v.(ds/dx v), of which b is to be twice a."""
    if body.op != "add" or len(body.args) != 2:
        return None
    pairs = [(_factored(a), _factored(b)) for a, b in (body.args, body.args[::-1])]
    for (k, square), (m, slope) in pairs:
        if _belong(square, slope):
            ratio = div(m, mul(num(2), k))
            answer = equal(ratio, num(1), {})
            if answer.status != "refuted":
                return FITTING if answer.status == "proved" else None
            said = "its least value is at another multiple of the score than 1: by parts, the norm has half the weight"
            witness = {"p": "N(0, 1)", "x": "-1", **(answer.witness or {})}
            return Judgement("refuted", "score.implicit", said, witness=witness, values=answer.values)
    return None


def _factored(t: Term) -> tuple[Term, Term]:
    """A term as a number and the rest."""
    if t.op == "neg":
        k, rest = _factored(t.args[0])
        return neg(k), rest
    if t.op == "div" and naming.is_number(t.args[1]):
        k, rest = _factored(t.args[0])
        return div(k, t.args[1]), rest
    numbers = [a for a in t.args if naming.is_number(a)] if t.op == "mul" else []
    factors = [a for a in t.args if a not in numbers] if t.op == "mul" else [t]
    if len(factors) != 1 or not numbers:
        return num(1), t
    return (mul(*numbers) if len(numbers) > 1 else numbers[0]), factors[0]


def _belong(square: Term, slope: Term) -> bool:
    """Whether one is the squared norm of a score, or of its part in a direction, and the other its divergence."""
    if square.op == "norm2" and slope.op == "divg":
        variable, body, at = slope.args
        return _is_score(square.args[0]) and replaced(body, variable, at) == square.args[0]
    products = ("inner", "mul")  # a vector in one dimension is a number
    if square.op == "pow" and square.args[1] == num(2) and square.args[0].op in products and slope.op in products:
        scores = [a for a in square.args[0].args if _is_score(a)]
        others = [a for a in square.args[0].args if a not in scores]
        turned = any(p.op in ("jac", "diff") or (p.op == "app" and p.args[0] == "jacobian") for p in walk(slope))
        return len(scores) == len(others) == 1 and others[0] in slope.args and turned
    return False


def _is_score(t: Term) -> bool:
    if t.op == "grad" and t.args[1].op == "log":
        return naming.is_density(t.args[1].args[0])
    return t.op == "app" and len(t.args) > 1 and str(t.args[0]).split("_")[0] in SCORES


# ---- the distance of a network from its target


def _judge(notation: Notation, found: Parts, laws: Collection[Term], noises: Collection[str]) -> Judgement | None:
    nets = [a for a in found if a.op == "app" and len(a.args) > 1 and not is_scalar(a) and _kind(a)]
    if len(nets) != 1:
        return None
    (net,) = nets
    rest = {a: div(c, found[net]) for a, c in found.items() if a != net}
    kind, at = _kind(net), next((a for a in net.args[1:] if isinstance(a, Term) and not is_scalar(a)), None)
    if at is None or not rest:
        return None
    if kind == "noise" or kind == "data":
        return _named(notation, net, rest, noises)
    wanted = list(_scores(notation, at, rest, laws, noises) if kind == "score" else _rates(notation, at, noises))
    if kind == "score" and f"-{str(net.args[0]).split('_')[0]}" in notation.fields:
        wanted += [{a: neg(c) for a, c in target.items()} for target in wanted]
    if kind == "velocity" and _is_told(notation, str(net.args[0]), rest, wanted):
        return FITTING
    answers = [a for target in wanted if (a := _compared(notation, rest, target)) is not None]
    if not answers or any(a.status != "refuted" for a in answers):
        return FITTING if any(a.status == "proved" for a in answers) else None
    answer = answers[0]
    said = f"this loss does not make its network the {kind} of the state that it is given: {answer.reason}"
    return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)


def _is_told(notation: Notation, name: str, rest: Parts, wanted: Collection[Parts]) -> bool:
    """Whether a loss tells which way its velocity points: the way of the path, or against it where the document has not
    said before that the state moves by it.
    """
    for sign in (1, -1):
        turned = [{a: mul(num(sign), c) for a, c in target.items()} for target in wanted]
        answers = [a for target in turned if (a := _compared(notation, rest, target)) is not None]
        if any(a.status == "proved" for a in answers) and not (sign == -1 and fields.told(notation, name)):
            notation.fields.add(name if sign == 1 else f"-{name}")
            return True
    return False


def _kind(net: Term) -> str:
    name = str(net.args[0])
    if name.split("_")[0] in SCORES:
        return "score"
    return {NOISE: "noise", **dict.fromkeys(DATA, "data"), **dict.fromkeys(VELOCITIES, "velocity")}.get(name, "")


def _named(notation: Notation, net: Term, rest: Parts, noises: Collection[str]) -> Judgement | None:
    """The verdict on a network that is held against a noise or the data: the one for the noise against the data, or
    with a plus, is refuted. A denoiser D is one for the data by its letter in one family of papers alone.
    """
    kind, denoiser = _kind(net), net.args[0] == "D_theta"
    ((other, c), *more) = rest.items()
    is_noise = other.op in ("sym", "app") and (str(other.args[0]) in noises or other.args[0] == "eps")
    is_data = other == app("x", num(0), sort=other.sort) or (
        other == sym("x", other.sort) and notation.world.state is not None
    )
    if more or not (is_noise or is_data):
        return None
    meant = is_noise == (kind == "noise")
    answer = equal(c, num(-1), {})
    if meant and answer.status == "refuted" and equal(c, num(1), {}).status == "proved":
        said = f"this loss makes its network minus the {kind}"
    elif not meant and answer.status == "proved" and not (denoiser and notation.world.name != "edm"):
        said = f"the network for the {kind} is held against the {'noise' if is_noise else 'data'}"
        answer = equal(num(0), num(1), {})
    else:
        return FITTING if meant and answer.status == "proved" else None
    return Judgement("refuted", message=said, witness=dict(answer.witness or {}), values=answer.values)


def _scores(
    notation: Notation, at: Term, rest: Parts, laws: Collection[Term], noises: Collection[str]
) -> Iterator[Parts]:
    """The scores that a network at a point may be trained to be, as sums of vectors."""
    slopes = [a for a in rest if a.op == "grad" and a.args[1].op == "log" and a.args[2] == at]
    if slopes:
        yield {slopes[0]: num(1)}
        return
    for b, noise in _drawn(notation, at, noises):
        yield {noise: neg(div(num(1), b))}
    known = [*laws, *notation.stated.values(), *(r.right for r in notation.own)]
    for law in (law for law in known if law.op == "normal" and law.args[0] == at):
        variance = isotropic(law.args[2])
        if variance is not None:
            yield parts(neg(mul(div(num(1), variance), add(at, neg(law.args[1])))))
    levels = state_coefficients(notation.world.name)
    if levels is not None and at.op == "app" and at.args[0] == "x" and len(at.args) == 2:
        a, b = (replaced(c, sym("t", c.sort), at.args[1]) for c in levels)
        yield {sym("eps", at.sort): neg(div(num(1), b))}
        yield {at: neg(div(num(1), power(b, 2))), app("x", num(0), sort=at.sort): div(a, power(b, 2))}


def _drawn(notation: Notation, at: Term, noises: Collection[str]) -> Iterator[tuple[Term, Term]]:
    """The level and the noise of a point that is made of something and noise, as it is written or by a path."""
    made = notation.as_defined(at)
    try:
        found = parts(made)
    except UnreadError:
        return
    for a, c in found.items():
        if a.op in ("sym", "app") and str(a.args[0]) in {*noises, "eps"} and len(found) > 1:
            yield c, a


def _rates(notation: Notation, at: Term, noises: Collection[str]) -> Iterator[Parts]:
    """The rates of the document's paths through a point; none where it calls their opposites velocities."""
    if velocities.turned(notation, noises):
        return
    for path in paths.of_document(notation, noises):
        if at in path.points and path.rule.left.op == "app":
            time = path.rule.left.args[1]
            moved = canonical(rates(app("rate", path.rule.right, time, sort=at.sort), time))
            yield {a: _carried_out(c) for a, c in parts(moved).items()}


def _carried_out(c: Term) -> Term:
    """A coefficient with its rates as names, and without those of a function that is linear in the time."""
    for p in {p for p in walk(c) if p.op == "diff"}:
        values = [replaced(p.args[1], p.args[0], num(k)) for k in range(3)]
        slope = add(values[1], neg(values[0]))
        straight = equal(add(values[2], neg(values[1])), slope, {}).status == "proved"
        c = replaced(c, p, slope) if straight and p.args[0] not in slope.free else c
    return c


def _names(found: Parts) -> set[str]:
    names = {str(p.args[0]) for c in found.values() for p in walk(c) if p.op in ("app", "sym")}
    return {n for n in names if not n.startswith(("∂", "#"))}


def _compared(notation: Notation, rest: Parts, target: Parts) -> Answer | None:
    """The answer on rest = -target; None where they are not made of the same vectors and the same names."""
    mine, wanted = ({a: c for a, c in t.items() if c != num(0)} for t in (rest, target))
    if set(mine) != set(wanted):
        return None
    if _names(mine) != _names(wanted):
        return None
    answer = None
    for a, c in mine.items():
        mine_, its = notation.unfolded(c), notation.unfolded(neg(wanted[a]))
        here = equal(mine_, its, notation.domains, notation.conditions())
        if here.status == "undecided":
            return None
        answer = here if answer is None or here.status == "refuted" else answer
    return answer


__all__ = ["fits", "judge", "named"]
