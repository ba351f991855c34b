"""The registry that joins a formula ID to the function that computes it.

A function says which formula it is:

    @formula("posterior.variance")
    def variance(alpha_t, alpha_bar_prev): ...

`find("posterior.variance")` then returns that function. A formula that has several useful computable
shapes (a matrix form and an isotropic form, say) registers each under its own variant name; the
variant without a name is the one that `find` returns by default. Registering the same ID and variant
twice raises at import.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# The loader is the table of contents: every module that implements formulas, in reading order.
MODULES = (
    "diffusion.conventions",
    "diffusion.gaussian",
    "diffusion.linear_gaussian",
    "diffusion.latent",
    "diffusion.posterior",
    "diffusion.forward",
    "diffusion.chain_elbo",
    "diffusion.losses",
    "diffusion.score",
    "diffusion.levels",
    "diffusion.predictions",
    "diffusion.continuous",
    "diffusion.exponential",
    "diffusion.implicit",
    "diffusion.guided",
)

_FORMULA_ID = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_FUNCTIONS: dict[str, dict[str, Callable[..., Any]]] = {}


class DuplicateFormula(ValueError):
    """Two functions claim the same formula ID and variant."""


class UnknownFormula(LookupError):
    """No function computes the formula, or not in the variant that was asked for."""


def formula(formula_id: str, variant: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: record that a function computes `formula_id`, optionally as a named variant.

    The function itself is returned unchanged. Raises ValueError when the ID is not dotted lower case,
    and DuplicateFormula when the ID and variant are taken.
    """
    if not _FORMULA_ID.fullmatch(formula_id):
        raise ValueError(
            f"formula ID {formula_id!r} is not of the form 'chapter.name' in lower case; "
            "write for example @formula('posterior.mean')"
        )

    def record(function: Callable[P, R]) -> Callable[P, R]:
        known = _FUNCTIONS.setdefault(formula_id, {})
        if variant in known:
            raise DuplicateFormula(
                f"formula {_label(formula_id, variant)} is claimed twice: by {_where(known[variant])} and by "
                f"{_where(function)}; give one of them a variant name of its own"
            )
        known[variant] = function
        return function

    return record


def find(formula_id: str, variant: str = "") -> Callable[..., Any]:
    """The function that computes a formula. Raises UnknownFormula with the nearest known names."""
    _load()
    if formula_id not in _FUNCTIONS:
        raise _unknown(formula_id)
    known = _FUNCTIONS[formula_id]
    if variant not in known:
        names = ", ".join(repr(name) for name in known)
        raise UnknownFormula(f"formula {formula_id!r} has no variant {variant!r}; it has: {names}")
    return known[variant]


def variants(formula_id: str) -> dict[str, Callable[..., Any]]:
    """Every function that computes a formula, by variant name; the default one is named ''."""
    _load()
    if formula_id not in _FUNCTIONS:
        raise _unknown(formula_id)
    return dict(_FUNCTIONS[formula_id])


def all_ids() -> tuple[str, ...]:
    """Every formula ID that some function computes, in reading order."""
    _load()
    return tuple(_FUNCTIONS)


def _load() -> None:
    for module in MODULES:
        import_module(module)


def _unknown(formula_id: str) -> UnknownFormula:
    near = difflib.get_close_matches(formula_id, _FUNCTIONS, n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else "; all_ids() lists those that exist"
    return UnknownFormula(f"no function in diffusion/ computes the formula {formula_id!r}{hint}")


def _label(formula_id: str, variant: str) -> str:
    return f"{formula_id!r} (variant {variant!r})" if variant else repr(formula_id)


def _where(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
