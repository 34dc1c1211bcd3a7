# Get the certificate of SERVER_NAME and keep it fresh; nginx notices by itself.
set -u
trap 'exit 0' TERM INT
while :; do
    certbot certonly --webroot --webroot-path /var/www/acme --domain "$SERVER_NAME" \
        --email "$CERTBOT_EMAIL" --agree-tos --no-eff-email --non-interactive \
        --keep-until-expiring || echo "No certificate this time; next try in 12 hours."
    sleep 12h &
    wait $!
done
