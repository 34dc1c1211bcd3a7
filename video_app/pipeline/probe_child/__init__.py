"""A program of its own: open an untrusted file and print what it is as JSON.

`python -m video_app.pipeline.probe_child PATH` runs under resource limits (see
`ffmpeg.run`), because a demuxer is the first thing that a hostile file meets.
Prints `{"error": reason}` when the file cannot be opened, `{"fault": reason}` when this
program failed. With `deaf` as a second argument it looks at no sound: PyAV 18.1 corrupts
its memory over some channel layouts.
"""
