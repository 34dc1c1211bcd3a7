"""The public names of the jobs in Redis.

Each says that something is due. What is done then is the most important work that is due at
that moment (`work.order`), which may be another: a job may run any number of times, anywhere.
"""

from rq import get_current_job

from video_app.webhooks import sending
from video_app.work import order, queue


def plan_video(video_id: int, revision: int) -> None:
    """A source waits for its plan."""
    _work()


def encode_chunk(build_id: int, index: int) -> None:
    """A chunk waits to be encoded."""
    _work()


def encode_ahead(build_id: int, index: int) -> None:
    """The low layer of a chunk waits for somebody who watches, or soon will."""
    _work()


def encode_rest(build_id: int, index: int) -> None:
    """A chunk with its low layer waits for the rest."""
    _work()


def finish_build(build_id: int) -> None:
    """The chunks of a build are whole."""
    _work()


def make_extras(build_id: int) -> None:
    """A film lacks its MP4s and its storyboard."""
    _work()


def make_poster(video_id: int, revision: int) -> None:
    """A film lacks its poster."""
    _work()


def repair_chunk(build_id: int, index: int) -> None:
    """A finished film has lost segments."""
    _work()


def verify_build(build_id: int) -> None:
    """Nobody has read a film's segments for a week."""
    _work()


def fetch_import(import_id: int) -> None:
    """A film waits to be fetched."""
    _work()


def caption_film(build_id: int) -> None:
    """What is said in a film waits to be written down."""
    _work()


def _work() -> None:
    job = get_current_job()
    done = order.run_next(job.origin if job else "")
    if job and (job.origin, done) == (queue.TRANSCODE, queue.URGENT):
        # What it was enqueued for is still due, and nobody else is woken for it.
        task = str(job.func_name).rpartition(".")[2]
        queue.enqueue(queue.TRANSCODE, queue.Call(task, tuple(job.args)))


def deliver_webhook(webhook_id: int) -> None:
    """A receiver has messages due."""
    sending.deliver(webhook_id)
