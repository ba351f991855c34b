"""The lock: IDs are permanent, statements change with their revision only, the file only grows."""

import itertools
import subprocess
from pathlib import Path

import pytest

from derivations.chapters import conventions
from derivations.cli import lock as command
from derivations.evidence import replay
from derivations.kernel.terms import INT, lt, sym
from derivations.records import lock
from derivations.records.lock import Locked, LockError
from derivations.registry import entries
from derivations.registry.corpus import index
from derivations.registry.examine import examine

from .conftest import a, b, chapter, square

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "derivations" / "formulas.lock"


@pytest.fixture(autouse=True)
def meanings(tmp_path, monkeypatch):
    """A lock of definitions that a test may write."""
    monkeypatch.setattr(replay, "MEANINGS", tmp_path / "definitions.lock")
    replay.MEANINGS.write_text("# What each defined function means.\n")
    return replay.MEANINGS


def only(made):
    (entry,) = made.entries
    return entry


def stated(entry):
    return examine(entry, second_opinion=False).stated


def of(monkeypatch, *chapters):
    monkeypatch.setattr(command, "entries", lambda: index(chapters))


def test_publishing_appends_and_then_there_is_nothing_new(derive, monkeypatch):
    of(monkeypatch, square())
    digest = f"{only(square()).digest()} {only(square()).sorts()}"
    run = derive("lock")
    assert run.code == 0 and run.out == f"demo.square 1 {digest}\n1 published; 1 in the corpus.\n"
    assert lock.LOCK.read_text() == f"{lock.HEADER}demo.square 1 {digest}\n"
    assert derive("lock").out == "0 published; 1 in the corpus.\n"
    assert lock.LOCK.read_text().count("demo.square") == 1


def test_what_the_functions_in_a_formula_mean_is_published_with_it(derive, monkeypatch, meanings):
    of(monkeypatch, conventions.chapter)
    assert "\nalpha_bar is defined\n" in derive("lock").out
    written = meanings.read_text()
    real = (ROOT / "derivations" / "definitions.lock").read_text().splitlines()
    assert {"alpha", "alpha_bar"} <= {line.split()[0] for line in written.splitlines()[1:]}
    assert set(written.splitlines()[1:]) <= set(real)
    assert "is defined" not in derive("lock").out and meanings.read_text() == written


def test_a_published_function_is_not_defined_otherwise(derive, monkeypatch, meanings):
    of(monkeypatch, conventions.chapter)
    meanings.write_text("alpha_bar 1 0123456789abcdef 01234567\n")
    run = derive("lock")
    assert run.code == 1 and not lock.LOCK.exists()
    assert (
        "alpha_bar: published formulas speak of this function, and it is defined otherwise now; give the new one another name"
    ) in run.err


def test_a_dry_run_writes_nothing(derive, monkeypatch):
    of(monkeypatch, square())
    assert "1 would be published; 1 in the corpus." in derive("lock", "--dry-run").out
    assert not lock.LOCK.exists()


def test_a_new_revision_is_a_new_line(derive, monkeypatch):
    of(monkeypatch, square())
    derive("lock")
    of(monkeypatch, square(revision=2))
    assert derive("lock").code == 0
    assert [line.split()[:2] for line in lock.LOCK.read_text().splitlines()[3:]] == [
        ["demo.square", "1"],
        ["demo.square", "2"],
    ]
    assert lock.read()["demo.square"].revision == 2


def test_nothing_is_published_while_something_is_wrong(derive, monkeypatch):
    of(monkeypatch, square(wrong=True))
    run = derive("lock")
    assert run.code == 1 and not lock.LOCK.exists()
    assert "derive: nothing was published:" in run.err
    assert "demo.square: its verdict is not the declared one; `derive check demo.square` says why" in run.err


def test_a_changed_statement_needs_a_new_revision():
    entry = only(square())
    changed = {"demo.square": Locked("demo.square", 1, "0" * 16)}
    (problem,) = lock.problems([stated(entry)], changed, whole=True)
    assert problem == (
        "demo.square: the statement changed, and the revision did not; revision 1 is published with the hash "
        f"{'0' * 16}, the statement now has {entry.digest()} {entry.sorts()}. If the change is meant, write revision=2 in the entry "
        "and run `derive lock`; if not, undo it"
    )
    assert lock.problems([stated(only(square(revision=2)))], changed, whole=True) == []


def test_a_revision_never_shrinks():
    (problem,) = lock.problems([stated(only(square()))], {"demo.square": Locked("demo.square", 3, "0" * 16)}, True)
    assert "it says revision 1, but revision 3 is published; revisions only grow" in problem


def test_an_id_never_vanishes():
    published = {"demo.gone": Locked("demo.gone", 1, "0" * 16)}
    (problem,) = lock.problems([stated(only(square()))], published, whole=True)
    assert problem.startswith("demo.gone: published, and gone from the corpus; an ID is permanent")
    assert lock.problems([stated(only(square()))], published, whole=False) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("demo.a 1\n", "line 1: expected 'ID revision hash sorts', got 'demo.a 1'"),
        ("demo.a 1 00 11\ndemo.a 1 00 22\n", "line 2: revision 1 of demo.a stands after revision 1"),
        ("demo.a 1 00\ndemo.a 1 01 22\n", "line 2: revision 1 of demo.a stands after revision 1"),
        ("# words\n\ndemo.a one 00\n", "line 3: expected 'ID revision hash sorts'"),
        ("demo.a 2 00\ndemo.a 2 01\n", "line 2: revision 2 of demo.a stands after revision 2"),
        ("demo.a 2 00\ndemo.a 1 00\n", "line 2: revision 1 of demo.a stands after revision 2"),
    ],
)
def test_a_damaged_file_is_refused_by_line(text, message):
    lock.LOCK.write_text(text)
    with pytest.raises(LockError, match="restore it from version control") as caught:
        lock.read()
    assert message in str(caught.value)


def test_the_hash_is_of_the_statement_and_of_nothing_else():
    """Title, reasons and the order of hypotheses may change; hypotheses and conclusion may not."""
    plain = only(square()).digest()
    assert only(square(sources=("a book",), notes="a note")).digest() == plain

    def other(*given, end=a + b):
        made = chapter()

        @made.theorem("demo.square", "Another title", given=given)
        def root(sheet):
            """Another aim."""
            sheet.start((a**2 / a) + b).to(end)
            sheet.qed()

        return root.digest()

    assert other(lt(0, a), lt(0, b)) == other(lt(0, b), lt(0, a)) != other(lt(0, a))
    assert other(lt(0, a)) != other(lt(0, a), end=b + a)


def test_what_a_letter_is_belongs_to_the_statement(derive, monkeypatch):
    """An integer prints as a real number does."""

    def over(letter):
        made = chapter()

        @made.theorem("demo.letter", "A sum")
        def root(sheet):
            """An aim."""
            sheet.start(letter + letter).to(2 * letter)
            sheet.qed()

        return made

    real, whole = over(sym("n")), over(sym("n", INT))
    assert only(real).digest() == only(whole).digest() and only(real).sorts() != only(whole).sorts()
    of(monkeypatch, real)
    derive("lock")
    (problem,) = lock.problems([stated(only(whole))], lock.read(), whole=True)
    assert problem.startswith("demo.letter: what the letters stand for in the statement changed, and the revision did")
    assert lock.problems([stated(only(real))], lock.read(), whole=True) == []


def test_a_line_without_the_sorts_gets_them_once(derive, monkeypatch):
    of(monkeypatch, square())
    entry = only(square())
    lock.LOCK.write_text(f"demo.square 1 {entry.digest()}\n")
    assert derive("lock").out == "0 published; 1 in the corpus.\n"
    assert lock.LOCK.read_text().splitlines() == [
        f"demo.square 1 {entry.digest()}", f"demo.square 1 {entry.digest()} {entry.sorts()}",
    ]  # fmt: skip
    before = lock.LOCK.read_text()
    derive("lock")
    assert lock.LOCK.read_text() == before


def test_a_lock_that_cannot_be_written(derive, monkeypatch, tmp_path):
    of(monkeypatch, square())
    monkeypatch.setattr(lock, "LOCK", tmp_path / "nowhere" / "formulas.lock")
    run = derive("lock")
    assert run.code == 2
    assert "No such file or directory; publish from a checkout of the source" in run.err


def test_the_published_file_is_sound_and_complete():
    if not FILE.is_file():
        pytest.skip("nothing is published yet: formulas.lock does not exist")
    published = lock.read(FILE)
    rows = [stated(entry) for entry in entries().values()]
    assert lock.problems(rows, published, whole=True) == []
    late = [row.id for row in lock.unlocked(rows, published)]
    assert late == [], "run `derive lock` and commit formulas.lock"


def test_the_published_file_only_ever_grew():
    """Each committed version begins with the one before it."""
    name = str(FILE.relative_to(ROOT))
    log = subprocess.run(["git", "log", "--format=%H", "--", name], cwd=ROOT, capture_output=True, text=True)
    if log.returncode != 0 or not log.stdout.strip():
        pytest.skip("no history of formulas.lock here: not a clone, or not committed yet")
    versions = [
        subprocess.run(["git", "show", f"{commit}:{name}"], cwd=ROOT, capture_output=True, text=True).stdout
        for commit in reversed(log.stdout.split())
    ]
    if FILE.is_file():
        versions.append(FILE.read_text(encoding="utf-8"))
    for before, after in itertools.pairwise(versions):
        assert after.startswith(before), "a published line was changed or taken away"
