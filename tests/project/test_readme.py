"""The README's examples run, and say what it says they say."""

import re
from pathlib import Path

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def python_blocks() -> list[str]:
    """The fenced Python examples of the README."""
    return re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def outcomes(block: str) -> list[tuple[object, str]]:
    """Run a block line by line; for each line with a comment, the value of the line and the comment."""
    names: dict[str, object] = {}
    found = []
    for line in block.splitlines():
        code, _, comment = line.partition("#")
        compiled = code.strip()
        if not compiled:
            continue
        if comment:
            found.append((eval(compiled, names), comment.strip()))
        else:
            exec(compiled, names)
    return found


def test_the_checker_example_says_what_the_comments_say() -> None:
    (proved, _), (refuted, _), (undecided, _) = outcomes(python_blocks()[0])
    assert proved == "proved"
    status, witness = refuted  # type: ignore[misc]
    assert status == "refuted" and next(iter(witness.values())) < 0
    status, owed = undecided  # type: ignore[misc]
    assert status == "undecided" and "x - 1 != 0" in owed[0]


def test_the_engineer_example_runs() -> None:
    assert outcomes(python_blocks()[1]) == []
    names: dict[str, object] = {}
    exec(python_blocks()[1].rsplit("\n", 2)[0], names)
    value = eval(python_blocks()[1].strip().splitlines()[-1], names)
    assert 0 < float(value) < float(names["schedule"].beta[500])  # type: ignore[attr-defined]
