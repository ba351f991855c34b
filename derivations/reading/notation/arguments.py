"""What a network or a mean is of, in one order: every author has an own one.

The book writes eps_theta(x_t, t) and mu_tilde_t(x_t, x_0). Others put the time first or below the letter, leave it out
where the state has it, or begin with the data: eps_{theta,t}(x_t), eps_theta(t, x_t), eps_theta(x_t), mu_t(x_0, x_t).
"""

from __future__ import annotations

from typing import Any

from derivations.kernel.terms import Term, is_scalar, num

DATA = "x"
TIMED_NETWORKS = frozenset({"eps_theta", "x_theta", "s_theta", "mu_theta", "v_theta"})
POSTERIOR_MEANS = frozenset({"mu_tilde", "mu_q", "mu"})
Arguments = tuple[Any, ...]  # the name, and what it is of


def is_state(t: Term) -> bool:
    """Whether a term is the state at some time or step."""
    return t.op == "app" and t.args[0] == DATA and len(t.args) == 2 and not is_scalar(t)


def arranged(args: Arguments) -> Arguments:
    """The name of a function and its arguments as the book has them."""
    if args[0] == "x_hat":
        args = _estimate(args)
    if args[0] in TIMED_NETWORKS:
        return _network(args)
    return _mean(args) if args[0] in POSTERIOR_MEANS else args


def _estimate(args: Arguments) -> Arguments:
    """An estimate of the data, which is one made from the state and the time where it has them."""
    if len(args) > 2 and args[1] == num(0) and not is_scalar(args[2]):
        args = (args[0], *args[2:])  # x_0 hat of the state
    if len(args) == 2 and is_state(args[1]):
        args = (*args, args[1].args[1])
    return ("x_theta", *args[1:]) if len(args) == 3 and not is_scalar(args[1]) else args


def _network(args: Arguments) -> Arguments:
    """A network of the state and the time, and of what else it is given."""
    if len(args) > 2 and args[1] == num(0):
        args = (args[0], *args[2:])  # x_{0,theta}(x_t, t)
    if len(args) > 2 and is_scalar(args[1]) and not is_scalar(args[2]):
        again = args[3:] == (args[1],)  # eps_t(x_t, t)
        args = (args[0], args[2], args[1], *(() if again else args[3:]))
    return (*args, args[1].args[1]) if len(args) == 2 and is_state(args[1]) else args


def _mean(args: Arguments) -> Arguments:
    """The mean of a posterior, of the state and then of the data or the noise."""
    times, vectors = [a for a in args[1:] if is_scalar(a)], [a for a in args[1:] if not is_scalar(a)]
    if len(vectors) != 2 or len(times) > 1:
        return args
    running = [a for a in vectors if is_state(a) and a.args[1] != num(0)]
    if len(running) != 1:
        return args
    (state,) = running
    ahead = times if is_scalar(args[1]) or times != [state.args[1]] else []
    return (args[0], *ahead, state, *(a for a in vectors if a != state))


__all__ = ["DATA", "TIMED_NETWORKS", "arranged", "is_state"]
