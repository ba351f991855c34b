"""Fuzz the audit, guided by coverage, for some minutes: no crash, no hang, and nothing proved beside its contrary.

    python scripts/fuzz_audit.py --minutes 6 [--seed 1] [--keep]

A document that reaches lines of `derivations/reading` that none had reached is kept and changed again. Where A = B is
proved, A = B + 7 is audited too: both cannot be true. What fails is printed, to be pinned in
tests/reading/test_fuzz.py; with --keep the figures go to the trust page.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from derivations.reading import audit_text  # noqa: E402
from tests.measured import keep  # noqa: E402

WATCHED = str(ROOT / "derivations" / "reading")
LIMIT = 15.0  # seconds of computing
WHAT = "Documents of formulas are changed by tokens, guided by the lines of the reader that they reach, and audited."
TOKENS = r"""
\alpha_t \bar\alpha_t \bar\alpha_{t-1} \beta_t \tilde\beta_t x_t x_0 x_{t-1} \epsilon \epsilon_\theta(x_t,t) \sqrt{
\frac{ } { ( ) [ ] \left( \right) | \| \mid = := \approx \sim \le + - \cdot / , ; : & \\ _ ^ 2 1 0 t T s a b dt dx
\sum_{t=1}^T \prod_{s=1}^t \int d \mathcal{N} \mathbb{E} \mathbb{E}_q \mathbb{E}_{x\sim q(x)} \nabla_{x_t} \log \exp
q p p_\theta D_{KL} \sigma_t z I \mathbf{x} \lim_{h\to0} \begin{aligned} \end{aligned} \begin{cases} \end{cases}
\begin{pmatrix} \end{pmatrix} \text{if} \tilde \hat \operatorname{tr} \partial \dot \underbrace{ \quad \foo ' \x .
d\mathbf{w} ... ε ᾱ ∇ $ $$ \[ \] \( \) \def\a{ \newcommand{\b}[1]{ #1 <!-- --> ``` \odot \top \Sigma \mu
""".split()


class Coverage:
    """The lines of the reader that a call reaches."""

    def __init__(self) -> None:
        self.seen: set[tuple[CodeType, int]] = set()
        self.new = 0

    def __enter__(self) -> Coverage:
        self.new = 0
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _enter(self, frame: FrameType, event: str, argument: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(WATCHED) else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        place = (frame.f_code, frame.f_lineno)
        if place not in self.seen:
            self.seen.add(place)
            self.new += 1
        return self._line


def seeds() -> list[str]:
    """Formulas to begin with: those of the audit's own notes."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "reading" / "notes").glob("*.md"))]
    return [f"$$\n{part.strip()}\n$$" for text in texts for part in text.split("$$")[1::2]]


def changed(text: str, corpus: list[str], rng: random.Random) -> str:
    """A document with a few tokens put in, taken out or moved, or spliced with another one."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(words) + 1)
        kind = rng.random()
        if kind < 0.5:
            words.insert(at, rng.choice(TOKENS))
        elif kind < 0.75 and len(words) > 1:
            del words[min(at, len(words) - 1)]
        elif kind < 0.9:
            other = rng.choice(corpus).split(" ")
            words[at:] = other[rng.randrange(len(other)) :]
        else:
            k = rng.randrange(len(text) + 1)
            return (text[:k] + text[k + rng.randint(1, 3) :])[:600]
    return " ".join(words)[:600]


def contradictions(text: str) -> list[str]:
    """The equations A = B of a document that are proved, as A = B + 7 is."""
    out = []
    for e in audit_text(text).equations:
        left, relation, right = e.formula.tex.partition("=")
        if e.judgement.verdict == "proved" and relation and "=" not in right and "\\\\" not in right:
            other = audit_text(f"$$\n{left} = ({right}) + 7\n$$").equations
            out += [e.formula.tex for o in other if o.judgement.verdict == "proved"]
    return out


def run(minutes: float, seed: int) -> dict[str, int]:
    """The figures of a run; what failed is printed."""
    rng, corpus, coverage = random.Random(seed), seeds(), Coverage()
    count = {"inputs": 0, "kept": 0, "crashes": 0, "hangs": 0, "false proofs": 0}
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        text = corpus[count["inputs"]] if count["inputs"] < len(corpus) else changed(rng.choice(corpus), corpus, rng)
        count["inputs"] += 1
        begun = time.process_time()
        try:
            with coverage:
                audit_text(text)
            false = contradictions(text) if coverage.new else []
        except Exception as error:  # whatever it is, it is a failure of the audit
            count["crashes"] += 1
            print(f"crash: {type(error).__name__}: {error}\n{text!r}\n", flush=True)
            continue
        if false:
            count["false proofs"] += 1
            print(f"proved beside its contrary: {false}\n{text!r}\n", flush=True)
        if time.process_time() - begun > LIMIT:
            count["hangs"] += 1
            print(f"{time.process_time() - begun:.0f} s\n{text!r}\n", flush=True)
        elif coverage.new:
            count["kept"] += 1
            corpus.append(text)
    return {"lines": len(coverage.seen), **count}


def main() -> None:
    """Run, and keep the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=6)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", action="store_true", help="keep the figures for the trust page")
    chosen = options.parse_args()
    found = run(chosen.minutes, chosen.seed)
    print(figure(found))
    if chosen.keep:
        keep("audit.fuzz", WHAT, figure(found), f"python scripts/fuzz_audit.py --minutes {chosen.minutes:g} --keep")


def figure(found: dict[str, int]) -> str:
    """What came out, in a sentence."""
    return (
        f"{found['crashes']} crashes, {found['hangs']} formulas beyond {LIMIT:.0f} s, {found['false proofs']} proved "
        f"beside their contrary in {found['inputs']:,} documents, which reached {found['lines']:,} lines of the reader"
    )


if __name__ == "__main__":
    main()
