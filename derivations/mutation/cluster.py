"""Where a campaign runs: on the processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager

from derivations.errors import RequestError

PATIENCE = "10s"  # how long to wait for a scheduler to answer


@contextmanager
def executor(workers: int | None = None, scheduler: str | None = None) -> Iterator[Executor]:
    """An executor of `concurrent.futures`: as many processes as asked for (one for each core without a number), or the
    workers of the Dask scheduler at an address. What has not begun when the block is left is given up.
    """
    if scheduler is not None:
        with _dask(scheduler) as pool:
            yield pool
        return
    pool = ProcessPoolExecutor(workers or os.cpu_count(), mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise RequestError(
            "--scheduler needs Dask, which is not installed; try: pip install 'exegesis[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise RequestError(
            f"no Dask scheduler answers at {address} ({error}); start one with `dask scheduler`, and workers with "
            "`dask worker ADDRESS`, in an environment that has this package"
        ) from None
    with client:
        yield client.get_executor()
