"""A likeness with an ID is a proof only while the book proves that ID; nothing unknown is named as proved."""

import pytest

from derivations.language.entry import Entry
from derivations.reading import audit_text
from derivations.reading.notation import standing
from derivations.reading.verdict import Judgement

REVERSE = "$$d\\mathbf x = [\\mathbf f(\\mathbf x,t) - g(t)^2\\nabla_{\\mathbf x}\\log p_t(\\mathbf x)]dt + g(t)d\\bar{\\mathbf w}$$"


@pytest.fixture
def book(monkeypatch):
    """A book whose verdicts the test chooses."""

    def hold(**verdicts):
        standing.standing.cache_clear()
        monkeypatch.setattr(standing, "entries", lambda: {k.replace("__", "."): Entry for k in verdicts})
        monkeypatch.setattr(standing, "verdict_on", lambda entry: Judgement(next(iter(verdicts.values()))))

    yield hold
    standing.standing.cache_clear()


def test_an_id_that_no_chapter_holds_is_absent():
    assert standing.standing("sde.of_my_own") == "absent"
    assert standing.standing("posterior.mean") == "proved"
    assert standing.holds("") and standing.holds("conv.ddpm") and not standing.holds("ddpm.sigma_zero_not_ddim")


def test_a_match_is_proved_when_the_book_proves_what_it_matches(book):
    book(other="proved")
    (e,) = audit_text(REVERSE).equations
    assert e.judgement.verdict == "undecided"
    assert e.judgement.message.startswith("matches sde.reverse, which the book does not prove yet: ")
    book(sde__reverse="undecided")
    assert audit_text(REVERSE).equations[0].judgement.verdict == "undecided"
    book(sde__reverse="proved")
    assert audit_text(REVERSE).equations[0].judgement.verdict == "proved"


def test_what_the_kernel_proved_keeps_its_verdict_and_names_no_unknown_id():
    found = standing.named(Judgement("proved", "sde.of_my_own", "the normal forms agree"))
    assert (found.verdict, found.formula) == ("proved", "")


def test_a_theorem_of_a_notation_counts_once_it_is_proved(book):
    text = "$$\\nabla_x\\log p(x;\\sigma) = \\frac{D(x;\\sigma)-x}{\\sigma^2}$$"
    book(other="proved")
    (e,) = audit_text(text, notation="edm").equations
    assert (e.judgement.verdict, e.judgement.message) == (
        "undecided",
        "it follows from score.tweedie, which the book does not prove yet",
    )
    book(score__tweedie="proved")
    assert audit_text(text, notation="edm").equations[0].judgement.verdict == "proved"
