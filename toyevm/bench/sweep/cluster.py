"""A Dask cluster as an executor: `dask scheduler` and `dask worker` run somewhere, and have this version of toyevm."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from toyevm.bench.peers import version_of
from toyevm.errors import InputError

PATIENCE = 10.0  # seconds to find the scheduler, and one worker


@contextmanager
def dask_executor(address: str, patience: float = PATIENCE) -> Iterator[Executor]:
    """Connect to the scheduler at `address`, such as tcp://host:8786, and yield its cluster as an executor.

    Raises:
        InputError: Dask is not installed here, nobody answers, or no worker has this version of toyevm.
    """
    if not re.fullmatch(r"([a-z]+://)?([\w.-]+|\[[0-9a-f:]+\]):\d{1,5}", address):
        raise InputError(f"no Dask scheduler at {address!r}", "--dask", "such as tcp://host:8786")
    try:
        from distributed import Client
    except ImportError:
        raise InputError("Dask is not installed", "--dask", "pip install 'toyevm[cluster]'") from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is said in one line
    try:
        client: Any = Client(address, timeout=patience, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:  # nobody there; no address; a protocol that is not installed
        raise InputError(f"no Dask scheduler at {address!r}", "--dask", "such as tcp://host:8786") from error
    with client:
        _check_workers(client, address, patience)
        yield client.get_executor(pure=False)


def thread_count(executor: Executor) -> int:
    """Return how many tasks the workers of a cluster run at once."""
    client: Any = executor._client  # type: ignore[attr-defined]  # there is no other way to the cluster of an executor
    return sum(client.nthreads().values())


def own_version() -> str | None:
    return version_of("toyevm")


def _check_workers(client: Any, address: str, patience: float) -> None:
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError:
        raise InputError(f"the cluster at {address} has no workers", "--dask", "dask worker " + address) from None
    here = own_version()
    try:
        versions = client.run(version_of, "toyevm", on_error="return")
    except Exception as error:
        versions = {"worker": error}
    for worker, found in versions.items():
        if found != here:
            what = f"has toyevm {found}" if isinstance(found, str | None) else "cannot import toyevm"
            raise InputError(f"{worker} {what}", "--dask", f"toyevm {here} on every worker")
