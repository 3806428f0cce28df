#!/bin/sh
# A verdict on a clip, with curl.
#
#   check.sh CLIP [URL]          LIVENESS_KEY is your API key, where the service has keys
set -eu

clip=$1
url=${2:-http://127.0.0.1:8000}
# The same clip again is the same request: curl may repeat it, and one verdict is made.
once=$(sha256sum "$clip" | cut -c 1-64)

set -- --silent --show-error --fail-with-body --max-time 60 --retry 3 --retry-connrefused
if [ -n "${LIVENESS_KEY:-}" ]; then
  set -- "$@" --header "Authorization: Bearer $LIVENESS_KEY"
fi
curl "$@" --header "Idempotency-Key: $once" --form "clip=@$clip" "$url/v1/liveness"
