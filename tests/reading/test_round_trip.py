"""What was read, printed by an independent printer and read again, is the same term; and no token is read twice or never."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from derivations.reading import audit as auditing
from derivations.reading.notation.declaration import declaration
from derivations.reading.notation.unfolding import canonical
from derivations.reading.terms.calls import IGNORED
from derivations.reading.terms.elaborate import Elaborator
from derivations.reading.terms.grammar import parse
from derivations.reading.terms.statements import integers, statements
from derivations.reading.text import documents
from derivations.reading.text.lexer import tokenize
from derivations.reading.text.syntax import UnreadError, leaves, show
from tests.reading.marked import ADVERSARIAL, NOTES
from tests.reading.printer import NotPrinted, tex

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
FILES = [*sorted(NOTES.iterdir()), *sorted(ADVERSARIAL.iterdir()), *sorted(SEEDS.glob("*.md"))]


def sides(path):
    """Every side of every statement of a document that is read as a term: its row, the term, and how to read it again."""
    doc = documents.load(path)
    reading = auditing.prepared(doc, declaration(doc.front), "plain")
    signature = reading.judge.signature
    for r in reading.reads:
        names = integers(r.row)
        for s in statements(r.row):
            for side in s.sides:
                try:
                    yield side, read(side, signature, names), signature, names
                except UnreadError:
                    continue


def read(row, signature, names):
    el = Elaborator(replace(signature), names)
    term = el.expr(row)
    el.settle(row)
    return canonical(term)


def again(term, signature, names):
    """The term read from its own print."""
    return read(parse(tokenize(tex(term))), signature, names)


def test_what_is_printed_is_read_as_the_same_term():
    """Of the formulas of all notes and seeds; what this printer does not know, like a derivative, is counted."""
    different, printed, unprinted = [], 0, 0
    for path in FILES:
        for _, term, signature, names in sides(path):
            try:
                back = again(term, signature, names)
            except NotPrinted:
                unprinted += 1
                continue
            except UnreadError as reason:
                different.append((path.name, tex(term), str(reason)))
                continue
            printed += 1
            if repr(back) != repr(term):
                different.append((path.name, tex(term), repr(back)))
    assert different == []
    assert printed >= 850 and printed > 10 * unprinted, (printed, unprinted)  # 887 without the seeds


@pytest.mark.parametrize("path", FILES[:8], ids=lambda p: p.name)
def test_a_token_that_the_elaboration_drops_makes_the_formula_unread(path, monkeypatch):
    """Planted: one item after another is left out of the account, and each time the side is refused."""
    use, tried = Elaborator.use, 0
    for side, _, signature, names in list(sides(path))[:12]:
        for lost in [i for i in leaves(side) if i.kind not in IGNORED]:
            kept = {(i.at, i.kind, i.text) for i in leaves(side)} - {(lost.at, lost.kind, lost.text)}
            monkeypatch.setattr(
                Elaborator,
                "use",
                lambda el, *items, kept=kept: use(el, *(i for i in items if (i.at, i.kind, i.text) in kept)),
            )
            with pytest.raises(UnreadError, match="given no meaning"):
                read(side, signature, names)
            tried += 1
        monkeypatch.setattr(Elaborator, "use", use)
    assert tried > 20


def test_every_token_of_a_formula_is_in_one_item_or_is_layout():
    """Planted: a token taken out of the text changes what is read."""
    whole = r"\frac{\sqrt{\bar\alpha_{t-1}}\beta_t}{1-\bar\alpha_t}x_0 + \frac{\sqrt{\alpha_t}(1-\bar\alpha_{t-1})}{1-\bar\alpha_t}x_t"
    tokens = tokenize(whole)
    seen = show(parse(tokens))
    for k, t in enumerate(tokens):
        if t.text in "{}()_":
            continue
        with suppress(UnreadError):
            assert show(parse([*tokens[:k], *tokens[k + 1 :]])) != seen, t


def test_a_token_that_is_read_twice_makes_the_formula_unread(monkeypatch):
    use = Elaborator.use
    monkeypatch.setattr(Elaborator, "use", lambda el, *items: use(el, *items, *items))
    path = FILES[0]
    doc = documents.load(path)
    signature = auditing.prepared(doc, declaration(doc.front), "plain").judge.signature
    with pytest.raises(UnreadError, match="twice"):
        read(parse(tokenize(r"2 x_t")), signature, frozenset())
