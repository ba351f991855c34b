"""`derive check --trace` and `derive replay`: what is written, what is loaded to read it, and what is refused."""

import json
import subprocess
import sys

import pytest

from derivations.cli import request
from derivations.evidence import replay
from derivations.evidence.seal import seal_line
from derivations.evidence.trace import write_trace
from derivations.kernel.equality import algebra
from derivations.kernel.logic import axiom
from derivations.kernel.terms import lt, sym
from derivations.registry import find, verdicts
from derivations.registry.verdicts import AGREES

from .conftest import square

x = sym("x")


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """SymPy agrees with everything, at once."""
    monkeypatch.setattr(verdicts, "_ask", lambda theorem: (AGREES, ""))
    monkeypatch.setattr(verdicts, "_OPINIONS", {})


def test_a_trace_for_each_entry_and_each_is_as_published(derive, tmp_path):
    run = derive("check", "conv.ddim", "conv.ddpm", "score.not_conditional", "--trace", str(tmp_path / "t"))
    assert run.code == 0
    assert f"3 proof traces are in {tmp_path / 't'}; `derive replay {tmp_path / 't'}` does the proofs again." in run.out
    run = derive("replay", str(tmp_path / "t"))
    lines = run.out.splitlines()
    assert run.code == 0 and len(lines) == 4
    assert all(line.startswith("good ") and line.endswith(", axioms: none, as published") for line in lines[:3])
    assert lines[3].startswith("3 of 3 traces are good, ")


LOADED = """
import sys
from derivations.cli import main
code = main(["replay", sys.argv[1]])
ours = sorted(name for name in sys.modules if name.startswith("derivations") and ".kernel" not in name)
theirs = {name.split(".")[0] for name, m in sys.modules.items() if hasattr(m, "__file__")} - set(sys.stdlib_module_names) - {"derivations", "__main__"}
print(code, *ours, *sorted(name for name in theirs if not name.startswith("_")), file=sys.stderr)
"""


def test_the_reader_loads_the_kernel_and_no_more(tmp_path):
    write_trace(algebra(x + 1, 1 + x), tmp_path / "t.jsonl")
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{LOADED}", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stderr.split() == [
        "0", "derivations", "derivations.cli", "derivations.cli.options", "derivations.errors",
        "derivations.evidence", "derivations.evidence.replay", "derivations.evidence.seal", "flint",
    ]  # fmt: skip


def test_another_statement_under_a_published_name_is_refused(derive, tmp_path):
    file = tmp_path / "conv.ddim.jsonl"
    write_trace(algebra(x + 1, 1 + x), file)
    run = derive("replay", str(file))
    assert run.code == 1
    assert f"refused  {file}: it proves another statement than the published one of conv.ddim: expected" in run.out
    ddpm = find("conv.ddpm")
    write_trace([part.theorem for part in ddpm.results], file)
    assert derive("replay", str(file)).code == 1
    file.rename(tmp_path / "conv.ddpm.jsonl")
    assert derive("replay", str(tmp_path)).out.splitlines()[0].endswith("as published")


def resealed(file, lines):
    digest, out = "", []
    for body in lines:
        body.pop("digest", None)
        line, digest = seal_line(body, digest)
        out.append(line)
    file.write_text("".join(out))


def test_what_a_letter_is_counts(derive, tmp_path):
    """The normalisation over integer means is another theorem, though it reads the same."""
    derive("check", "gauss.normalization", "--trace", str(tmp_path))
    file = tmp_path / "gauss.normalization.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    (mean,) = [node for line in lines for node in line.get("terms", ()) if node == ["sym", "real", ["mu"]]]
    mean[1] = "int"
    resealed(file, lines)
    assert replay.replay(file).theorems, "it is a proof, of something else"
    assert "it proves another statement than the published one" in derive("replay", str(file)).out


def test_the_claim_of_a_refutation_counts(derive, tmp_path):
    file = tmp_path / "score.not_conditional.jsonl"
    derive("check", "score.not_conditional", "--trace", str(tmp_path))
    *lines, last = map(json.loads, file.read_text().splitlines())
    assert last["claim"]
    last["claim"] += " + 1"
    resealed(file, [*lines, last])
    assert "proves another statement than the published one" in derive("replay", str(file)).out


def test_an_axiom_in_a_trace_is_named(derive, tmp_path):
    write_trace(axiom("traces.axiom", lt(0, x)), tmp_path / "mine.jsonl")
    run = derive("replay", str(tmp_path), "--statements")
    assert run.code == 0
    assert "mine.jsonl: 1 steps, 1 theorems, axioms: traces.axiom, not published" in run.out
    assert "         |- 0 < x\n" in run.out


def test_an_undecided_entry_has_no_trace(derive, tmp_path, monkeypatch):
    monkeypatch.setattr(request, "book", lambda store: [request.live(square(wrong=True))])
    run = derive("check", "--trace", str(tmp_path / "t"))
    assert run.code == 1 and "0 proof traces are in " in run.out
    assert derive("replay", str(tmp_path / "t")).code == 2


def test_a_proof_that_cannot_be_written_down(derive, tmp_path, monkeypatch):
    monkeypatch.setattr("derivations.evidence.trace.MAX_BITS", 0)
    run = derive("check", "conv.ddim", "--trace", str(tmp_path))
    assert run.code == 2
    assert run.err == "derive: conv.ddim: its proof cannot be written down: a number of more than 0 bits\n"


def test_a_folder_that_cannot_be_made(derive, tmp_path):
    (tmp_path / "file").write_text("")
    run = derive("check", "conv.ddim", "--trace", str(tmp_path / "file"))
    assert run.code == 2 and "cannot make this folder: File exists" in run.err


def test_a_file_beyond_the_cap_is_not_read(derive, tmp_path, monkeypatch):
    write_trace(algebra(x, x), tmp_path / "t.jsonl")
    monkeypatch.setattr(replay, "MAX_BYTES", 100)
    run = derive("replay", str(tmp_path))
    assert run.code == 1 and "too large: a trace has at most 100 bytes" in run.out


@pytest.mark.parametrize("value", ["[" * 5000 + "]" * 5000, '{"a":' * 5000 + "1" + "}" * 5000])
def test_deep_nesting_is_refused(derive, tmp_path, value):
    head, _ = seal_line({"format": "exegesis proof trace 1"}, "")
    (tmp_path / "t.jsonl").write_text(head + '{"arguments":' + value + ',"digest":"0"}\n')
    run = derive("replay", str(tmp_path))
    assert run.code == 1 and "line 2: not a line of a proof trace" in run.out
