#!/bin/sh
# Healthy when Valkey answers to its password, which goes through a pipe: no process list shows it.
set -eu

password="$(cat "${VALKEY_PASSWORD_FILE:-/run/secrets/valkey_password}")"
printf 'AUTH %s\nPING\n' "$password" | "${VALKEY_CLI:-valkey-cli}" "$@" | grep -q '^PONG'
