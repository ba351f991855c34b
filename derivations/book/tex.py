"""LaTeX to HTML and MathML while the book is built: KaTeX inside quickjs, with a cache on disk.

No page needs JavaScript to show a formula. A formula that KaTeX cannot read stops the build: `TexError`
carries the source and KaTeX's own message.
"""

from __future__ import annotations

import hashlib
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

KATEX_JS = Path(__file__).parent / "katex" / "katex.min.js"
_STACK = 16 * 1024 * 1024
# A JavaScript string built by many additions is a deep tree; join("") makes it flat, so that it can leave
# quickjs.
_RENDER = """(function (source, display) {
  return [katex.renderToString(source, {displayMode: display, output: "htmlAndMathml",
                                        strict: "error", throwOnError: true})].join("");
})"""


class TexError(ValueError):
    """A formula that KaTeX refuses: `source` is the LaTeX, `message` says where and why."""

    def __init__(self, source: str, message: str) -> None:
        super().__init__(f"{message}\n    in the formula: {source}")
        self.source = source
        self.message = message


class Katex:
    """A KaTeX that renders formulas, starting its engine only when a formula is not in the cache.

    Args:
        cache: folder for rendered formulas, made when missing; None keeps nothing.
    """

    def __init__(self, cache: Path | None = None) -> None:
        source = KATEX_JS.read_text(encoding="utf-8")
        self._source = source
        # The engine's text and the call are part of the key: a new version or option never meets an old
        # rendering.
        self._salt = hashlib.sha256((source + _RENDER).encode()).digest()
        self._cache = cache
        self._memory: dict[tuple[str, bool], str] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._engine: Any = None
        self._render: Any = None

    def __call__(self, source: str, display: bool = False) -> str:
        """Render one formula as HTML with MathML inside.

        Args:
            source: LaTeX in math mode, without dollar signs.
            display: True for a formula on a line of its own.

        Raises:
            TexError: KaTeX cannot read the formula.
        """
        key = (source, display)
        if key not in self._memory:
            self._memory[key] = self._from_disk(source, display)
        return self._memory[key]

    @property
    def version(self) -> str:
        """KaTeX's version, as its own code states it."""
        return str(self._run(lambda: self._engine.eval("katex.version")))

    def _from_disk(self, source: str, display: bool) -> str:
        if self._cache is None:
            return self._fresh(source, display)
        digest = hashlib.sha256(self._salt + b"%d" % display + source.encode()).hexdigest()
        path = self._cache / digest[:2] / f"{digest}.html"
        if path.is_file():
            return path.read_text(encoding="utf-8")
        html = self._fresh(source, display)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Another build may write the same file: a rename never shows a reader half of it.
        part = path.with_suffix(f".{os.getpid()}.part")
        part.write_text(html, encoding="utf-8")
        part.replace(path)
        return html

    def _fresh(self, source: str, display: bool) -> str:
        import quickjs

        try:
            return str(self._run(lambda: self._render(source, display)))
        except quickjs.JSException as error:
            line = str(error).split("\n", 1)[0]
            raise TexError(source, line.removeprefix("ParseError: ")) from None

    def _run(self, call: Any) -> Any:
        """Run a call on the engine's own thread: quickjs must stay on one, and KaTeX needs a deep stack."""
        if self._pool is None:
            before = threading.stack_size(2 * _STACK)
            try:
                self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="katex")
                self._pool.submit(self._start).result()
            finally:
                threading.stack_size(before)
        return self._pool.submit(call).result()

    def _start(self) -> None:
        import quickjs

        self._engine = quickjs.Context()
        self._engine.set_max_stack_size(_STACK)
        self._engine.eval(self._source)
        self._render = self._engine.eval(_RENDER)
