"""Values that take seconds to make, made in a thread while other work goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from threading import Thread
from typing import Final, Generic, TypeVar

_POLL_SECONDS: Final = 0.05

Value = TypeVar("Value")


class Background(Generic[Value]):
    """A value on its way. Once it failed to come, the next `get` makes it anew: the cause may be gone."""

    def __init__(self, make: Callable[[], Value], name: str) -> None:
        """Start `make` in a daemon thread called `name`."""
        self._make, self._name = make, name
        self._future = self._start()

    @property
    def is_done(self) -> bool:
        """Whether `get` will not wait."""
        return self._future.done()

    def get(self, check: Callable[[], None]) -> Value:
        """The value, waited for if need be; `check` runs every moment and may raise. Raises what `make` raised."""
        while True:
            check()
            try:
                return self._future.result(_POLL_SECONDS)
            except NotYet:
                if self._future.done():
                    raise
            except Exception:
                self._future = self._start()
                raise

    def _start(self) -> Future[Value]:
        future: Future[Value] = Future()

        def run() -> None:
            try:
                future.set_result(self._make())
            except BaseException as error:  # whoever asks for the result gets it
                future.set_exception(error)

        Thread(target=run, name=self._name, daemon=True).start()
        return future
