"""The key of one entry: what a change makes stale, in the sources alone; `test_stale` does the same with proofs."""

import re
import shutil

import pytest

from derivations.records.keys import PACKAGE, Sources
from derivations.records.parts import Parts, take_apart
from derivations.registry import entries
from derivations.registry.dependencies import all_ancestors, graph

MODULE = '''\
"""A chapter."""

from derivations.kernel.terms import sym
from derivations.language.entry import Chapter

chapter = Chapter("mine", "My chapter", "Short.", "Long.")
a, b = sym("a"), sym("b")
CONSTANT = a + b


def helper(sheet):
    """It reads an entry."""
    return first.theorem


@chapter.theorem("mine.first", "First")
def first(sheet):
    """An aim."""
    sheet.start(a).to(a)


chapter.prose("Some words.")


@chapter.theorem("mine.second", "Second", given=(CONSTANT,))
def second(sheet):
    """An aim."""
    helper(sheet)


@chapter.theorem("mine.third", "Third")
def third(sheet):
    """An aim."""
    sheet.start(b).to(b)


@chapter.theorem("mine.fourth", "Fourth")
def fourth(sheet):
    """An aim."""
    sheet.start(b).to(b, by=third.theorem)
'''
OTHER = '''\
from derivations.chapters.mine import helper as help_me
from derivations.chapters.mine import third
from derivations.language.entry import Chapter

chapter = Chapter("other", "Another", "Short.", "Long.")


@chapter.theorem("other.helped", "Helped")
def helped(sheet):
    help_me(sheet)


@chapter.theorem("other.resting", "Resting")
def resting(sheet):
    third.theorem


@chapter.theorem("other.alone", "Alone")
def alone(sheet):
    pass
'''
IDS = ["mine.first", "mine.second", "mine.third", "mine.fourth", "other.helped", "other.resting", "other.alone"]
SEEN = {"mine": {"chapters/mine.py"}, "other": {"chapters/mine.py", "chapters/other.py"}}


def keys(mine=MODULE, other=OTHER, base="base"):
    parts = Parts({"chapters/mine.py": mine, "chapters/other.py": other})
    assert sorted(parts.entries) == sorted(IDS)
    return {entry: parts.key(*parts.entries[entry], SEEN[entry.split(".")[0]], base) for entry in IDS}


def changed(old, new, text=MODULE):
    assert text.count(old) == 1
    made = keys(mine=text.replace(old, new)) if text is MODULE else keys(other=text.replace(old, new))
    return [entry for entry, key in keys().items() if made[entry] != key]


@pytest.mark.parametrize(("old", "new", "stale"), [
    ('"""An aim."""\n    helper', '"""Another aim."""\n    helper', ["mine.second"]),
    ("sheet.start(a).to(a)", "sheet.start(a).to(b)", ["mine.first", "mine.second", "other.helped"]),
    ('"First")', '"First", revision=2)', ["mine.first", "mine.second", "other.helped"]),
    ("sheet.start(b).to(b)\n", "sheet.start(b).to(a)\n", ["mine.third", "mine.fourth", "other.resting"]),
    ("given=(CONSTANT,)", "given=(a,)", ["mine.second"]),
    ("return first.theorem", "return first.parts", IDS),
    ("CONSTANT = a + b", "CONSTANT = a - b", IDS),
    ("Some words.", "Other words.", IDS),
    ("import sym\n", "import sym, num\n", IDS),
    ('theorem("mine.third"', 'theorem("mine.third" ', ["mine.third", "mine.fourth", "other.resting"]),
])  # fmt: skip
def test_what_a_change_makes_stale(old, new, stale):
    assert changed(old, new) == stale


def test_a_change_in_what_builds_on_a_module_leaves_the_module_alone():
    assert changed("help_me(sheet)", "help_me(sheet) or 1", OTHER) == ["other.helped"]
    assert changed("import Chapter\n", "import Chapter, Prose\n", OTHER) == ["other.helped", "other.resting", "other.alone"]


def test_another_base_is_another_key():
    assert not set(keys(base="another").values()) & set(keys().values())


def test_the_order_of_the_entries_counts():
    first = re.search(r'@chapter.theorem\("mine.first".*?to\(a\)\n\n\n', MODULE, re.S)[0]
    moved = keys(mine=MODULE.replace(first, "") + "\n\n" + first)
    assert all(moved[entry] != key for entry, key in keys().items())


@pytest.mark.parametrize("text", [
    "x = globals()['first']", "x = eval('first')", "x = chapter.entries[0]", "x = [b for b in chapter.blocks]", "x = chapter",
    "mine = chapter\nx = 1", "import sys\nx = sys.modules", "import derivations.chapters.scores", "from . import scores",
    "import importlib\nx = importlib.import_module('a')", "from derivations.chapters.scores import *", "x = OWNER",
    "from derivations.chapters.scores import chapter as c", "from derivations import registry", "x = scores.chapter",
    "x = first.__dict__", "setattr(first, 'author', 1)", "def f(t):\n    return exec(t)",
])  # fmt: skip
def test_a_module_that_may_reach_what_it_does_not_name_has_no_parts(text):
    assert set(keys(mine=f"{MODULE}\n\n{text}\n").values()) == {""}, "neither it nor what imports it"


def test_what_is_no_python_has_no_parts():
    assert not take_apart("this is no Python").closed


ONE = '@chapter.theorem("mine.fifth", "Fifth"'


@pytest.mark.parametrize(("entry", "readers"), [
    ('@chapter.definition("mine.fifth", "Fifth")\ndef fifth(sheet):\n    CONSTANT, third.theorem\n', ["mine.second"]),
    (ONE + ", defines=(CONSTANT,))\ndef fifth(sheet):\n    third.theorem\n", ["mine.second"]),
    (ONE + ')\ndef fifth(sheet):\n    define("x", third.theorem)\n', []),
    (ONE + ")\ndef fifth(sheet):\n    global CONSTANT\n    CONSTANT = third.theorem\n", ["mine.second"]),
    (ONE + ", given=(CONSTANT := third,))\ndef fifth(sheet):\n    pass\n", ["mine.second"]),
    ("if a:\n    @chapter.theorem('mine.fifth', 'Fifth')\n    def fifth(sheet):\n        third.theorem\n", IDS),
    ("for name in 'xy':\n    chapter.theorem(name, 'Made in a loop')(third.author)\n", IDS),
    ("third.theorem\n", IDS),
])  # fmt: skip
def test_what_others_see_without_naming_it_stands_in_the_rest(monkeypatch, entry, readers):
    """A change in it makes all stale; one in what it reads makes stale those who read what it defines, or all."""
    if entry.startswith("@"):
        monkeypatch.setattr("tests.derivations.test_parts.IDS", [*IDS, "mine.fifth"])
    text = f"{MODULE}\n\n{entry}"
    before, after = keys(mine=text), keys(mine=text.replace("(b).to(b)\n", "(b).to(a)\n"))
    edited = keys(mine=f"{text} # edited")
    assert all(before[name] != edited[name] for name in before)
    stale = {name for name in before if before[name] != after[name]}
    always = {"mine.third", "mine.fourth", "other.resting", "mine.fifth"} & set(before)
    assert stale == always | set(readers)


def test_an_id_that_two_have_has_no_key():
    twice = MODULE + '\n\n@chapter.theorem("mine.first", "First")\ndef again(sheet):\n    pass\n'
    assert "mine.first" not in Parts({"chapters/mine.py": twice}).entries


# ---- the book


@pytest.fixture(scope="module")
def now():
    return Sources()


def test_every_entry_of_the_book_has_a_key_of_its_own(now):
    found = {name: now.entry(name) for name in entries()}
    assert "" not in found.values() and len(set(found.values())) == len(found)


def test_every_proof_is_reached_from_what_rests_on_it(now):
    """What the theorems themselves say they rest on is reached by names, or stands in the rest."""
    parts, direct = now._parts, graph()
    for name in entries():
        file, part = parts.entries[name]
        seen = now._reached([file])
        reached = {p.entry for _, p in parts.reached(file, part, seen)}
        missing = set(all_ancestors(name, direct)) - reached
        assert not missing, f"{name} rests on {missing}"


def test_a_changed_proof_makes_stale_itself_and_all_that_rests_on_it(now, tmp_path):
    """Each entry that stands apart is changed in turn; what names it in no way stays."""
    direct, ids = graph(), list(entries())
    dependents = {name: {other for other in ids if name in all_ancestors(other, direct)} for name in ids}
    before = {name: now.entry(name) for name in ids}
    apart = fresh = 0
    for name in ids:
        _, part = now._parts.entries[name]
        if not part.source:
            continue
        files = {f: t.replace(part.source, part.source + "\n    pass") for f, t in now._texts.items()}
        after = Sources(earlier={"base": now.base, "chapters": files})
        stale = {other for other in ids if after.entry(other) != before[other]}
        assert {name} | dependents[name] <= stale
        apart, fresh = apart + 1, fresh + len(ids) - len(stale)
    assert apart > 90 and fresh > 0.8 * apart * len(ids), "most entries stay"


@pytest.mark.parametrize(("name", "old", "new", "expected"), [
    ("conventions.py", 'by=empty(product), because="The', 'by=empty(product), because="This', "dependents of conv.alpha_bar_zero"),
    ("conventions.py", 'define("alpha", (t,), 1 - beta(t))', 'define("alpha", (t,), 1 + beta(t))', "dependents of conv.ddpm"),
    ("conventions.py", "def _weak_range() -> Theorem:", "def _weak_range() -> Theorem:  # edited", "all of conventions"),
])  # fmt: skip
def test_what_an_edit_of_the_book_makes_stale(now, tmp_path, name, old, new, expected):
    package = tmp_path / "derivations"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    path = package / "chapters" / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    made, direct = Sources(package), graph()
    stale = {other for other in entries() if made.entry(other) != now.entry(other)}
    kind, _, what = expected.partition(" of ")
    wanted = {other for other in entries() if what == other or what in all_ancestors(other, direct)}
    if kind == "all":
        wanted = {other for other in entries() if other.startswith("conv.")}
    assert wanted and wanted <= stale < set(entries())
