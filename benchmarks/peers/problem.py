"""What a peer is given, and how its predictions are judged: needs NumPy alone."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Problem:
    """Triplets to learn from and to predict: users and items int32 from 0, values float32; shape (users, items)."""

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    value: NDArray[np.float32]
    shape: tuple[int, int]
    test_user: NDArray[np.int32]
    test_item: NDArray[np.int32]
    test_value: NDArray[np.float32]

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Problem:
        """From the arrays of a file; without a test, an empty one."""
        users, items = (int(size) for size in arrays["shape"])
        test = {
            f"test_{name}": arrays[f"test_{name}"] if f"test_{name}" in arrays else arrays[name][:0]
            for name in ("user", "item", "value")
        }
        return cls(arrays["user"], arrays["item"], arrays["value"], (users, items), **test)

    def judged(self, predicted: NDArray[np.floating]) -> dict[str, float]:
        """RMSE in stars of predictions for the test, as they are and clipped to the range of the training values."""
        if not len(self.test_value):
            return {}
        clipped = np.clip(predicted, self.value.min(), self.value.max())
        return {"rmse": self._rmse(predicted), "rmse_clipped": self._rmse(clipped)}

    def _rmse(self, predicted: NDArray[np.floating]) -> float:
        error = predicted.astype(np.float64) - self.test_value
        return float(np.sqrt(np.mean(error * error)))


def timed(call: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Seconds by the clock and of processors, and what ``call`` returned.

    Two threads that were not disturbed use nearly two processor seconds a second.
    """
    started, used = time.perf_counter(), time.process_time()
    result = call()
    return {"seconds": time.perf_counter() - started, "processor_seconds": time.process_time() - used}, result
