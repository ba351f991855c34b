"""A theorem that no rule has made: what Python prevents, and what it cannot, which the replay then refuses."""

import copy
import copyreg
import dataclasses
import gc
import pickle
import re
import subprocess
import sys
from fractions import Fraction
from weakref import WeakSet

import pytest

from derivations.evidence.trace import write_trace
from derivations.kernel import RULES, equality, logic, theorem
from derivations.kernel.equality import algebra, chain, order, symmetric
from derivations.kernel.logic import assume, cut, define, specialize
from derivations.kernel.terms import INT, Term, app, eq, eye, le, lt, num, sqrt, sym, trace
from derivations.kernel.theorem import RuleError, Sequent, Theorem, rule, seal

x, y = sym("x"), sym("y")
ABSURD = eq(num(0), num(1))


# ---- what Python prevents


def test_the_constructor_is_closed():
    with pytest.raises(TypeError, match="made by the kernel's rules only"):
        Theorem()
    with pytest.raises(TypeError, match="made by the kernel's rules only"):
        Theorem((), ABSURD, frozenset())
    with pytest.raises(TypeError, match="made by the kernel's rules only"):
        type.__call__(Theorem, ABSURD)


def test_no_class_inherits():
    with pytest.raises(TypeError, match="cannot be subclassed"):
        type("Mine", (Theorem,), {})
    with pytest.raises(TypeError, match="cannot be subclassed"):

        class Mine(Theorem):
            __slots__ = ()


def test_a_theorem_is_not_copied():
    good = algebra(x, x)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps, lambda t: t.__reduce_ex__(2), lambda t: t.__replace__()):
        with pytest.raises(TypeError, match="cannot be changed, copied or pickled"):
            attempt(good)
    with pytest.raises(TypeError):
        dataclasses.replace(good, conclusion=ABSURD)
    with pytest.raises(TypeError, match="cannot be changed, copied or pickled"):
        good.__setstate__({"conclusion": ABSURD})
    with pytest.raises(TypeError, match="cannot be changed, copied or pickled"):
        copy.deepcopy([good])


def test_a_theorem_is_not_changed():
    good = algebra(x, x)
    for attempt in (
        lambda: setattr(good, "conclusion", ABSURD),
        lambda: setattr(good, "anything", 1),
        lambda: delattr(good, "hypotheses"),
        lambda: setattr(good, "__class__", object),
    ):
        with pytest.raises(TypeError, match="cannot be changed"):
            attempt()
    assert str(good) == "|- x = x"


def test_a_look_alike_is_no_theorem():
    class Fake:
        hypotheses, conclusion, axioms, rule, arguments = (), ABSURD, frozenset(), "algebra", ()

    with pytest.raises(RuleError, match="an argument must be a term, a theorem"):
        symmetric(Fake())
    with pytest.raises(RuleError, match="an argument must be a term, a theorem"):
        cut(algebra(x, x), dataclasses.make_dataclass("Theorem", ["conclusion", "hypotheses"])(ABSURD, ()))
    with pytest.raises(RuleError, match="t must be a theorem, not 0 = 1"):
        symmetric(ABSURD)


def test_an_empty_shell_is_useless():
    shell = object.__new__(Theorem)
    for attempt in (symmetric, chain, lambda t: cut(t, t), lambda t: algebra(x, x, (), (t,))):
        with pytest.raises(RuleError, match="an empty shell of a theorem, which no rule has made"):
            attempt(shell)
    half = object.__new__(Theorem)
    object.__setattr__(half, "conclusion", ABSURD)
    with pytest.raises(RuleError, match="an empty shell"):
        symmetric(half)


def test_the_table_of_rules_is_closed():
    def wish() -> Sequent:
        return Sequent((), ABSURD)

    with pytest.raises(TypeError, match="the kernel is sealed: no rule can be added"):
        rule(wish)
    seal()
    with pytest.raises(TypeError, match="the kernel is sealed"):
        rule(wish)
    assert "wish" not in RULES


def test_a_filled_shell_is_useless():
    """Every part is there, and no rule has made it."""
    for attempt in (symmetric, chain, lambda t: cut(t, t), lambda t: logic.generalize(t, y)):
        with pytest.raises(RuleError, match="an empty shell of a theorem, which no rule has made"):
            attempt(shell_of(ABSURD))


# ---- what Python cannot prevent, done here and taken to a second process


def shell_of(conclusion):
    made = object.__new__(Theorem)
    model = algebra(num(0), num(0))
    for slot in Theorem.__slots__:
        if slot != "__weakref__":
            object.__setattr__(made, slot, getattr(model, slot))
    object.__setattr__(made, "conclusion", conclusion)
    return made


def registered_shell(monkeypatch):
    made = shell_of(ABSURD)
    theorem._MADE.add(made)
    return made


def changed_in_place(monkeypatch):
    good = order(lt(0, num(1)))
    object.__setattr__(good, "conclusion", lt(1, num(0)))
    return good


def dropped_hypothesis(monkeypatch):
    good = algebra(sqrt(x**2), x, (lt(0, x),))
    object.__setattr__(good, "hypotheses", ())
    return good


def lost_axiom(monkeypatch):
    good = logic.axiom("forging.wish", ABSURD)
    object.__setattr__(good, "axioms", frozenset())
    return good


def lost_dimension(monkeypatch):
    d = sym("d", INT)
    good = algebra(trace(eye(d)), d)
    object.__setattr__(good, "dimensions", frozenset())
    return good


def another_class(monkeypatch):
    class Twin:
        __slots__ = Theorem.__slots__

    twin = Twin()
    model = algebra(num(0), num(0))
    for slot in Theorem.__slots__:
        if slot != "__weakref__":
            setattr(twin, slot, getattr(model, slot))
    twin.conclusion = ABSURD
    try:
        twin.__class__ = Theorem
    except TypeError:  # prevented here; whether it is depends on the version of Python
        return registered_shell(monkeypatch)
    theorem._MADE.add(twin)
    return twin


def reopened_table(monkeypatch):
    monkeypatch.setattr(theorem, "_open", True)

    def wish() -> Sequent:
        return Sequent((), ABSURD)

    try:
        return rule(wish)()
    finally:
        RULES.pop("wish", None)


def replaced_rule(monkeypatch):
    monkeypatch.setattr(equality, "residual", lambda n, a, b: (True, ""))
    return algebra(num(0), num(1))


def unchecked_debt(monkeypatch):
    monkeypatch.setattr(equality, "refuse_owed", lambda *args: None)
    return algebra(x / x, num(1))


def changed_term(monkeypatch):
    good = algebra(x + 1, 1 + x)
    one = good.conclusion.args[0].args[1]
    object.__setattr__(one, "args", (num(2).args[0],))
    return good


def cleared_definitions(monkeypatch):
    first = define("forging.f", (), num(1))
    monkeypatch.delitem(logic.DEFINED, "forging.f")
    second = define("forging.f", (), num(2))
    monkeypatch.setitem(logic.DEFINED, "forging.f", ((), num(1)))
    return chain(symmetric(first), second)


def forged_premise(monkeypatch):
    wish = registered_shell(monkeypatch)
    return chain(algebra(num(1) - 1, num(0)), wish)


def changed_number(monkeypatch):
    """A Fraction is not protected, and no guard of a term sees it."""
    three = Fraction(3)  # of its own: numbers that `num` makes may be shared
    good = algebra(x + 3, Term("num", (three,), INT) + x)
    monkeypatch.setattr(three, "_numerator", 4)
    return good


def every_shell_a_member(monkeypatch):
    """Whether a theorem was made by a rule is asked by hash and equality."""
    algebra(num(0), num(0))
    monkeypatch.setattr(Theorem, "__hash__", lambda self: 1, raising=False)
    monkeypatch.setattr(Theorem, "__eq__", lambda self, other: True, raising=False)
    monkeypatch.setattr(theorem, "_MADE", {algebra(num(0), num(0))})
    return symmetric(shell_of(ABSURD))


def changed_code(monkeypatch):
    inner = algebra.__wrapped__
    monkeypatch.setattr(inner, "__code__", (lambda a, b, hypotheses=(), using=(): Sequent((), eq(a, b))).__code__)
    monkeypatch.setitem(inner.__globals__, "Sequent", Sequent)
    return algebra(num(0), num(1))


def changed_cell(monkeypatch):
    cell = next(c for c in symmetric.__closure__ if c.cell_contents is symmetric.__wrapped__)

    def wish(t):
        return Sequent((), ABSURD)

    wish.__name__ = "symmetric"
    monkeypatch.setattr(cell, "cell_contents", wish)
    return symmetric(algebra(num(0), num(0)))


def found_by_the_collector(monkeypatch):
    """What is hidden in a module is found among what the collector knows."""
    good, wish = algebra(num(1) - 1, num(0)), shell_of(ABSURD)
    gc.unfreeze()  # a check freezes what it has loaded, and frozen objects are not listed
    next(o for o in gc.get_objects() if type(o) is WeakSet and good in o).add(wish)
    return chain(good, wish)


def pickled_with_help(monkeypatch):
    """A reducer of copyreg comes before the class's own refusal."""
    monkeypatch.setitem(copyreg.dispatch_table, Theorem, lambda t: (object.__new__, (Theorem,)))
    made = pickle.loads(pickle.dumps(algebra(num(0), num(0))))
    with pytest.raises(RuleError, match="an empty shell"):
        symmetric(made)
    for slot in Theorem.__slots__:
        if slot != "__weakref__":
            object.__setattr__(made, slot, getattr(shell_of(ABSURD), slot))
    theorem._MADE.add(made)
    return made


def changed_on_the_way(monkeypatch):
    """A debugger changes what a rule has in hand."""
    def watch(frame, event, arg):
        if frame.f_code.co_name == "apply" and "sequent" in frame.f_locals:
            frame.f_locals["sequent"] = Sequent((), ABSURD)
        return watch

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        return algebra(num(0), num(0))
    finally:
        sys.settrace(before)


ROUTES = {
    registered_shell: "gives 0 = 0, not 0 = 1",
    changed_in_place: "gives 0 < 1, not 1 < 0",
    dropped_hypothesis: "gives 0 < x as hypotheses, not nothing",
    lost_axiom: r"rests on the axioms \['forging.wish'\], not \[\]",
    lost_dimension: "the dimensions of the theorem are d",
    another_class: "gives 0 = 0, not 0 = 1",
    reopened_table: "there is no rule 'wish'",
    replaced_rule: "the rule algebra refuses: algebra: 0 = 1 does not hold",
    unchecked_debt: r"the rule algebra refuses: algebra: \(x/x\) = 1 owes x != 0",
    changed_term: "does not hold|has the sort|gives",
    cleared_definitions: "the rule define refuses: define: forging.f is defined already, as 1",
    forged_premise: "gives 0 = 0, not 0 = 1",
    changed_number: r"gives \(x \+ 3\) = \(4 \+ x\)|does not hold",
    every_shell_a_member: "gives 0 = 0, not 0 = 1",
    changed_code: "the rule algebra refuses: algebra: 0 = 1 does not hold",
    changed_cell: "gives 0 = 0, not 0 = 1",
    found_by_the_collector: "gives 0 = 0, not 0 = 1",
    pickled_with_help: "gives 0 = 0, not 0 = 1",
    changed_on_the_way: "gives 0 = 0, not 0 = 1",
}


@pytest.fixture(scope="module")
def second_process(tmp_path_factory):
    """All forgeries are written in this process, and replayed in one that has seen none of them."""
    folder = tmp_path_factory.mktemp("forged")
    for route in ROUTES:
        with pytest.MonkeyPatch.context() as patch:
            write_trace(route(patch), folder / f"{route.__name__}.jsonl")
    write_trace(cut(algebra(sqrt(x**2), x, (le(0, x),)), assume(le(0, x))), folder / "honest.jsonl")
    command = [sys.executable, "-m", "derivations.evidence.replay", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    return {line.split(".jsonl")[0].split("/")[-1]: line for line in done.stdout.splitlines() if ".jsonl" in line}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.__name__)
def test_what_python_cannot_prevent_the_replay_refuses(second_process, route):
    line = second_process[route.__name__]
    assert line.startswith("refused") and re.search(ROUTES[route], line), line


def test_and_it_takes_an_honest_proof(second_process):
    assert second_process["honest"].startswith("good")
    assert len(second_process) == len(ROUTES) + 1


def test_a_forgery_does_pass_for_a_theorem_here(monkeypatch):
    """That is why there is a replay: inside one process nothing is safe from its own code."""
    assert str(symmetric(registered_shell(monkeypatch))) == "|- 1 = 0"
    assert specialize(logic.generalize(registered_shell(monkeypatch), y), app("anything")).conclusion == ABSURD
