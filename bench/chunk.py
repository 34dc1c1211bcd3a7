"""One chunk in a process of its own, as a worker's: `python -m bench.chunk JOB NUMBER`.

`JOB` is a JSON file with `binary`, `source`, `plan` and `threads`; the segments and
the chunk's report are written beside it.
"""

import json
import sys
from pathlib import Path

from video_app.pipeline.transcode import encode_chunk
from video_app.pipeline.types import Plan


def main(job_file: str, number: str) -> None:
    job = json.loads(Path(job_file).read_text())
    plan, work = Plan.from_json(job["plan"]), Path(job_file).parent
    report = encode_chunk(
        job["binary"],
        Path(job["source"]),
        plan,
        plan.chunk(int(number)),
        work,
        threads=job["threads"],
    )
    (work / f"report-{number}.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
