"""Proof traces: a second process does the proof again, and refuses one with a changed byte or step."""

import json
import subprocess
import sys

import pytest

from derivations.chapters import conventions
from derivations.evidence.replay import MEANINGS, ReplayError, definitions, main, published, replay
from derivations.evidence.ring import report, second_opinion
from derivations.evidence.seal import seal_line, sorts_hash, statement_hash
from derivations.evidence.trace import TraceError, statement_digest, write_trace
from derivations.kernel.equality import algebra, chain, congruence, order
from derivations.kernel.logic import (
    assume,
    axiom,
    conjoin,
    conjunct,
    cut,
    define,
    generalize,
    instantiate,
    specialize,
    weaken,
)
from derivations.kernel.terms import (
    INT,
    Vec,
    app,
    comps,
    diag,
    eq,
    exp,
    eye,
    forall,
    inner,
    integral,
    lt,
    norm2,
    num,
    sqrt,
    sum_,
    sym,
    trace,
)
from derivations.kernel.theorem import Theorem
from derivations.registry import entries
from tests.kernel.accept import evolution, limits, series

x, y, d, i, m = sym("x"), sym("y"), sym("d", INT), sym("i", INT), sym("m", INT)
u = sym("u", Vec(d))


def proof():
    """A small proof in which one lemma is used twice."""
    root = algebra(sqrt(x**2), x, (lt(0, x),))
    twice = chain(congruence(y + 1, y, root), algebra(x + 1, 1 + x))
    three = instantiate(twice, ((x, num(3)),))
    return cut(three, order(lt(0, num(3)))), root


def forged():
    """A false theorem, made as Python lets anyone make one."""
    theorem = object.__new__(Theorem)
    model = algebra(x, x)
    for slot in ("hypotheses", "axioms", "rule", "arguments", "dimensions", "smooth"):
        object.__setattr__(theorem, slot, getattr(model, slot))
    object.__setattr__(theorem, "conclusion", eq(num(0), num(1)))
    return theorem


def bodies(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def reseal(path, lines):
    """Write the lines with digests that fit: what somebody does who knows the format."""
    digest, out = "", []
    for body in lines:
        body.pop("digest", None)
        line, digest = seal_line(body, digest)
        out.append(line)
    path.write_text("".join(out))


def test_a_trace_is_read_back_to_the_same_theorems(tmp_path):
    theorems = proof()
    file = tmp_path / "proof.jsonl"
    assert write_trace(theorems, file) == 7
    done = replay(file)
    assert done.steps == 7
    for old, new in zip(theorems, done.theorems, strict=True):
        assert (new.hypotheses, new.conclusion, new.axioms) == (old.hypotheses, old.conclusion, old.axioms)
        assert statement_digest(new) == statement_digest(old)


def test_every_kind_of_argument_comes_back(tmp_path):
    f = define("trace.f", (x,), exp(x))
    theorem = weaken(specialize(f, num(2) / 3), lt(0, y))
    kinds = [
        theorem,
        axiom("trace.axiom", eq(app("g", u), norm2(u))),
        generalize(algebra(inner(u, u), norm2(u)), u),
    ]
    kinds.append(algebra(sum_(i, 1, 3, x * i), 6 * x))
    kinds.append(algebra(integral(u, norm2(u)), integral(u, inner(u, u))))
    write_trace(kinds, tmp_path / "kinds.jsonl")
    again = replay(tmp_path / "kinds.jsonl").theorems
    assert [t.conclusion for t in again] == [t.conclusion for t in kinds]
    assert again[1].axioms == {"trace.axiom"}


@pytest.mark.parametrize("room", [series, evolution, limits], ids=lambda room: room.__name__.rpartition(".")[2])
def test_orders_and_limits_are_done_again(room, tmp_path):
    theorems = [call() for cases in room.ACCEPT.values() for call, _ in cases]
    write_trace(theorems, tmp_path / "room.jsonl")
    again = replay(tmp_path / "room.jsonl").theorems
    assert [(t.hypotheses, t.conclusion, t.smooth) for t in again] == [
        (t.hypotheses, t.conclusion, t.smooth) for t in theorems
    ]


def test_what_is_shared_in_the_proof_is_shared_in_the_file(tmp_path):
    """Thirty doublings: as a tree the proof has 2^30 leaves."""
    theorem = algebra(x, x)
    for _ in range(30):
        theorem = chain(theorem, theorem)
    assert write_trace(theorem, tmp_path / "dag.jsonl") == 31
    assert replay(tmp_path / "dag.jsonl").steps == 31


def test_a_fresh_process_replays_a_directory(tmp_path):
    write_trace(proof()[0], tmp_path / "good.jsonl")
    write_trace(forged(), tmp_path / "forged.jsonl")
    command = [sys.executable, "-m", "derivations.evidence.replay", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "good.jsonl: 7 steps, 1 theorems" in run.stdout
    assert "forged.jsonl, line 2: the rule algebra gives x = x, not 0 = 1" in run.stdout
    assert "1 of 2 traces are good" in run.stdout


OTHERWISE = """
import sys
from derivations.evidence.trace import write_trace
from derivations.kernel.equality import algebra
from derivations.kernel.logic import axiom, define, weaken
from derivations.kernel.terms import INT, app, eq, le, num, sym
t = sym("t", INT)
alpha, before, after = app("alpha", t), app("alpha_bar", t - 1), app("alpha_bar", t)
write_trace(axiom("a_word", eq(app("alpha_bar", num(0)), 1)), sys.argv[1] + "/conv.alpha_bar_zero.jsonl")
meant = define("alpha", (t,), num(7)), define("alpha_bar", (t,), 0 * num(1))
proved = weaken(algebra(after, alpha * before, (), meant), le(1, t))
write_trace(proved, sys.argv[1] + "/conv.alpha_bar_step.jsonl")
"""


def test_the_words_of_a_published_formula_about_another_function_are_refused(tmp_path):
    """alpha_bar = 0 obeys the recursion too. Nor does an axiom prove what was published without one."""
    subprocess.run([sys.executable, "-c", OTHERWISE, str(tmp_path)], check=True)
    step, word = tmp_path / "conv.alpha_bar_step.jsonl", tmp_path / "conv.alpha_bar_zero.jsonl"
    command = [sys.executable, "-m", "derivations.evidence.replay", str(word), str(step)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "it proves the words of conv.alpha_bar_step of another alpha: the definition of alpha should" in run.stdout
    assert "it rests on the axioms a_word, and conv.alpha_bar_zero was published without one" in run.stdout


def test_the_lock_of_definitions_holds_what_the_published_formulas_are_about():
    theorems = [part.theorem for entry in entries().values() for part in entry.results]
    assert definitions(theorems) == published(MEANINGS)  # a new definition is added there, and none is changed


def test_any_byte_counts(tmp_path):
    file = tmp_path / "proof.jsonl"
    write_trace(algebra(x + 1, 1 + x, (lt(0, x),)), file)
    good = file.read_bytes()
    for k in range(len(good)):
        for other in (good[k] ^ 1, ord(" "), ord("\r")):
            if other != good[k]:
                file.write_bytes(good[:k] + bytes([other]) + good[k + 1 :])
                with pytest.raises(ReplayError):
                    replay(file)
    for part in (
        good[:-1],
        good + b"\n",
        good + b" ",
        good.replace(b"\n", b"\r\n"),
        b"",
        good[: good.index(b"\n") + 1],
    ):
        file.write_bytes(part)
        with pytest.raises(ReplayError):
            replay(file)


def change(**values):
    return lambda lines: lines[2].update(values)


def drop_hypothesis(lines):
    lines[1]["hypotheses"] = []


def forward(lines):
    lines[2]["arguments"] = [{"theorem": 9}]


CHANGES = [
    (drop_hypothesis, "line 2: the rule algebra gives 0 < x as hypotheses, not nothing"),
    (change(rule="axiom"), "the rule axiom refuses"),
    (change(rule="frobnicate"), "there is no rule 'frobnicate'"),
    (change(rule="__init__"), "there is no rule '__init__'"),
    (change(conclusion=0), r"gives \(sqrt\(.*\) \+ 1\) = \(x \+ 1\), not x"),
    (change(axioms=["choice"]), r"rests on the axioms \[\], not \['choice'\]"),
    (change(dimensions=[0]), "the dimensions of the theorem are nothing"),
    (change(terms=[["pow", "real", [99, 0]]]), "there is no term 99 yet"),
    (change(terms=[["num", "int", ["9**9**9"]]]), "not a number: '9\\*\\*9\\*\\*9'"),
    (change(terms=[["num", "int", ["1/0"]]]), "not a number: '1/0'"),
    (change(arguments=[{"code": "1"}]), "an argument of an unknown kind"),
    (change(arguments=[{"term": True}]), "there is no term True yet"),
    (change(arguments=[3]), "not a step of a proof"),
    (forward, "there is no theorem 9 yet"),
    (lambda lines: lines.insert(2, {"format": "x"}), "not a step of a proof"),
    (lambda lines: lines.append({"end": []}), "there is a line after the last one"),
    (lambda lines: lines.pop(), "the trace is cut off"),
    (lambda lines: lines.pop(0), "expected the format"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "text"), CHANGES, ids=[text[:40] for _, text in CHANGES])
def test_a_step_changed_by_somebody_who_knows_the_format_is_refused(tmp_path, edit, text):
    file = tmp_path / "proof.jsonl"
    write_trace(proof()[0], file)
    lines = bodies(file)
    edit(lines)
    reseal(file, lines)
    with pytest.raises(ReplayError, match=text):
        replay(file)


def test_an_ill_formed_term_in_a_trace_is_refused(tmp_path):
    """The reader builds what it reads; the gate of the rules looks at it."""
    file = tmp_path / "proof.jsonl"
    write_trace(algebra(i + 1, 1 + i), file)
    lines = bodies(file)
    terms = lines[1]["terms"]
    half = next(k for k, node in enumerate(terms) if node[0] == "num")
    terms[half] = ["num", "int", ["1/2"]]
    reseal(file, lines)
    with pytest.raises(ReplayError, match="the rule algebra refuses: 1/2 is built with the sort"):
        replay(file)


def test_a_theorem_that_rests_on_itself_is_not_written(tmp_path):
    theorem = forged()
    object.__setattr__(theorem, "arguments", (theorem,))
    with pytest.raises(TraceError, match="rests on itself"):
        write_trace(theorem, tmp_path / "t.jsonl")
    with pytest.raises(TraceError, match="an empty shell"):
        write_trace(object.__new__(Theorem), tmp_path / "t.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_number_that_the_reader_would_refuse_is_not_written(tmp_path):
    write_trace(algebra(num(2**12_999) + x, x + num(2**12_999)), tmp_path / "t.jsonl")
    assert replay(tmp_path / "t.jsonl").steps == 1
    with pytest.raises(TraceError, match="a number of more than 13,000 bits"):
        write_trace(algebra(num(2**13_000) + x, x + num(2**13_000)), tmp_path / "t.jsonl")


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    file = tmp_path / "t.jsonl"
    write_trace(algebra(x, x), file)
    before = file.read_bytes()
    monkeypatch.setattr("derivations.evidence.trace.os.replace", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_trace(proof()[0], file)
    assert file.read_bytes() == before and list(tmp_path.iterdir()) == [file]


def test_nothing_to_read_is_not_a_success(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert "no trace to read" in capsys.readouterr().err
    assert main([str(tmp_path / "absent.jsonl")]) == 2
    assert f"there is no file or folder {tmp_path / 'absent.jsonl'}" in capsys.readouterr().err
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\n")
    assert main([str(tmp_path)]) == 1
    assert "cannot be read" in capsys.readouterr().out


def test_the_statement_digest_tells_sorts_apart_but_not_bound_names():
    j = sym("j", INT)
    assert statement_digest(algebra(sum_(i, 1, d, i), sum_(i, 1, d, i))) == statement_digest(
        algebra(sum_(j, 1, d, j), sum_(j, 1, d, j))
    )
    real, whole = sym("n"), sym("n", INT)
    assert statement_digest(algebra(real, real)) != statement_digest(algebra(whole, whole))


def reads(a, b):
    """For all a p(a) = 0, and for all b q(b) = 0."""
    return conjoin(*(assume(forall(v, eq(app(name, v), 0))) for name, v in (("p", a), ("q", b))))


ALIKE = {
    "entries": [assume(eq(app("f", comps(i, app("g", i), n)), m + d)) for n in (d, m)],
    "diagonal": [assume(eq(app("f", diag(i, app("g", i), n)), m + d)) for n in (d, m)],
    "bound": [reads(x, i), reads(i, x)],
    "dimension": [conjunct(conjoin(algebra(d, d), t), 0) for t in (algebra(d, d), algebra(trace(eye(d)), d))],
}


@pytest.mark.parametrize("kind", ALIKE)
def test_what_is_written_alike_of_other_sorts_has_another_hash_of_sorts(kind):
    one, other = ALIKE[kind]
    assert statement_hash([one]) == statement_hash([other])
    assert sorts_hash([one]) != sorts_hash([other])


def test_a_chapter_of_the_corpus_is_replayed(tmp_path):
    for entry in conventions.chapter.entries:
        theorems = [part.theorem for part in entry.parts]
        write_trace(theorems, tmp_path / f"{entry.id}.jsonl")
        again = replay(tmp_path / f"{entry.id}.jsonl").theorems
        assert list(map(statement_digest, again)) == list(map(statement_digest, theorems))


def test_a_chapter_of_the_corpus_has_a_second_opinion():
    theorems = [part.theorem for entry in conventions.chapter.entries for part in entry.parts]
    assert {second_opinion(t) for t in theorems} <= {"agrees", "not asked"}
    assert sum(len(report(t).opinions) for t in theorems) > 10
