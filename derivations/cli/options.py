"""The commands, their options and their help."""

from __future__ import annotations

import argparse
from collections.abc import Callable

EPILOG = """\
examples:
  derive check                             prove the whole corpus and print the verdict table
  derive check posterior.mean              prove one formula, and what it rests on
  derive check mine.py                     check a derivation of your own
  derive show posterior.mean               the formula, its hypotheses, and every step with its reason
  derive show posterior.mean --as python   the same formula as a Python function
  derive axioms elbo.jensen                what must be believed for it
  derive graph --format dot | dot -Tsvg    which formula rests on which

exit codes: 0 as declared, 1 refused or not as declared, 2 bad request, 130 interrupted
"""
CHECK = """\
Prove entries and print a table: ID, title, verdict, second opinion, steps, axioms, milliseconds.

Verdicts: proved; assumed (it rests on a named axiom); defined; refuted (a false claim from print, with a point at
which it fails); undecided (the reason follows the table). SymPy gives a second opinion on every algebraic step; it
can raise an alarm, and it can prove nothing.

A FILE.py is a derivation of your own, written as the chapters are: a module with a module-level `chapter`.
It is a Python program and is run as one, with your rights: check only files that you would run.
"""
CHECK_EXAMPLES = """\
examples:
  derive check                     everything; exit 0 only when each entry has the verdict it declares
  derive check gauss.kl elbo.gap   two formulas
  derive check notes/mine.py       your own derivations; a refused step is shown with numbers where it fails
  derive check --json | jq '.totals'
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

Only the formula and what it rests on is proved, and SymPy is not asked: `derive check ID` does that.
"""
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

    check = _command(
        commands, "check", _check, "prove entries and print the verdict table", CHECK, CHECK_EXAMPLES
    )
    check.add_argument(
        "what", nargs="*", metavar="ID | FILE.py", help="formulas or files; without any, the whole corpus"
    )
    check.add_argument("--json", action="store_true", help="print every report as JSON instead of the table")
    check.add_argument("--no-second-opinion", action="store_true", help="do not ask SymPy")

    show = _command(commands, "show", _show, "print one formula in a form of your choice",
                    "Print one formula: for people, or in a form to copy.", SHOW_EXAMPLES)  # fmt: skip
    show.add_argument("id", metavar="ID", help="the formula, as in posterior.mean")
    show.add_argument(
        "--as", dest="form", choices=FORMS, default="text", metavar="FORM", help="one of: " + ", ".join(FORMS)
    )

    axioms = _command(commands, "axioms", _axioms, "print what must be believed for a formula",
                      "Print the named axioms that a formula rests on, through everything it uses, and the rules of the\n"
                      "kernel that state facts of analysis.", "example:\n  derive axioms gauss.normalization\n")  # fmt: skip
    axioms.add_argument("id", metavar="ID", help="the formula, as in elbo.jensen")

    graph = _command(commands, "graph", _graph, "print which formula rests on which",
                     "Print the dependency graph. It is read from the proofs, so it cannot be out of date.",
                     "examples:\n  derive graph\n  derive graph posterior.mean\n  derive graph --format dot | dot -Tsvg -o graph.svg\n")  # fmt: skip
    graph.add_argument("id", nargs="?", metavar="ID", help="only this formula and everything it rests on")
    graph.add_argument(
        "--format",
        choices=("text", "dot", "json"),
        default="text",
        help="text (the default), dot for Graphviz, or json",
    )

    _command(
        commands,
        "list",
        _list,
        "print every ID and title, without proving anything",
        "Print every ID and title, by chapter.",
        "",
    )
    lock = _command(commands, "lock", _lock, "publish new IDs and revisions in formulas.lock",
                    "Append new IDs and new revisions to formulas.lock, the append-only list of what was published.\n"
                    "A statement that changes needs a new revision; an ID is never taken away.", "")  # fmt: skip
    lock.add_argument("--dry-run", action="store_true", help="print what would be appended")
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, run: Callable[[argparse.Namespace], int],
    short: str, long: str, epilog: str,
) -> argparse.ArgumentParser:  # fmt: skip
    made = commands.add_parser(
        name,
        help=short,
        description=long,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(run=run)
    return made


# Each command imports what it needs when it runs: `derive --help` needs nothing.


def _bare(top: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.version:
        from derivations.formats.citation import version

        print(f"derive {version() or '(not installed)'}")
        return 0
    top.print_help()
    return 2


def _check(options: argparse.Namespace) -> int:
    from derivations.cli.check import run

    return run(options.what, as_json=options.json, second_opinion=not options.no_second_opinion)


def _show(options: argparse.Namespace) -> int:
    from derivations.cli.show import run

    return run(options.id, options.form)


def _axioms(options: argparse.Namespace) -> int:
    from derivations.cli.show import axioms

    return axioms(options.id)


def _graph(options: argparse.Namespace) -> int:
    from derivations.cli.graph import run

    return run(options.id, options.format)


def _list(options: argparse.Namespace) -> int:
    from derivations.cli.graph import listing

    return listing()


def _lock(options: argparse.Namespace) -> int:
    from derivations.cli.lock import run

    return run(dry_run=options.dry_run)
