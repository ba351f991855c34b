"""`derive show`, `axioms`, `graph`, `list`: what they print, and what they do not load to print it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import derivations.cli as cli
from derivations.kernel.logic import AXIOMS, axiom
from derivations.kernel.terms import lt
from derivations.registry import entries, verdicts

from .conftest import a, chapter, square


@pytest.fixture
def demo(monkeypatch):
    """Make `derive show` find the entries of this chapter."""

    def offer(made):
        import derivations.registry as registry

        known = {entry.id: entry for entry in made.entries}
        monkeypatch.setattr(registry, "find", lambda name: known[name])

    return offer


def test_the_page_of_a_formula(derive):
    run = derive("show", "conv.ddim")
    assert run.code == 0 and run.err == ""
    lines = run.out.splitlines()
    assert lines[:2] == ["conv.ddim  DDIM's alpha is DDPM's alpha bar", "theorem, revision 1: proved"]
    assert max(map(len, lines)) <= 100
    for line in (
        "Given",
        "  0 < beta[s] < 1 for every s >= 1",
        "Statement",
        "  1 - alpha_ddim[t]/alpha_ddim[t-1] = beta[t]",
        "Steps",
        "   0  1 - alpha_ddim[t]/alpha_ddim[t-1]",
        "        ? May we divide?",
        "Uses     conv.ddpm, conv.alpha_bar_step, conv.alpha_bar_range",
        "Axioms   none",
    ):
        assert line in lines


FORMS = {
    "tex": r"1 - \frac{\alpha^{\mathrm{DDIM}}_{t}}{\alpha^{\mathrm{DDIM}}_{t - 1}} = \beta_{t}",
    "sympy": "statement = Eq(1 - alpha_ddim(t)/alpha_ddim(t - 1), beta(t), evaluate=False)",
    "python": "    return 1 - alpha_ddim_t / alpha_ddim_prev",
    "torch": "diffusion.conventions.alpha_ddim",
    "bibtex": "@misc{exegesis:conv.ddim:1,",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form(derive, form):
    run = derive("show", "conv.ddim", "--as", form)
    assert run.code == 0 and FORMS[form] in run.out.splitlines()


def test_json_is_the_report(derive):
    run = derive("show", "conv.ddim", "--as", "json")
    found = json.loads(run.out)
    assert found["id"] == "conv.ddim" and found["verdict"] == "proved"
    assert found["used_by"] is None, "the users of a formula are known to a check of the corpus only"
    assert found["formats"]["torch"] == found["twin"] == "diffusion.conventions.alpha_ddim"


def test_a_form_that_does_not_exist(derive):
    run = derive("show", "conv.ddim", "--as", "word")
    assert run.code == 2 and "invalid choice: 'word'" in run.err


def test_a_formula_without_a_twin_says_so(derive, demo):
    demo(square("demo.lone", no_twin="it is a test"))
    assert derive("show", "demo.lone", "--as", "torch").out == "# demo.lone has no PyTorch twin: it is a test\n"


def test_an_undecided_formula_shows_nothing_and_fails(derive, demo):
    demo(square(wrong=True))
    run = derive("show", "demo.square")
    assert (run.code, run.out) == (1, "")
    assert run.err.startswith("derive: demo.square is undecided, and nothing can be shown: demo.square, step 1:")
    assert json.loads(derive("show", "demo.square", "--as", "json").out)["verdict"] == "undecided"


@pytest.mark.parametrize("command", ["show", "axioms", "graph"])
def test_unknown_ids(derive, command):
    run = derive(command, "nothing.like_this")
    assert (run.code, run.out) == (2, "")
    assert run.err == "derive: no formula has the ID 'nothing.like_this'; `derive list` prints every ID\n"


# ---- axioms, graph, list


def test_axioms_of_a_formula_that_needs_none(derive):
    run = derive("axioms", "conv.ddim")
    assert run.code == 0
    assert run.out == (
        "conv.ddim rests on no named axiom.\nIt uses none of the kernel's rules of analysis: only logic and algebra.\n"
    )


def test_axioms_names_rules_of_analysis(derive):
    run = derive("axioms", "gauss.normalization")
    assert "It uses these facts of analysis, which the kernel has as rules:" in run.out
    assert "  even: The integral of an even function is twice that over the half line." in run.out


def test_axioms_are_printed_with_what_they_say(derive, demo, monkeypatch):
    monkeypatch.setitem(AXIOMS, "test_axiom", lt(0, a))
    made = chapter()

    @made.theorem("demo.assumed", "On an axiom", declared="assumed")
    def assumed(sheet):
        """Takes something on trust."""
        sheet.fact(axiom("test_axiom", lt(0, a)))

    demo(made)
    assert derive("axioms", "demo.assumed").out.startswith("axiom test_axiom\n  0 < a\n")


def test_graph_as_text_dot_and_json(derive):
    text = derive("graph", "conv.ddim").out
    assert "conv.alpha_bar_step <- conv.ddpm\n" in text and "conv.cfg_w" not in text
    assert "a <- b says that a rests on b." in text
    dot = derive("graph", "conv.ddim", "--format", "dot").out
    assert dot.startswith("digraph exegesis {") and dot.rstrip().endswith("}")
    assert '  "conv.ddim" -> "conv.alpha_bar_range";' in dot
    found = json.loads(derive("graph", "--format", "json").out)
    assert {node["id"] for node in found["nodes"]} == set(entries())
    assert {"from": "conv.ddim", "to": "conv.ddpm"} in found["edges"]


def test_list_proves_nothing(derive, monkeypatch):
    monkeypatch.setattr(verdicts, "judge", lambda entry: pytest.fail("an entry was proved"))
    run = derive("list")
    assert run.code == 0
    assert "1. Conventions" in run.out
    assert {line.split()[0] for line in run.out.splitlines() if line.startswith("  ")} == set(entries())


# ---- the command itself


def test_help_and_version(derive):
    assert derive().code == 2 and derive("--help").code == 0
    for command in ("check", "replay", "show", "axioms", "graph", "list", "lock"):
        run = derive(command, "--help")
        assert run.code == 0 and run.out.startswith(f"usage: derive {command}")
        assert max(map(len, run.out.splitlines())) <= 110
    assert derive("--version").out.startswith("derive ")


def test_the_package_runs_as_a_module():
    run = subprocess.run([sys.executable, "-m", "derivations", "--version"], capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.startswith("derive ")


def test_an_interruption_is_quiet(derive, monkeypatch):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("derivations.cli.show.run", interrupted)
    assert derive("show", "conv.ddim") == (130, "", "")


def test_a_library_that_is_missing_is_named(derive, monkeypatch):
    def without(*arguments, **options):
        raise ModuleNotFoundError("No module named 'flint'", name="flint")

    monkeypatch.setattr("derivations.cli.show.run", without)
    run = derive("show", "conv.ddim")
    assert run.code == 2
    assert run.err == (
        "derive: flint is not installed, and nothing can be checked without it; try: pip install python-flint\n"
    )


def test_a_fault_of_the_program_is_not_hidden(monkeypatch):
    def broken(*arguments, **options):
        raise ModuleNotFoundError("No module named 'zzz'", name="zzz")

    monkeypatch.setattr("derivations.cli.show.run", broken)
    with pytest.raises(ModuleNotFoundError):
        cli.main(["show", "conv.ddim"])


def test_a_pipe_that_closes_early_is_no_fault():
    program = "import sys; from derivations.cli import main; sys.exit(main(['list']))"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        run.stdout.close()
        assert run.stderr.read() == ""
    assert run.returncode in (0, 141)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_one_message():
    command = [sys.executable, "-m", "derivations", "show", "conv.ddim"]
    with open("/dev/full", "w") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert run.returncode == 2 and run.stderr == "derive: the output cannot be written: No space left on device\n"
