"""How often an entry's author is asked: parts of it that others need are derived on the way, and the whole once."""

import pytest

from derivations.kernel.equality import algebra
from derivations.kernel.terms import sym
from derivations.language.calculation import DerivationError
from derivations.language.entry import Chapter

a = sym("a")


@pytest.fixture
def begun():
    """An entry of three parts, and the list of the parts that its author began."""
    chapter, log = Chapter("mine", "Mine", "Short.", "Long."), []

    @chapter.theorem("mine.three", "Three parts")
    def three(sheet):
        """Three."""
        for label in ("first", "second", "third"):
            log.append(label)
            sheet.fact(algebra(a + a, 2 * a), label)

    return three, log


def test_a_part_is_derived_without_what_comes_after_it(begun):
    entry, log = begun
    assert entry.part("second") and entry.part("first") and entry.part("second")
    assert log == ["first", "second"]


def test_whoever_asks_for_more_gets_the_whole_so_that_nothing_is_derived_three_times(begun):
    entry, log = begun
    assert entry.part("first") and entry.part("second") and entry.part("third") and len(entry.parts) == 3
    assert log == ["first", "first", "second", "third"]


def test_there_is_no_other_part(begun):
    with pytest.raises(DerivationError, match=r"^mine\.three has no part 'fourth'$"):
        begun[0].part("fourth")
