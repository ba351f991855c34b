"""Sites to test: the fixture's, built once for a session."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mkdocs", reason="the book needs the docs extra: pip install 'exegesis[docs]'")

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FIXTURE = "tests.book.fixture.corpus"


def build_site(
    folder: Path, corpus: str = FIXTURE, api: tuple[str, ...] = (), docs: Path | None = None, tests: bool = False
) -> Path:
    """Build a site with the project's own mkdocs.yml, strictly, with another corpus or other pages."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    settings: dict[str, Any] = {"site_dir": str(folder), "strict": True}
    if docs is not None:
        settings["docs_dir"] = str(docs)
    config = load_config(str(ROOT / "mkdocs.yml"), **settings)
    config.extra["book"] = {"corpus": corpus, "api": list(api), "tests": tests}
    if not api:
        config.nav = [item for item in config.nav if "API" not in item]
    config.plugins.on_startup(command="build", dirty=False)
    try:
        build(config)
    finally:
        config.plugins.on_shutdown()
    return folder


@pytest.fixture(scope="session", autouse=True)
def quiet() -> Iterator[None]:
    """Warnings of MkDocs count under `strict` whether they are printed or not."""
    logging.getLogger("mkdocs").setLevel(logging.WARNING)
    yield


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fixture's site."""
    return build_site(tmp_path_factory.mktemp("site"))


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Path]:
    """Build another site into a fresh folder."""
    return lambda **options: build_site(tmp_path / "site", **options)
