#!/bin/sh
# Makes the secrets that docker-compose.yml mounts as files. Safe to run twice: what is there stays.
#
#   deploy/make-secrets.sh [FOLDER]
set -eu

folder="${1:-$(dirname "$0")/secrets}"
umask 077
mkdir -p "$folder"
# Containers read the files under their own user ids; the folder keeps everyone else on the host out.
chmod 700 "$folder"

random() {
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n'
}

keep_or_write() {
    if [ ! -s "$folder/$1" ]; then
        printf '%s' "$2" > "$folder/$1.new"
        chmod 444 "$folder/$1.new"
        mv "$folder/$1.new" "$folder/$1"
    fi
}

keep_or_write postgres_password "$(random)"
keep_or_write valkey_password "$(random)"
keep_or_write grafana_password "$(random)"
database="$(cat "$folder/postgres_password")"
broker="$(cat "$folder/valkey_password")"
keep_or_write orrery_database_url "postgresql+psycopg://orrery:$database@postgres:5432/orrery"
keep_or_write orrery_broker_url "redis://:$broker@valkey:6379/0"
keep_or_write orrery_api_key "orr_$(random | cut -c 1-8).$(random)"

echo "secrets are in $folder; the administrator's key is in $folder/orrery_api_key" >&2
