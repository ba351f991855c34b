"""What must not become a book: each fault is refused with the place and what to do."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mkdocs.exceptions import Abort

from derivations.book.html import block
from derivations.book.model import BookError, load
from tests.book.conftest import ROOT
from tests.book.fixture import corpus as fixture

Install = Callable[[Callable[[dict[str, dict[str, Any]]], None]], str]

Build = Callable[..., Path]


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make a corpus that differs from the fixture's in one place; gives the name of its module."""

    def install(change: Callable[[dict[str, dict[str, Any]]], None]) -> str:
        chapters = copy.deepcopy(fixture.corpus())
        change({b.values["id"]: b.values for c in chapters for b in c.blocks if hasattr(b, "values")})
        module = types.ModuleType("changed_corpus")
        module.corpus = lambda: chapters  # type: ignore[attr-defined]
        for name in ("report", "notation", "ledger"):
            setattr(module, name, getattr(fixture, name))
        monkeypatch.setitem(sys.modules, "changed_corpus", module)
        return "changed_corpus"

    return install


def test_the_fixture_is_accepted() -> None:
    book = load("tests.book.fixture.corpus")
    assert book.ancestors("posterior.mean") == ["conv.ddpm", "forward.marginal"]


CHANGES: list[tuple[Callable[[dict[str, Any]], Any], str]] = [
    (lambda e: e["posterior.mean"].pop("aim"), "posterior.mean: its report lacks aim"),
    (
        lambda e: e["posterior.mean"]["steps"][1].pop("rule"),
        "posterior.mean: step 1 of its report lacks rule",
    ),
    (lambda e: e["posterior.mean"].update(verdict="true"), "posterior.mean: unknown verdict 'true'"),
    (lambda e: e["posterior.mean"].update(kind="lemma"), "posterior.mean: unknown kind 'lemma'"),
    (lambda e: e["posterior.mean"].update(uses=["gone.one"]), "posterior.mean: refers to gone.one"),
    (lambda e: e["posterior.mean"].update(axioms=["choice"]), "posterior.mean: rests on choice"),
    (lambda e: e["posterior.mean"]["steps"].pop(1), r"numbered \[0, 2, 3\]; expected 0, 1, 2"),
    (lambda e: e["posterior.mean"].update(id="conv.ddpm"), "share the ID 'conv.ddpm'"),
    (lambda e: e["posterior.mean"].update(id="Posterior"), "'Posterior' is not an ID"),
    (
        lambda e: e["conv.ddpm"].update(uses=["posterior.mean"]),
        "circle of dependencies: conv.ddpm -> posterior.mean",
    ),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[said for _, said in CHANGES])
def test_a_faulty_corpus_is_refused(changed: Install, change: Callable[..., None], said: str) -> None:
    with pytest.raises(BookError, match=said):
        load(changed(change))


def test_an_empty_corpus_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.SimpleNamespace(corpus=list, report=dict, notation=list, ledger=list)
    monkeypatch.setitem(sys.modules, "empty_corpus", module)
    with pytest.raises(BookError, match="0 proved formulas out of 0"):
        load("empty_corpus")


def test_a_missing_corpus_is_named() -> None:
    with pytest.raises(BookError, match="reads its corpus from 'no_such_corpus'"):
        load("no_such_corpus")


def test_a_link_to_a_file_in_an_entry_is_refused() -> None:
    with pytest.raises(BookError, match=r"a\.b: the text links to '\.\./trust\.md'; link to an ID instead"):
        block("see [trust](../trust.md)", "a.b")


def test_bad_latex_stops_the_build(changed: Install, build: Build, caplog: pytest.LogCaptureFixture) -> None:
    name = changed(lambda e: e["posterior.mean"]["steps"][1].update(tex=r"= \frac{a}{"))
    with pytest.raises(Abort):
        build(corpus=name)
    assert re.search(r"posterior.*\.md: KaTeX parse error.*\n.*in the formula: \\frac\{a\}\{", caplog.text)


def test_an_unknown_reference_stops_the_build(
    changed: Install, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    name = changed(lambda e: e["posterior.mean"].update(aim="See [this][no.such_formula]."))
    with pytest.raises(Abort):
        build(corpus=name)
    assert "Could not find cross-reference target 'no.such_formula'" in caplog.text


def test_an_unknown_part_stops_the_build(
    build: Build, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(ROOT / "docs", docs)
    with (docs / "trust.md").open("a", encoding="utf-8") as file:
        file.write("\n<!-- book: gossip -->\n")
    with pytest.raises(Abort):
        build(docs=docs)
    assert "trust.html: there is no part 'gossip'; there are: believed" in caplog.text


def test_importing_derivations_does_not_import_mkdocs() -> None:
    code = (
        "import derivations, sys; sys.exit(any(m in sys.modules for m in ('mkdocs', 'markdown', 'quickjs')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
