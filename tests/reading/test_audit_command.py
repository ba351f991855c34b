"""`derive audit` and `derive decide`: exit codes, formats, and what a hostile document can do: nothing."""

import io
import json
from pathlib import Path

import pytest

from derivations.cli import main
from derivations.errors import RequestError
from derivations.reading import audit_text, guarded
from derivations.reading.notation.declaration import parsed
from derivations.worker import Limits, Worker, WorkerError

TRUE = "$$\\tilde\\beta_t = \\frac{1-\\bar\\alpha_{t-1}}{1-\\bar\\alpha_t}\\beta_t$$\n"
FALSE = "$$\\tilde\\beta_t = \\frac{1-\\bar\\alpha_t}{1-\\bar\\alpha_{t-1}}\\beta_t$$\n"
UNREAD = "$$\\foo{x}_t = \\bar\\alpha_t$$\n"


@pytest.fixture
def write(tmp_path):
    def make(text, name="notes.md"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return make


@pytest.mark.parametrize(
    "text, fail_on, code",
    [
        (TRUE, "refuted", 0), (FALSE, "refuted", 1), (UNREAD, "refuted", 0), (UNREAD, "unread", 1),
        ("$$f(x) = \\bar\\alpha_t y + f(y)$$\n", "undecided", 1), ("no formula\n", "refuted", 1),
    ],
)  # fmt: skip
def test_exit_codes(write, capsys, text, fail_on, code):
    assert main(["audit", write(text), "--fail-on", fail_on]) == code
    out = capsys.readouterr().out
    assert "equations:" in out
    if text.startswith("no"):
        assert "0 proved out of 0 is a failure" in out


def test_a_file_that_is_not_there_is_one_message(capsys):
    assert main(["audit", "no/such/file.md"]) == 2
    err = capsys.readouterr().err
    assert err == "derive: no/such/file.md: cannot be read: No such file or directory\n"


def test_a_file_that_is_not_text_is_one_message(tmp_path, capsys):
    (tmp_path / "a.md").write_bytes(b"\xff\xfe\x00")
    assert main(["audit", str(tmp_path / "a.md")]) == 2
    assert "is not UTF-8 text" in capsys.readouterr().err


def test_the_text_says_line_verdict_witness_and_hint(write, capsys):
    main(["audit", write("one line\n\n" + FALSE)])
    out = " ".join(capsys.readouterr().out.split())
    assert " 3 refuted " in out and "α_t =" in out and "left" in out and "0 undecided, 0 unread, 1 refuted" in out


def test_json_has_the_documented_keys(write, capsys):
    main(["audit", write(TRUE + "\n" + FALSE), "--format", "json"])
    data = json.loads(capsys.readouterr().out)
    assert set(data) == {"file", "notation", "equations", "counts"}
    for e in data["equations"]:
        assert {"line", "tex", "kind", "verdict", "formula", "message", "reading", "witness"} <= set(e)
    assert [e["line"] for e in data["equations"]] == [1, 3]
    assert set(data["equations"][1]["witness"]) == {"at", "left", "right"}
    assert data["counts"] == {
        "undecided": 0,
        "unread": 0,
        "refuted": 1,
        "convention": 0,
        "proved": 1,
        "definition": 0,
        "equations": 2,
        "mentions": 0,
    }


def test_the_other_formats(write, capsys):
    path = write(FALSE)
    main(["audit", path, "--format", "github"])
    assert capsys.readouterr().out.startswith("::error file=")
    main(["audit", path, "--format", "sarif"])
    log = json.loads(capsys.readouterr().out)
    (result,) = log["runs"][0]["results"]
    assert (log["version"], result["ruleId"], result["level"]) == ("2.1.0", "refuted", "error")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 1
    main(["audit", write("<script>alert(1)</script>\n\n" + FALSE), "--format", "html"])
    page = capsys.readouterr().out
    assert '<aside class="refuted">' in page and "<script>" not in page and "http" not in page


@pytest.mark.parametrize(
    "tex, code, word",
    [(r"\alpha_t = 1-\beta_t", 0, "definition"), (r"\bar\alpha_t = \bar\alpha_{t-1}\alpha_{t-1}", 1, "refuted")],
)
def test_decide_one_formula(capsys, tex, code, word):
    assert main(["decide", tex]) == code
    assert capsys.readouterr().out.startswith(word)


def test_an_unknown_notation_is_one_message(write, capsys):
    assert main(["audit", write(TRUE), "--notation", "mine"]) == 2
    assert "there is no notation 'mine', nor a file of that name; there are ddpm" in capsys.readouterr().err


def test_a_document_declares_its_notation():
    text = (
        "---\ntitle: x\nderive:\n  notation: ddim\n---\n$$x_t = \\sqrt{\\alpha_t}x_0 + \\sqrt{1-\\alpha_t}\\epsilon$$\n"
    )
    found = audit_text(text)
    assert (found.notation, found.equations[0].judgement.verdict, found.equations[0].formula.line) == (
        "ddim",
        "convention",
        6,
    )


def test_a_wrong_declaration_names_the_line():
    with pytest.raises(RequestError, match="line 2: expected one of notation, vectors"):
        parsed("notation: ddpm\ncolour: red", "notation.yaml")


HOSTILE = [
    r"$$\input{/etc/passwd} = x$$", r"$$\def\a{\a\a}\a = 1$$", "$$" + "{" * 3000 + "x" + "}" * 3000 + " = 1$$",
    "$$x^{9^{9^{9^{9}}}} = 1$$", "$$" + "(" * 500 + "x" + ")" * 500 + " = 1$$", "$$" + "a+" * 4000 + "b = c$$",
    r"$$\sum_{i=1}^{999999999} i = \sum_{i=1}^{999999998} i$$", "$$(a+b)^{64}(c+d)^{64}(e+f)^{64} = 1$$",
    "$" * 5000, r"\[" * 2000, "```math\n" * 300, "<!--" * 2000, r"$$\left(\left(\left( = $$",
    r"$$\prod_{t=1}^{T}\prod_{s=1}^{t}\prod_{r=1}^{s} \alpha_r = 1$$",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_document_gets_a_verdict_and_none_is_proved(text):
    found = audit_text(text)
    assert all(e.judgement.verdict != "proved" for e in found.equations)


def test_a_formula_beyond_the_limit_costs_only_its_own_verdict(tmp_path, monkeypatch):
    path = tmp_path / "a.md"
    long = r",\quad ".join([r"\sum_{i=1}^n i = \frac{n(n+1)}{2}"] * 60)  # that takes time although its answers are kept
    path.write_text(TRUE + f"\n$${long}$$\n\n" + TRUE)
    calls = []
    monkeypatch.setattr(guarded, "FORMULA", Limits(seconds=20, megabytes=1024))

    class Tired(Worker):
        def submit(self, function, *arguments, limits=None):
            calls.append((function, arguments[:1]))
            slow = function.endswith("judge") and arguments[0] == 1
            return super().submit(
                function, *arguments, limits=Limits(seconds=0.0001, megabytes=1024) if slow else limits
            )

    found = guarded.audit_guarded(path, worker=Tired(Limits(seconds=20)))
    assert [e.judgement.verdict for e in found.equations] == ["proved", "undecided", "proved"]
    assert "took more than" in found.equations[1].judgement.message


def test_a_fault_of_the_checker_costs_only_the_verdict_on_its_formula(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(f"{TRUE}\n$$a = b$$\n\n{TRUE}")

    class Faulty(Worker):
        def submit(self, function, *arguments, limits=None):
            if function.endswith("judge") and arguments[0] == 1:
                raise WorkerError("the worker's function failed with ValueError: no such thing", "a traceback")
            return super().submit(function, *arguments, limits=limits)

    found = guarded.audit_guarded(path, worker=Faulty(Limits(seconds=20)))
    assert [e.judgement.verdict for e in found.equations] == ["proved", "undecided", "proved"]
    said = found.equations[1].judgement.message
    assert said == f"it {guarded.FAULT.format('ValueError: no such thing')}"


def test_a_worker_that_does_not_start_is_no_fault_of_a_formula(tmp_path):
    path = tmp_path / "a.md"
    path.write_text(TRUE)

    class Absent(Worker):
        def submit(self, function, *arguments, limits=None):
            raise WorkerError("no worker can be started")

    with pytest.raises(WorkerError, match="no worker can be started"):
        guarded.audit_guarded(path, worker=Absent(Limits(seconds=20)))


def test_line_endings_and_marks_of_windows_do_not_move_lines(tmp_path):
    path = tmp_path / "a.md"
    path.write_bytes(b"\xef\xbb\xbfone\r\n\r\n" + TRUE.replace("\n", "\r\n").encode())
    assert guarded.documents.load(Path(path)).formulas[0].line == 3


TOWER = r"(e^{e^{a}+e^{b}}+e^{e^{b}+e^{c}}+e^{e^{c}+e^{a}}+e^{a+e^{b}}+e^{e^{b}})^{%d} = e^{a}"


def test_exponentials_of_exponentials_cost_no_more_than_their_own_verdict():
    found = audit_text(f"$$\n{TOWER % 14}\n$$\n\n$$\n{TOWER % 5}\n$$\n\n{TRUE}").equations
    assert [e.judgement.verdict for e in found] == ["undecided", "undecided", "proved"]
    capped, below = (e.judgement.message for e in found[:2])
    assert "too many terms when it is multiplied out" in capped and "too many" not in below


def test_where_choosing_the_notation_takes_too_much_the_likeliest_is_taken(tmp_path, monkeypatch):
    path = tmp_path / "a.md"
    path.write_text(
        "$$x_t = \\alpha_t x_0 + \\sigma_t\\epsilon$$\n\n$$q(x_t|x_0) = \\mathcal N(x_t;\\alpha_t x_0,\\sigma_t^2 I)$$"
    )

    class Hurried(Worker):
        def submit(self, function, *arguments, limits=None):
            choosing = function.endswith("begin") and arguments[-1]
            return super().submit(function, *arguments, limits=Limits(seconds=0.0001) if choosing else limits)

    found = guarded.audit_guarded(path, worker=Hurried(Limits(seconds=20)))
    assert found.notation == "levels" and found.counts["undecided"] == found.counts["unread"] == 0


def test_a_folder_is_read_whole_and_what_has_no_formula_is_left_out(write, tmp_path, capsys):
    write(TRUE, "a.md"), write("no formula\n", "b.md"), write(FALSE, "c.rst")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "d.md").write_text(FALSE)
    assert main(["audit", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "a.md" in out and "b.md" not in out and "d.md" not in out
    (tmp_path / "a.md").unlink()
    (tmp_path / "c.rst").unlink()
    assert main(["audit", str(tmp_path)]) == 2
    assert "there is no formula in any document here" in capsys.readouterr().err


def test_standard_input_is_a_document_too(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FALSE.encode())))
    assert main(["audit", "-"]) == 1
    assert "<standard input>" in capsys.readouterr().out


def test_a_mark_at_the_beginning_says_that_a_text_is_in_utf_16(tmp_path, capsys):
    path = tmp_path / "wide.md"
    path.write_bytes(FALSE.encode("utf-16"))
    assert main(["audit", str(path)]) == 1


def test_the_formulas_past_the_most_that_are_read_are_unread(monkeypatch):
    monkeypatch.setattr("derivations.reading.audit.MAX_FORMULAS", 2)
    counts = audit_text(TRUE * 5).counts
    assert (counts["proved"], counts["unread"]) == (2, 3)


def test_the_page_says_first_what_is_refuted_and_where(write, capsys):
    main(["audit", write(f"# A page\n\n{TRUE}\n{FALSE}"), "--format", "html"])
    out = capsys.readouterr().out
    assert '<a href="#L5">line 5</a>' in out and '<div class="line" id="L5">' in out and "Read as: DDPM" in out


def test_a_hook_may_pass_documents_without_equations(write, capsys):
    path = write("no formula\n")
    assert (main(["audit", path]), main(["audit", path, "--allow-empty"])) == (1, 0)
    assert main(["audit", write(FALSE), "--allow-empty"]) == 1
    hook = (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text()
    assert "entry: derive audit --allow-empty" in hook
