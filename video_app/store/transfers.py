"""Several transfers at a time, which somebody watches."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

from video_app.pipeline.sentences import sentence
from video_app.store import s3
from video_app.store.interface import Watch
from video_app.store.s3 import BucketError

CALLED_OFF = sentence("The transfer was called off.")
Result = TypeVar("Result")


def together(transfers: list[Callable[[Watch], Result]], watch: Watch) -> list[Result]:
    """Run transfers, `PARALLEL` at a time, each with what it has to call between its pieces."""
    stop = Event()

    def go_on() -> None:
        if stop.is_set():
            raise BucketError(CALLED_OFF)

    with ThreadPoolExecutor(s3.PARALLEL) as pool:
        begun = [pool.submit(transfer, go_on) for transfer in transfers]
        waiting = set(begun)
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=1)
                for future in done:
                    future.result()
                watch()
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in begun]
