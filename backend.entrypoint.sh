#!/bin/sh
# web      wait for the database, migrate, collect static files, make the superuser; then serve
# worker   wait until the web container has migrated; then work
# other    run it as it is, for example: docker compose run --rm web python manage.py check
set -eu

# Without a password of your own the first administrator gets a random one. It stays in the
# volume and is shown at each start, which is no way to treat a secret in production.
choose_admin_password() {
    [ -z "${DJANGO_SUPERUSER_PASSWORD:-}" ] || return 0
    is_production=0
    python -m core.environment PRODUCTION || is_production=$?
    case $is_production in 0) return 0 ;; 1) ;; *) exit 2 ;; esac
    file=${VAR_DIR:-var}/admin_password
    [ -s "$file" ] || (umask 077 && python -c 'import secrets; print(secrets.token_urlsafe(12))' >"$file")
    DJANGO_SUPERUSER_PASSWORD=$(cat "$file")
    DJANGO_SUPERUSER_EMAIL=${DJANGO_SUPERUSER_EMAIL:-admin@videoflix.local}
    DJANGO_SUPERUSER_USERNAME=${DJANGO_SUPERUSER_USERNAME:-admin}
    export DJANGO_SUPERUSER_PASSWORD DJANGO_SUPERUSER_EMAIL DJANGO_SUPERUSER_USERNAME
    echo "Sign in as $DJANGO_SUPERUSER_EMAIL with the password $DJANGO_SUPERUSER_PASSWORD"
}

case "${1:-web}" in
web)
    choose_admin_password
    python manage.py bootstrap
    exec python -m gunicorn -c python:core.gunicorn --worker-tmp-dir /dev/shm core.wsgi
    ;;
worker)
    python manage.py bootstrap --only-wait
    exec python manage.py worker
    ;;
*)
    exec "$@"
    ;;
esac
