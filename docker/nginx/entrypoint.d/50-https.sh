#!/bin/sh
# Switch HTTPS on when the certificate appears, and reload when it is renewed.
set -eu
certificate=/etc/letsencrypt/live/$SERVER_NAME/fullchain.pem
# After 10-http.conf, which defines what it uses: nginx reads them in this order.
configuration=/etc/nginx/conf.d/20-https.conf

switch_on() {
    envsubst '${SERVER_NAME} ${UPLOAD_LIMIT}' </etc/nginx/https.conf >"$configuration"
}

watch() {
    seen=$1
    while sleep 30; do
        now=$(stat -Lc %Y "$certificate" 2>/dev/null || echo none)
        [ "$now" = "$seen" ] && continue
        seen=$now
        [ "$now" = none ] || { switch_on && nginx -s reload; }
    done
}

if [ -s "$certificate" ]; then
    switch_on
    watch "$(stat -Lc %Y "$certificate")" &
else
    echo "There is no certificate for $SERVER_NAME yet: only HTTP for now."
    watch none &
fi
