"""The book's hand-written pages are audited as a stranger's: a false or damaged formula stops the build."""

import pytest

from derivations.book import ownpages
from derivations.book.model import BookError


def write(folder, text):
    (folder / "page.md").write_text(text)
    return ownpages.coverage(None, None, folder)


def test_the_pages_of_the_book_are_true():
    text = ownpages.coverage(None, None)
    decided, _, total = text.removeprefix("<p>").partition(" equations")[0].partition(" of ")
    assert int(total) >= 7 and int(decided) <= int(total)


@pytest.mark.parametrize(
    "text, said",
    [
        ("$$\\tilde\\beta_t = \\frac{1-\\bar\\alpha_t}{1-\\bar\\alpha_{t-1}}\\beta_t$$", "page.md, line 1: refuted"),
        ("one\n\n$$\\foo{x} = \\bar\\alpha_t$$", "page.md, line 3: unread"),
        ("no formula", "0 decided out of 0 is a failure"),
    ],
)
def test_what_stops_the_build(tmp_path, text, said):
    with pytest.raises(BookError) as caught:
        write(tmp_path, text)
    assert said in str(caught.value)


def test_an_undecided_equation_is_listed(tmp_path):
    text = write(tmp_path, "$$a^2 + b^2 = c^2$$\n\n$$\\bar\\alpha_t = \\alpha_t\\bar\\alpha_{t-1}$$")
    assert "1 of 2 equations" in text and "<td>page.md</td><td>1</td>" in text
