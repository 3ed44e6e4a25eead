#!/bin/sh
# Starts Valkey with the password from a file: neither the process list nor the environment shows it.
set -eu

password="$(cat "${VALKEY_PASSWORD_FILE:-/run/secrets/valkey_password}")"
configuration="${VALKEY_CONF:-/etc/valkey/valkey.conf}"
umask 077
merged="$(mktemp)"
{
    cat "$configuration"
    printf 'requirepass %s\n' "$password"
} > "$merged"
exec "${VALKEY_SERVER:-valkey-server}" "$merged" "$@"
