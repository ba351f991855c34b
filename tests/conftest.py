"""What every test shares: one thread per worker, Hypothesis profiles, and the meaning of the gpu marker."""

import os

# Before anything imports torch or numpy: the workers of pytest-xdist share the cores already.
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

# No deadlines: a test may not fail because the machine is busy.
# ci: the same examples on every run and every machine, so that a failure is a fact about the code.
_busy = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, database=None, print_blob=True, **_busy)
# dev: new examples on every run, more of them, and a memory of those that failed.
settings.register_profile("dev", max_examples=500, **_busy)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# The files that take longest: begun last, one of them would keep one worker at work while the others are idle.
LONGEST = tuple(f"tests/{name}.py::" for name in (
    "reading/test_kept_audits", "book/test_the_book", "sanity/test_corpus", "reading/test_adversarial",
    "project/test_lint", "decide/test_fuzz", "diffusion/test_interruption", "diffusion/test_distributed",
))  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Have an option for the record of the trust page."""
    told = "keep what comes out of each file of tests, for the trust page; whole files only"
    parser.addoption("--keep-figures", action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Count what comes out, in the process that hears of every test. Raises UsageError for parts of files."""
    if not config.getoption("keep_figures") or hasattr(config, "workerinput"):
        return
    from tests.measured import Runs

    if config.option.keyword or config.option.markexpr or any("::" in name for name in config.args):
        raise pytest.UsageError("--keep-figures is for whole files: leave out -k, -m and ::")
    config.pluginmanager.register(Runs())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; skip the tests marked gpu where there is no CUDA device."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    marked = [item for item in items if "gpu" in item.keywords]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="needs a CUDA device"))
