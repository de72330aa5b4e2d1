#!/bin/sh
# run.sh: runs $GRADCHECK on $CASES with $ENGINE, $BASELINE and $ARGUMENTS, each of which may be empty but the first two.
# Leaves gradients.xml and gradients.json; the exit status is gradcheck's.
set -eu -f
# Several words each.
# shellcheck disable=SC2086
set -- $CASES ${ARGUMENTS-}
[ -z "${ENGINE-}" ] || set -- "$@" --engine "$ENGINE"
[ -z "${BASELINE-}" ] || set -- "$@" --baseline "$BASELINE"
exec "$GRADCHECK" run "$@" --format github --format junit=gradients.xml --format json=gradients.json
