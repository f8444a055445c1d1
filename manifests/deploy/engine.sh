#!/usr/bin/env bash
# Starts a Docker engine where none answers, and leaves it running. Where systemd runs, it is asked; else dockerd
# is started by hand. Its log is in the folder given, or /var/log.
set -euo pipefail
log="${1:-/var/log}/dockerd.log"
answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

answers && exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "No Docker engine answers (or you may not use it). Start it as root: systemctl start docker" >&2
    exit 1
fi
echo "» Starting the Docker engine"
if [ -d /run/systemd/system ]; then
    systemctl start docker
else
    mkdir -p "$(dirname "$log")"
    setsid nohup dockerd >"$log" 2>&1 </dev/null &
fi
for _ in $(seq 120); do
    answers && exit 0
    sleep 0.25
done
echo "The Docker engine did not answer within 30 s. The end of $log:" >&2
tail -20 "$log" >&2 || true
exit 1
