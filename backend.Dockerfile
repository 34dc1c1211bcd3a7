# The one image of Videoflix: web, worker and commands (see backend.entrypoint.sh).
FROM python:3.13-slim-trixie

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt requirements-s3.txt ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: \
    -r requirements.txt -r requirements-s3.txt

# What automatic captions need, 300 MB: only with --build-arg CAPTIONS=1
# (docker-compose.captions.yml).
ARG CAPTIONS=""
COPY requirements-captions.txt ./
RUN [ -z "$CAPTIONS" ] \
 || /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary=:all: \
    -r requirements-captions.txt
ENV PATH=/opt/venv/bin:$PATH

# Only root may change the code; what the product writes lies in /data, which is volumes. Group
# 101 is that of the workers in nginx's image: they, and nobody else, may read films as well.
COPY . .
RUN python -m compileall -q core auth_app video_app \
 && groupadd --non-unique --gid 101 films \
 && useradd --system --uid 10001 --gid 101 --home-dir /data --shell /usr/sbin/nologin videoflix \
 && install -d -o 10001 -g 101 -m 0750 /data /data/media /data/var /data/static

ENV MEDIA_ROOT=/data/media VAR_DIR=/data/var STATIC_ROOT=/data/static STATIC_COLLECTED=1 \
    WEB_BIND=0.0.0.0:8000 IGNORE_DOTENV=1 FFMPEG_BINARY=/usr/bin/ffmpeg

USER videoflix
EXPOSE 8000
ENTRYPOINT ["/app/backend.entrypoint.sh"]
CMD ["web"]
