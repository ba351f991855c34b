"""What names mean before a document says otherwise: which are vectors, indices, densities, functions.

A name's key is its letter with its accents and its label: "alpha_bar", "eps_theta", "cal L_simple". Boldness is no
part of the key, but makes a vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from derivations.kernel.terms import INT, REAL, Mat, Sort, Term, Vec, sym
from derivations.reading.text.syntax import Item, Row, show

DIMENSION = sym("d", INT)
VECTOR, MATRIX = Vec(DIMENSION), Mat(DIMENSION, DIMENSION)
INDICES = frozenset("t s i j k n m T N K M L l r tau u h".split())
VECTORS = frozenset("x y z u v eps xi zeta X Y Z f F D h G".split())
NOISES = frozenset("eps xi z zeta n omega eta w W B u".split())
# names that are vectors once they have a label of the parameters or arguments
FIELDS = frozenset("s mu v u m f F D x z eps score S g G h b phi psi Phi epsilon d r y".split())
SCALARS = frozenset("alpha beta gamma sigma lambda kappa eta tau a c g w omega nu rho delta r T k s".split())
DENSITIES = frozenset("p q pi P Q rho mu cal N".split()) - {"mu", "cal", "N", "rho", "pi"}
PARAMETERS = frozenset("theta phi psi vartheta varphi omega".split())
WORDS = frozenset("min in int init lin sim unit tr".split())  # labels, though each of their letters is an index
TIMELIKE = frozenset("t s T tau u 0 1 i k n r N".split())


@dataclass
class Signature:
    """What a document declares: names that stand for vectors or scalars, against the table of this module."""

    vectors: set[str] = field(default_factory=set)
    scalars: set[str] = field(default_factory=set)
    covariances: set[str] = field(default_factory=set)  # symmetric positive definite matrices
    matrices: set[str] = field(default_factory=set)  # square ones, which the document turns somewhere
    functions: set[str] = field(default_factory=set)
    timed: set[str] = field(default_factory=set)  # schedules, which the document gives a time alone somewhere
    undrawn: set[str] = field(default_factory=set)  # letters of noises that are numbers in the whole document
    drawn: set[str] = field(default_factory=set)  # ends of paths, x_0, that are noise wherever the document draws them
    constants: set[str] = field(default_factory=set)  # numbers, before which a time in brackets is a factor
    sizes: set[str] = field(default_factory=lambda: {"d"})  # the dimension
    normalisers: set[str] = field(default_factory=set)  # numbers like Z_theta, by which a density integrates to 1
    scalar_world: bool = False  # one dimension: every vector is a number
    latent: bool = False  # the state is written z_t, which the book writes x_t
    sigmoid: bool = False  # the document speaks of the sigmoid: sigma(x) is it, unless x is a time
    dimension: bool = False  # every d in the formula at hand is the dimension, and none a differential
    vector_sums: bool = False  # a sum of vectors is read too, as one that nothing is known of
    step: bool = False  # Delta is a number in the formula at hand, the size of a step
    gradient: Row = ()  # the variable of the gradients in the formula at hand that name none
    logs: str = ""  # how far a logarithm without brackets reaches: "narrow", "wide", "whole", or as is usual
    doubts: set[str] = field(default_factory=set)  # other reaches of the formula's logarithms; "one": a d is read as 1
    data_x: bool = True  # and the data x, where there is no z_0

    def apart(self) -> Signature:
        """The same, and what is learnt by one of the two the other does not know."""
        own: dict[str, Any] = {name: set(said) for name, said in vars(self).items() if isinstance(said, set)}
        return replace(self, **own)

    def sort(self, key: str, bold: bool, labelled: bool, called: bool) -> Sort:
        """The sort of a name."""
        if self.scalar_world or (key in self.scalars and not bold):  # f(t) is a number where bold f(x, t) is none
            return REAL
        if key in self.matrices:
            return MATRIX
        if key in self.covariances:
            return Mat(DIMENSION, DIMENSION, "spd")
        letter = key.split("_")[0]
        if bold or key in self.vectors or letter in self.vectors:
            return MATRIX if letter in ("Sigma", "A", "H", "Lambda", "C", "J", "U", "Q") else VECTOR
        if letter in VECTORS or (letter in FIELDS and (labelled or called)):
            return VECTOR
        if letter == "Sigma" and (labelled or called):
            return MATRIX
        return REAL


def key_of(item: Item) -> str:
    """The letter with its accents: "alpha_bar"."""
    letter = {"epsilon": "eps"}.get(item.text, item.text)
    marks = [m for m in item.marks if m not in ("bold", "dot", "ddot")]
    return letter + "".join(f"_{m}" for m in marks)


def is_index(row: Row) -> bool:
    """Whether a script is an index (t, t-1, 0, 2k+1) and not a label (theta, data)."""
    if not row or (len(row) > 1 and "".join(i.text if i.kind == "name" else "?" for i in row) in WORDS):
        return False
    for item in row:
        if item.kind == "number" or (item.kind == "op" and item.text in "+-*"):
            continue
        if item.kind == "nabla" and item.text == "Delta":
            continue
        if item.kind == "name" and not item.marks and (item.text in INDICES or item.text in ("Delta",)):
            continue
        return False
    return row[-1].kind != "op"


def label(row: Row) -> str:
    """A script that is part of the name."""
    if all(i.kind == "name" and len(i.text) == 1 and not i.marks and not i.sub for i in row):
        return "".join(i.text for i in row)
    return show(row).replace(" ", "")


def variable(name: str) -> Term:
    """A real variable of this name."""
    return sym(name, REAL)
