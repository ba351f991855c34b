"""Estimates written as what they estimate: eps for eps_theta, x_0 for the prediction of the data, networks without
their arguments. `x_0 = (x_t - sigma eps_theta) / alpha` says what the prediction of the data is.
"""

from __future__ import annotations

from derivations.kernel.substitution import rebuild
from derivations.kernel.terms import Term, add, app, is_scalar, neg, num, sym
from derivations.reading.laws import bayes
from derivations.reading.notation.arguments import DATA, TIMED_NETWORKS
from derivations.reading.notation.coordinates import walk
from derivations.reading.notation.notation import NOISE, Notation, current_index, put, unconditioned, with_noise
from derivations.reading.notation.unfolding import canonical, replaced
from derivations.reading.text.syntax import UnreadError

ACCENTED = ("x_tilde", "x_hat", "x_bar")
NOTHING = frozenset({"empty", "null"})  # the condition of an estimate without one
SCHEDULED = ("alpha", "alpha_bar", "beta")
MODELS = frozenset({"mu_theta", "x_theta", "x_hat"})
DATA_ESTIMATES = ("x_hat", "x_tilde", "x_theta")
ESTIMATED = {NOISE: "eps_theta", DATA: "x_theta", "v": "v_theta"}


def called(notation: Notation, *terms: Term) -> tuple[Term, ...]:
    """The terms with networks that stand without arguments, and have no meaning of their own in the document, applied
    to the state at the step that the terms are about, where these have one kind of state only.
    """
    at = current_index(terms)
    states = {p for t in terms for p in walk(t) if _is_state(p)}
    if not states and any(p.op == "app" and p.args[0] in TIMED_NETWORKS for t in terms for p in walk(t)):
        return terms
    state = next(iter(states)) if len(states) == 1 else None
    return tuple(_called(t, at, state, {r.left for r in notation.own}) for t in terms)


def unaccented(*terms: Term) -> tuple[Term, ...]:
    """The terms with the computed states of a solver, like x_tilde at t_i and at t_{i-1}, as states, where the terms
    have no others.
    """
    parts = [p for t in terms for p in walk(t)]
    for name in ACCENTED:
        found = {p for p in parts if p.op == "app" and p.args[0] == name and len(p.args) == 2 and not is_scalar(p)}
        if len(found) > 1 and not any(_is_state(p) for p in parts):
            return tuple(_renamed(t, name) for t in terms)
    return terms


def _renamed(t: Term, name: str) -> Term:
    args = tuple(_renamed(a, name) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] == name and len(args) == 2:
        return app(DATA, args[1], sort=t.sort)
    return t if args == t.args else rebuild(t, args)


def _is_state(t: Term) -> bool:
    return t.op == "app" and t.args[0] == DATA and len(t.args) == 2 and t.args[1].op != "num" and not is_scalar(t)


def _called(t: Term, at: Term, state: Term | None, own: set[Term]) -> Term:
    named = t.op in ("sym", "app") and t.args[0] in TIMED_NETWORKS and not is_scalar(t) and t not in own
    if named and (t.op == "sym" or t.args[1:] in ((at,), (num(0),))):
        x = state if state is not None else app(DATA, at, sort=t.sort)
        return app(t.args[0], x, x.args[1], sort=t.sort)
    args = tuple(_called(a, at, state, own) if isinstance(a, Term) else a for a in t.args)
    return t if args == t.args else rebuild(t, args)


def estimated(lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with a lone eps or x_0 on one side as its estimate, where the other side is made of the state and
    networks alone; None when it is not of this kind.
    """
    for name, other, flipped in ((lhs, rhs, False), (rhs, lhs, True)):
        bare = name.op in ("sym", "app") and not is_scalar(name)
        key = str(name.args[0]) if bare else ""
        if key not in ESTIMATED or not (name.op == "sym" or name.args[1:] == (num(0),) or key != DATA):
            continue
        calls = [p for p in walk(other) if p.op == "app" and p.args[0] in TIMED_NETWORKS and len(p.args) > 2]
        truths = {p for p in walk(other) if p.op in ("sym", "app") and p.args[0] in ESTIMATED and not _is_state(p)}
        if not calls or any(t not in calls[0].args for t in truths) or any(map(_elsewhere, calls)):
            continue
        estimate = app(ESTIMATED[key], *calls[0].args[1:], sort=name.sort)
        return (other, estimate) if flipped else (estimate, other)
    return None


def _elsewhere(call: Term) -> bool:
    """Whether a network is given the state of one step and the time of another."""
    states = [a for a in call.args[1:] if isinstance(a, Term) and a.op == "app" and a.args[0] == DATA]
    return any(len(s.args) == 2 and is_scalar(call.args[2]) and s.args[1] != call.args[2] for s in states)


def trained(lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with the score of the state, and the mean of the data or of its noise given the state, on one side
    as their networks, where the other side is made of networks or estimates; None for another equation:
    `grad log q(x_t) = -eps_theta / sigma` says what the score is estimated as.
    """
    for one, other, flipped in ((lhs, rhs, False), (rhs, lhs, True)):
        told = _as_network(_means_as_networks(one))
        if any(map(_is_estimate, walk(other))) and not _has_truths(other) and told != one and not _samples(told):
            told, other = unconditioned(*map(_given_nothing, (told, other)))
            return (other, told) if flipped else (told, other)
    return None


def _given_nothing(t: Term) -> Term:
    """The term with eps_theta(x_t, t) for eps_theta(x_t, t, empty)."""
    args = tuple(_given_nothing(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "app" and t.args[0] in TIMED_NETWORKS and len(args) == 4 and str(args[3].args[0]) in NOTHING:
        args = args[:3]
    return t if args == t.args else rebuild(t, args)


def _is_estimate(t: Term) -> bool:
    """Whether a term is a network, or an estimate of the data by an accent."""
    if t.op == "app" and t.args[0] in TIMED_NETWORKS and len(t.args) > 2:
        return True
    return t.op in ("app", "sym") and t.args[0] in ("x_hat", "x_tilde") and not is_scalar(t) and t.args[1:] == (num(0),)


def _has_truths(t: Term) -> bool:
    return any(p.op in ("sym", "app") and p.args[0] in (NOISE, "E|", "E") for p in walk(t))


def _samples(t: Term) -> bool:
    """Whether the data itself, or a noise that was drawn, stands in a term."""
    return any((p.op == "sym" and p.args[0] == NOISE) or (p.op == "app" and p.args == (DATA, num(0))) for p in walk(t))


def _means_as_networks(t: Term) -> Term:
    """The term with E[x_0 | x_t] and E[eps | x_t] as the networks for them."""
    args = tuple(_means_as_networks(a) if isinstance(a, Term) else a for a in t.args)
    t = t if args == t.args else rebuild(t, args)
    if t.op != "app" or t.args[0] != "E|" or len(t.args) != 3 or not _is_state(t.args[2]):
        return t
    of, state = t.args[1:]
    name = {(DATA, num(0)): "x_theta", (NOISE,): "eps_theta"}.get(of.args) if of.op in ("app", "sym") else None
    return t if name is None else app(name, state, state.args[1], sort=t.sort)


def _as_network(t: Term) -> Term:
    """The term with the score of a state, given something or nothing, as the network for it; and by Bayes' rule that of
    what is given.
    """
    args = tuple(_as_network(a) if isinstance(a, Term) else a for a in t.args)
    if t.op == "grad" and t.args[1].op == "log" and _is_state(t.args[2]):
        found = _state_and_condition(t)
        if found is not None:
            above, below = found
            x = t.args[2]
            plain, given = (app("s_theta", x, x.args[1], *c, sort=x.sort) for c in ((), (*above, *below)))
            return given if not above else add(given, neg(plain))
    return t if args == t.args else rebuild(t, args)


def _state_and_condition(t: Term) -> tuple[list[Term], list[Term]] | None:
    """What a density is of beside the state in which its logarithm is differentiated, and what it is given: one thing
    in all, and no other state; None for another density.
    """
    try:
        found = bayes.split(replaced(t.args[1].args[0], t.args[0], t.args[2]))
    except UnreadError:
        return None
    if found is None or found[0] not in ("p", "q"):
        return None
    above, below = ([v[0] for v in part] for part in found[1:])
    others = [[v for v in part if v != t.args[2]] for part in (above, below)]
    if t.args[2] not in (below if others[0] else above) or len(others[0]) + len(others[1]) > 1:
        return None
    if any(v.op != "sym" or v.args[0] == DATA for part in others for v in part):
        return None
    return others[0], others[1]


def ideal(lhs: Term, rhs: Term) -> tuple[Term, Term] | None:
    """The equation with the denoiser D for the network D_theta, where the score of the true density stands in it; None
    for another one.
    """
    networks = {p for t in (lhs, rhs) for p in walk(t) if p.op == "app" and p.args[0] in ("D_theta", "D_phi")}
    if not networks or not any(p.op == "grad" for t in (lhs, rhs) for p in walk(t)):
        return None
    terms = [lhs, rhs]
    for p in sorted(networks, key=repr):
        terms = [put(t, p, app("D", *p.args[1:], sort=p.sort)) for t in terms]
    return terms[0], terms[1]


def unindexed(lhs: Term, rhs: Term, at: Term) -> list[tuple[Term, Term]]:
    """The equation with x and the schedule, where it writes them without an index, at the step that it is about; and
    with x as the data.
    """
    names = {p for t in (lhs, rhs) for p in walk(t) if p.op == "sym" and p.args[0] in (DATA, *SCHEDULED)}
    bare = [p for p in names if p.args[0] != DATA or not is_scalar(p)]
    out = []
    for index in (at, num(0)) if any(p.args[0] == DATA for p in bare) else (at,):
        table = {p: app(p.args[0], index if p.args[0] == DATA else at, sort=p.sort) for p in bare}
        terms = [lhs, rhs]
        for old, new in table.items():
            terms = [put(t, old, new) for t in terms]
        out.append((terms[0], terms[1]))
    return out if bare else []


def predicted(lhs: Term, rhs: Term, noise: str) -> tuple[Term, Term] | None:
    """A state that is made of an estimate of the data and of a bare noise or network of this name, with the noise that
    is predicted at the next step for that; None for another equation.
    """
    if not _is_state(lhs) or not any(p.op == "app" and p.args[0] in DATA_ESTIMATES for p in walk(rhs)):
        return None
    bare = {p for p in walk(rhs) if p.op == "sym" and p.args[0] == noise and not is_scalar(p)}
    if len(bare) != 1 or any(_is_state(p) for p in walk(rhs)):
        return None
    late = canonical(add(lhs.args[1], num(1)))
    network = app("eps_theta", app(DATA, late, sort=lhs.sort), late, sort=lhs.sort)
    return lhs, put(rhs, bare.pop(), network)


def of_a_model(lhs: Term, rhs: Term) -> tuple[Term, Term]:
    """The sides of an equation for what a model makes of a state, mu_theta(x_t, t) or x_hat_0, with the noise that it
    predicts for a bare noise: the true one it does not see. The same sides elsewhere.
    """
    parts = set(walk(rhs))
    states = {p for p in parts if _is_state(p)}
    bare = {p for p in parts if p.op in ("sym", "app") and _is_noise(p)}
    if lhs.op not in ("sym", "app") or lhs.args[0] not in MODELS or len(states) != 1 or len(bare) != 1:
        return lhs, rhs
    (state,) = states
    known = any(p.op == "app" and p.args[0] == "eps_theta" for p in parts)
    if known or (lhs.args[0] != "x_hat" and state not in lhs.args):
        return lhs, rhs
    return lhs, put(rhs, bare.pop(), app("eps_theta", state, state.args[1], sort=lhs.sort))


def perfect(notation: Notation, sides: tuple[Term, Term], at: Term) -> tuple[Term, Term] | None:
    """Unfolded sides with the noise itself for the predicted one, and the state made of it; None where not one of them
    alone has a predicted one: two sides of one network are about this.
    """
    found = [{p for p in walk(t) if p.op in ("app", "sym") and p.args[0] == "eps_theta"} for t in sides]
    networks = found[0] | found[1]
    if bool(found[0]) == bool(found[1]):
        return None
    bare = {p for t in sides for p in walk(t) if p.op in ("sym", "app") and _is_noise(p)}
    eps = bare.pop() if len(bare) == 1 else sym("eps", next(iter(networks)).sort)
    a, b = sides
    for p in sorted(networks, key=lambda p: -p.size):
        a, b = replaced(a, p, eps), replaced(b, p, eps)
    return with_noise(notation, (a, b), at, {str(eps.args[0])})


def _is_noise(t: Term) -> bool:
    """Whether a term is a noise by its letter alone, or with the index of a step."""
    return t.args[0] == "eps" and not is_scalar(t) and (t.op == "sym" or (len(t.args) == 2 and is_scalar(t.args[1])))


__all__ = ["called", "estimated", "ideal", "of_a_model", "perfect", "predicted", "trained", "unaccented"]
