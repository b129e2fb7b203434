#!/usr/bin/env bash
# Opens the page in Chromium and uses it as a person does; `ike` must say the same.
#
#   IKE=.. IKE_PAGE=.. tools/web/test.sh     the program, and the page that tools/web/build.sh has made
set -euo pipefail
cd "$(dirname "$0")"
target=${CARGO_TARGET_DIR:-$(cd ../.. && pwd)/target}
export IKE=${IKE:-$target/release/ike} IKE_PAGE=${IKE_PAGE:-$target/web/ike.html}
for need in "$IKE" "$IKE_PAGE" "${CHROMIUM:-/usr/bin/chromium}"; do
    [ -e "$need" ] || { echo "test.sh: no $need" >&2; exit 1; }
done
npm ci --silent --no-audit --no-fund --ignore-scripts
out=$target/web/tests.txt
status=0
node --test --test-concurrency=1 --test-timeout=300000 --test-reporter=tap tests/ >"$out" 2>&1 || status=$?
grep -E '^(not ok|# (pass|fail|skipped|todo|cancelled) )|^    (not ok)' "$out" || true
[ "$status" = 0 ] || { cat "$out" >&2; exit 1; }
for none in fail cancelled skipped todo; do
    grep -qx "# $none 0" "$out" || { echo "test.sh: not every test was run and passed: $none" >&2; exit 1; }
done
