"""What benchmarks share: CPU and wall time of a call, peak memory of this process, and one line per result.

Machines are noisy, so a figure stands beside a reference run in the same minute, and the ratio is what is compared.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def cpu_seconds(call: Callable[[], T], *, times: int = 3) -> tuple[float, T]:
    """The least CPU seconds of a few runs, and the last result."""
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        result = call()
        best = min(best, time.process_time() - begun)
    return best, result


def wall_seconds(call: Callable[[], T], *, times: int = 1) -> tuple[float, T]:
    """The least wall seconds of a few runs, and the last result."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - begun)
    return best, result


def peak_mib() -> float:
    """The largest resident size of this process so far."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / 1024 if sys.platform == "linux" else size / 1024 / 1024


def told(what: str, found: str, reference: str, ratio: float, *, bound: str = "") -> None:
    """One line: what was measured, the figure, the reference, their ratio, and the bound it is held against."""
    print(f"{what:44} {found:>16}   reference {reference:>16}   ratio {ratio:6.2f}   {bound}", flush=True)
