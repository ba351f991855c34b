"""A derivation of one's own: what `derive check FILE.py` says when a step is wrong, and when the file is."""

import pytest

HEAD = """\
from derivations.chapters.conventions import ALPHA, alpha_bar_step
from derivations.kernel.logic import assume
from derivations.kernel.terms import *
from derivations.language.entry import Chapter
from derivations.language.notation import alpha, alpha_bar, beta, schedule, t, x_0, x_t

chapter = Chapter("mine", "My chapter", "The aim in short.", "The aim in the long run.")
a, b = sym("a"), sym("b")
"""
ENTRY = '''

@chapter.theorem("{id}", "A title", given=({given}))
def {name}(sheet):
    """An aim in a sentence."""
    {body}
    sheet.qed()
'''


@pytest.fixture
def mine(tmp_path, derive):
    """Check a file with these entries: (ID, hypotheses, calculation)."""

    def check(*entries: tuple[str, str, str], text: str = "", options: tuple[str, ...] = ()):
        source = HEAD + text
        for k, (name, given, body) in enumerate(entries):
            source += ENTRY.format(id=name, name=f"entry_{k}", given=given, body=body)
        path = tmp_path / "notes.py"
        path.write_text(source)
        return derive("check", str(path), "--no-second-opinion", *options)

    return check


def said(run) -> str:
    """The answer with every run of white space as one space, so that a line break is not part of the text."""
    return " ".join(run.out.split())


def test_a_file_that_is_right(mine):
    run = mine(("mine.binomial", "", "sheet.start((a + b)**2).to(a**2 + 2*a*b + b**2)"))
    assert run.code == 0, run.out + run.err
    assert "My chapter (" in run.out and "mine.binomial A title" in run.out
    assert "1 of 1 as declared; 1 steps" in run.out
    assert "formulas.lock" not in run.out, "the lock is the book's, not the user's"


def test_a_wrong_step_is_named_with_residual_and_numbers(mine):
    calculation = "sheet.start((a + b)**2).to(a**2 + 2*a*b + b**2).to(a**2 + a*b + b**2)"
    run = mine(("mine.binomial", "", calculation))
    assert run.code == 1
    text = said(run)
    for part in (
        "mine.binomial: declared proved, and it is undecided",
        "step 2 is refused",
        "from a^2 + 2*a*b + b^2",
        "to a^2 + a*b + b^2",
        "by algebra alone",
        "expected a line equal to the one before it",
        "got a line whose difference from it is not zero",
        "residual a*b",
        "witness at a = ",
        "try The residual is what is off: look there for the sign, the index or the coefficient.",
    ):
        assert part in text, part


def test_the_witness_is_a_counterexample(mine):
    """The numbers can be checked by hand: at the point, the two lines have the values that are printed."""
    from fractions import Fraction

    text = said(mine(("mine.binomial", "", "sheet.start((a + b)**2).to(a**2 + b**2)")))
    point, _, values = text.partition("witness at ")[2].partition(": the line before is ")
    at = {name: Fraction(number) for name, _, number in (part.partition(" = ") for part in point.split(", "))}
    before, _, after = values.partition(", this line is ")
    assert Fraction(before) == (at["a"] + at["b"]) ** 2
    assert Fraction(after.split()[0]) == at["a"] ** 2 + at["b"] ** 2


def test_a_witness_respects_hypotheses_facts_and_definitions(mine):
    given = "schedule, le(1, t)"
    calculation = "sheet.start(1 - alpha(t)*alpha_bar(t - 1)).to(1 - 2*alpha_bar(t), by=(alpha_bar_step.theorem,))"
    text = said(mine(("mine.telescope", given, calculation)))
    assert "by algebra with alpha_bar[t] = alpha[t]*alpha_bar[t-1]" in text
    assert "residual alpha(t)*alpha_bar(t - 1)" in text
    assert "witness at t = 1, beta[1] = 1/2: the line before is " in text


def test_a_true_step_without_its_fact_gets_no_witness(mine):
    calculation = "sheet.start(1 - alpha(t)*alpha_bar(t - 1)).to(1 - alpha_bar(t))"
    text = said(mine(("mine.lonely", "schedule, le(1, t)", calculation)))
    assert "witness no numbers were found at which the two lines differ" in text
    assert "The lines may be equal, and the step lack a fact: pass the theorem that states it" in text


def test_no_witness_where_a_hypothesis_cannot_be_judged(mine):
    calculation = "sheet.start(a).to(b)"
    text = said(mine(("mine.integrable", "integrable(sym('z'), a*sym('z')),", calculation)))
    assert "witness no numbers were found" in text


def test_a_vector_step_is_tried_in_one_dimension(mine):
    text = said(mine(("mine.norm", "", "sheet.start(norm2(x_t - x_0)).to(norm2(x_t) - norm2(x_0))")))
    assert "step 1 is refused" in text and "witness at x_0 = " in text and "x_t = " in text


def test_a_condition_that_is_owed(mine):
    run = mine(("mine.root", "", "sheet.start(sqrt(a**2)).to(a)"))
    text = said(run)
    assert run.code == 1
    assert "got a line that is allowed only under a condition owed " in text
    assert "try Add the condition to the entry's given=(...), or pass a theorem that proves it" in text


def test_a_hypothesis_that_is_not_given(mine):
    run = mine(("mine.given", "", "sheet.start(a).to(b, by=assume(eq(a, b)))"))
    text = said(run)
    assert run.code == 1
    assert "refused the proof rests on what is not given: a = b" in text
    assert "try Add it to the entry's given=(...)" in text


def test_what_rests_on_a_refused_entry_says_so(mine):
    run = mine(
        ("mine.first", "", "sheet.start(a).to(b)"),
        ("mine.second", "", "sheet.start(a + a).to(a + b, by=entry_0.theorem)"),
    )
    assert run.code == 1
    assert "mine.second: declared proved, and it is undecided It rests on mine.first" in said(run)


def test_json_of_a_refused_file(mine):
    import json

    run = mine(("mine.binomial", "", "sheet.start(a).to(b)"), options=("--json",))
    found = json.loads(run.out)
    assert run.code == 1 and found["ok"] is False
    assert found["entries"][0]["verdict"] == "undecided"
    assert "step 1 is refused" in found["problems"][0]


# ---- files that are no derivations


def test_a_file_that_does_not_exist(derive):
    run = derive("check", "no/such/file.py")
    assert (run.code, run.out) == (2, "")
    assert "there is no file no/such/file.py; `derive check` takes IDs of formulas, or Python files" in run.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def broken(:\n", "notes.py, line 9: this is not Python: "),
        (
            "import not_a_module_anywhere\n",
            "failed with ModuleNotFoundError: No module named 'not_a_module_anywhere'",
        ),
        ("1 / 0\n", "failed with ZeroDivisionError: division by zero ("),
        ("raise SystemExit(3)\n", "failed with SystemExit: 3 ("),
        (
            "chapter = None\n",
            "expected a module-level `chapter`, got nothing of that name; begin the file with",
        ),
        ("chapter = 'mine'\n", "expected a module-level `chapter`, got a str; begin the file with"),
        ("", "the chapter has no entries, and 0 proved out of 0 is no result"),
    ],
)
def test_a_file_that_cannot_be_used(mine, text, message):
    run = mine(text=text)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("derive: ") and message in run.err and "Traceback" not in run.err


def test_python_that_fails_inside_an_entry_is_bad_input(mine):
    run = mine(("mine.bug", "", "sheet.start(undefined_name)"))
    assert run.code == 2
    assert "failed with NameError: name 'undefined_name' is not defined" in said(run)
    assert "notes.py, line 14)" in said(run) and run.err == ""


def test_a_step_refused_outside_every_entry(mine):
    run = mine(text="from derivations.kernel.equality import algebra\nalgebra(a, b)\n")
    assert run.code == 1
    assert "notes.py: refused while it was read, outside every entry: algebra: a = b does not hold" in run.err


def test_an_id_of_the_book_is_taken(mine):
    run = mine(("conv.ddpm", "", "sheet.start(a + b).to(b + a)"))
    assert run.code == 2
    assert "the ID conv.ddpm belongs to the book; give this entry another, as in mine.conv.ddpm" in run.err


def test_an_id_used_twice_in_a_file(mine):
    same = ("mine.twice", "", "sheet.start(a + b).to(b + a)")
    run = mine(same, same)
    assert run.code == 1
    assert "the ID mine.twice is used twice in the chapter mine" in run.err


def test_a_file_of_the_book_is_its_chapter(derive):
    from derivations.chapters import conventions

    run = derive("check", conventions.__file__, "--no-second-opinion")
    assert run.code == 0 and f"Conventions ({conventions.__file__})" in run.out


def test_a_file_may_use_its_neighbours(tmp_path, derive):
    (tmp_path / "letters.py").write_text("from derivations.kernel.terms import sym\na = sym('a')\n")
    (tmp_path / "notes.py").write_text(
        HEAD + "from letters import a\n"
        + ENTRY.format(id="mine.near", name="near", given="", body="sheet.start(a + a).to(2*a)")
    )  # fmt: skip
    assert derive("check", str(tmp_path / "notes.py"), "--no-second-opinion").code == 0
    assert not (tmp_path / "__pycache__").exists(), "checking a file leaves nothing beside it"


@pytest.mark.parametrize("given", ["lt(num(1), num(0))", "lt(a, a)", "conj(lt(0, a), ne(b, b))", "forall(a, le(a + 1, a))"])
def test_a_false_hypothesis_is_refused_though_the_proof_does_not_use_it(mine, given):
    run = mine(("mine.empty", f"{given},", "sheet.start(a).to(a + b - b)"), ("mine.good", "lt(0, a),", "sheet.start(a).to(a + b - b)"))
    assert run.code == 1 and "1 undecided, 0 refuted, 0 assumed, 1 proved" in run.out
    assert "is false, so anything would follow from it" in said(run)
