"""The commands, their options and their help."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.worker import Limits

EPILOG = """\
examples:
  derive check                             prove the whole corpus and print the verdict table
  derive check posterior.mean              prove one formula, and what it rests on
  derive check mine.py                     check a derivation of your own
  derive replay traces                     do the proofs again that `derive check --trace traces` wrote down
  derive show posterior.mean               the formula, its hypotheses, and every step with its reason
  derive show posterior.mean --as python   the same formula as a Python function
  derive axioms elbo.jensen                what must be believed for it
  derive graph --format dot | dot -Tsvg    which formula rests on which
  derive mutate posterior.mean             plant every small mistake, and see that each is noticed
  derive audit notes.md                    read a document and judge every equation in it

exit codes: 0 as declared, 1 refused or not as declared, 2 bad request, 130 interrupted
"""
CHECK = """\
Prove entries and print the verdict table.

The table shows ID, title, verdict, second opinion, steps, axioms and milliseconds.

Verdicts: proved; assumed (it rests on a named axiom); defined; refuted (a false claim from print, with a
point at which it fails); undecided (the reason follows the table). SymPy gives a second opinion on every
algebraic step; it can raise an alarm, and it can prove nothing.

--strict looks at the sanity of every entry too. A model must satisfy all hypotheses, and the conclusion must
hold in it; each hypothesis is dropped in turn, and the kernel must refuse, and a model is looked for in which
the conclusion fails without it; each edit of the conclusion must fail in some model; the statement must say
something. None of this can prove anything. It takes about half a
minute for the whole book.

Proofs run in a process of their own, under limits of time and memory, 60 s and 4096 MB for each entry: one
that meets a limit, or ends the process, is undecided with that as the reason; another process goes on with
the next, and nothing else is lost. Processor time is limited on Linux and macOS, memory on Linux; elsewhere
the clock alone ends an entry, after four times as long and two seconds.

A FILE.py is a derivation of your own, written as the chapters are: a module with a module-level `chapter`.
It is a Python program and is run as one, with your rights: check only files that you would run. Its output
goes to stderr. A power, product or shift of numbers in it that would be too large is refused before it is
computed, and a file that cannot be read costs no other.

Without ID or file, an entry is not proved again while nothing that it depends on has changed: its function,
the entries that this reaches by name, the rest of their modules, the kernel and everything around it, Python
and the two libraries. One such entry in a hundred is proved again as a test. --fresh proves all of them, and
so does naming an ID.
"""
CHECK_EXAMPLES = """\
examples:
  derive check                     everything; exit 0 only when each entry has the verdict it declares
  derive check gauss.kl elbo.gap   two formulas
  derive check notes/mine.py       your own derivations; a refused step is shown with numbers where it fails
  derive check --strict gauss.kl   one formula: its witness, hypotheses and edits too
  derive check --json | jq '.totals'
  derive check --trace traces      write one proof trace for each entry into the folder traces
"""
REPLAY = """\
Do proofs again from their traces, in this process, which has seen nothing else.

A trace is written by `derive check --trace DIR`. Every rule that it names is applied again, and what comes
out is compared with what is written, line by line; a trace with the name of a published formula must prove
the published statement. The reader loads the kernel and no more: no chapter, no SymPy. It stops at a trace's
first wrong line, and goes on with the next trace.
"""
REPLAY_EXAMPLES = """\
examples:
  derive check --trace traces && derive replay traces
  derive replay traces/posterior.mean.jsonl --statements
"""
SHOW_EXAMPLES = """\
forms:
  text    for people: hypotheses, statement, every step (the default)
  tex     the statement as LaTeX
  sympy   code that builds the statement in SymPy
  python  a function of floats or NumPy arrays, for closed forms
  torch   the name of the function in `diffusion` that computes it
  json    all of these, and every step, as data
  bibtex  a citation

Only the formula and what it rests on is proved, once for the same sources; SymPy is not asked.
`derive check ID` always proves, and asks.
"""
SHOW = """\
Print one formula: for people, or in a form to copy.
"""
AXIOMS = """\
Print what must be believed for a formula.

These are the named axioms that it rests on, through everything it uses, and those rules of the kernel
that state facts of analysis.
"""
GRAPH = """\
Print which formula rests on which.

The graph is read from the proofs, so it cannot be out of date.
"""
GRAPH_EXAMPLES = """\
examples:
  derive graph
  derive graph posterior.mean
  derive graph --format dot | dot -Tsvg -o graph.svg
"""
MUTATE = """\
Plant every single mistake into steps and statements, and see that each is noticed.

The mistakes: a sign, an index one off, a root, a square, another letter of the schedule, a half, two arguments
exchanged, a term, an average or a condition dropped. A step is done again with the mutant in the place of the line;
a statement is converted from its theorem. Each mutant is refuted (refused, and it fails at a point in numbers),
refused, equivalent (the kernel proves that nothing changed), or it survived, which is a failure.
"""
MUTATE_EXAMPLES = """\
examples:
  derive mutate posterior.mean
  derive mutate --out all.jsonl            everything; killed, the same command goes on
  derive mutate --json > figures.json
  derive mutate --scheduler tcp://host:8786

exit codes: 0 none survived, and of the whole book at least 99 % are refuted or refused; 1 not so
"""
LOCK = """\
Publish new IDs and new revisions in formulas.lock.

The file is append-only: a statement that changes needs a new revision, and an ID is never taken away.
"""
AUDIT = """\
Read documents and say of every equation whether it is true.

Markdown, notebooks, LaTeX and Python docstrings are read; nothing in them is executed. Verdicts: proved;
convention (true in another notation, which is named); refuted (with a point at which it fails); definition;
undecided (with the reason); unread (with the token at which reading stopped).
"""
AUDIT_EXAMPLES = """\
examples:
  derive audit notes.md
  derive audit README.md paper.tex --fail-on undecided
  derive audit notes.md --format json | jq '.counts'
  derive audit docs/ --format html > audit.html

exit codes: 0, 1 (something is refuted, or what --fail-on names), 2 (bad usage or an unreadable file)
"""
DECIDE = """\
Read one formula and say whether it is true.
"""
DECIDE_EXAMPLES = r"""examples:
  derive decide '\tilde\beta_t = \frac{1-\bar\alpha_{t-1}}{1-\bar\alpha_t}\beta_t'
  derive decide 'x_t = \sqrt{\alpha_t}x_0 + \sqrt{1-\alpha_t}\epsilon' --notation ddim
"""
AUDIT_FORMATS = ("text", "json", "github", "sarif", "html")
FORMS = ("text", "tex", "sympy", "python", "torch", "json", "bibtex")


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; each command's function is in `run`."""
    top = argparse.ArgumentParser(
        prog="derive", description="Check, show and cite the derivations of diffusion mathematics.",
        epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    top.add_argument("--version", action="store_true", help="print the version and exit")
    top.set_defaults(run=lambda options: _bare(top, options))
    commands = top.add_subparsers(metavar="COMMAND", title="commands")

    check = _command(commands, "check", _check, CHECK, CHECK_EXAMPLES)
    check.add_argument("what", nargs="*", metavar="ID | FILE.py", help="formulas or files; without any, everything")
    check.add_argument("--json", action="store_true", help="print every report as JSON instead of the table")
    check.add_argument("--no-second-opinion", action="store_true", help="do not ask SymPy")

    check.add_argument("--fresh", "--no-cache", action="store_true", help="prove everything now")
    check.add_argument("--strict", action="store_true", help="look at the sanity of every entry too")
    check.add_argument("--limit-seconds", type=float, metavar="N", help="processor time for each entry (default: 60)")
    check.add_argument("--limit-mb", type=int, metavar="N", help="memory for each entry (default: 4096)")
    check.add_argument("--trace", type=Path, metavar="DIR", help="write a proof trace of each entry into this folder")

    replay = _command(commands, "replay", _replay, REPLAY, REPLAY_EXAMPLES)
    replay.add_argument("what", nargs="+", metavar="DIR | FILE.jsonl", help="traces, or folders of traces")
    replay.add_argument("--statements", action="store_true", help="print what each trace proves")

    show = _command(commands, "show", _show, SHOW, SHOW_EXAMPLES)
    show.add_argument("id", metavar="ID", help="the formula, as in posterior.mean")
    show.add_argument("--as", dest="form", choices=FORMS, default="text", metavar="FORM", help=", ".join(FORMS))
    show.add_argument("--fresh", action="store_true", help="prove it now, even if it was proved from the same sources")

    axioms = _command(commands, "axioms", _axioms, AXIOMS, "example:\n  derive axioms gauss.normalization\n")
    axioms.add_argument("id", metavar="ID", help="the formula, as in elbo.jensen")

    graph = _command(commands, "graph", _graph, GRAPH, GRAPH_EXAMPLES)
    graph.add_argument("id", nargs="?", metavar="ID", help="only this formula and everything it rests on")
    forms = ("text", "dot", "json")
    graph.add_argument("--format", choices=forms, default="text", help="text (the default), dot for Graphviz, json")

    mutate = _command(commands, "mutate", _mutate, MUTATE, MUTATE_EXAMPLES)
    mutate.add_argument("what", nargs="*", metavar="ID | FILE.py", help="formulas or files; without any, everything")
    mutate.add_argument("--out", type=Path, metavar="FILE", help="keep the results in this file, and go on from it")
    mutate.add_argument("--json", action="store_true", help="print the figures as JSON")
    mutate.add_argument("--workers", type=_positive, metavar="N", help="processes; without it, one for each core")
    mutate.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler, instead of processes of this machine")

    _command(commands, "list", _list, "Print every ID and title, by chapter; nothing is proved.\n", "")
    _readers(commands)
    lock = _command(commands, "lock", _lock, LOCK, "")
    lock.add_argument("--dry-run", action="store_true", help="print what would be appended")
    return top


def _readers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The commands that read LaTeX."""
    audit = _command(commands, "audit", _audit, AUDIT, AUDIT_EXAMPLES)
    audit.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="documents (.md, .ipynb, .tex, .rst, .py, .html), folders of them, or - for standard input",
    )
    audit.add_argument("--notation", default="", metavar="NAME|FILE", help="read in this notation (default: inferred)")
    audit.add_argument("--format", choices=AUDIT_FORMATS, default="text", help=", ".join(AUDIT_FORMATS))
    levels = ("refuted", "unread", "undecided")
    audit.add_argument("--fail-on", choices=levels, default="refuted", help="what makes the exit code 1")
    audit.add_argument("--allow-empty", action="store_true", help="exit with 0 where there is no equation at all")
    decide = _command(commands, "decide", _decide, DECIDE, DECIDE_EXAMPLES)
    decide.add_argument("tex", metavar="LATEX", help="one formula, without dollars")
    decide.add_argument("--notation", default="", metavar="NAME|FILE", help="read in this notation")
    decide.add_argument("--json", action="store_true", help="print the verdict as JSON")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    text: str,
    epilog: str,
) -> argparse.ArgumentParser:
    """Add a command; the first line of its text is what the list of commands says."""
    raw = argparse.RawDescriptionHelpFormatter
    short = text.splitlines()[0].rstrip(".:")
    made = commands.add_parser(name, help=short, description=text, epilog=epilog, formatter_class=raw)
    made.set_defaults(run=run)
    return made


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number of processes, 1 or more, got {text!r}")
    return number


# Each command imports what it needs when it runs: `derive --help` needs nothing.


def _bare(top: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.version:
        from derivations.formats.citation import version

        print(f"derive {version() or '(not installed)'}")
        return 0
    top.print_help()
    return 2


def _check(options: argparse.Namespace) -> int:
    from derivations.cli.check import Options, run

    return run(options.what, Options(
        options.json, not options.no_second_opinion, options.fresh, _limits(options), options.trace, options.strict
    ))  # fmt: skip


def _limits(options: argparse.Namespace) -> Limits | None:
    """The limits that were asked for; None when none were. Raises RequestError for one that is no limit."""
    from derivations.errors import RequestError
    from derivations.worker import Limits

    asked = {"seconds": options.limit_seconds, "megabytes": options.limit_mb}
    given = {name: value for name, value in asked.items() if value is not None}
    try:
        return Limits(**given) if given else None
    except ValueError as error:
        raise RequestError(f"--limit-seconds, --limit-mb: {error}") from None


def _replay(options: argparse.Namespace) -> int:
    from derivations.evidence.replay import main

    return main(options.what, options.statements)


def _show(options: argparse.Namespace) -> int:
    from derivations.cli.show import run

    return run(options.id, options.form, fresh=options.fresh)


def _axioms(options: argparse.Namespace) -> int:
    from derivations.cli.show import axioms

    return axioms(options.id)


def _graph(options: argparse.Namespace) -> int:
    from derivations.cli.graph import run

    return run(options.id, options.format)


def _mutate(options: argparse.Namespace) -> int:
    from derivations.cli.mutate import run

    return run(options.what, options.out, options.json, options.workers, options.scheduler)


def _list(options: argparse.Namespace) -> int:
    from derivations.cli.graph import listing

    return listing()


def _audit(options: argparse.Namespace) -> int:
    from derivations.cli.audit import run

    return run(options.files, options.notation, options.format, options.fail_on, options.allow_empty)


def _decide(options: argparse.Namespace) -> int:
    from derivations.cli.audit import run_decide

    return run_decide(options.tex, options.notation, options.json)


def _lock(options: argparse.Namespace) -> int:
    from derivations.cli.lock import run

    return run(dry_run=options.dry_run)
