#!/usr/bin/env bash
# Makes the page: target/web/ike.html, one file that works from anywhere.
#
# Needs Rust by rustup, Node.js with npm, and zstd.
set -euo pipefail
cd "$(dirname "$0")"
top=$(cd ../.. && pwd)
target=${CARGO_TARGET_DIR:-$top/target}
out=$target/web
LARGEST=1500000

rustup target add wasm32-unknown-unknown >/dev/null 2>&1 || { echo "build.sh: target wasm32-unknown-unknown cannot be installed" >&2; exit 1; }
for need in node:nodejs npm:npm zstd:zstd; do
    command -v "${need%%:*}" >/dev/null || { echo "build.sh: no ${need%%:*}: install ${need##*:}" >&2; exit 1; }
done
npm ci --silent --no-audit --no-fund --ignore-scripts
mkdir -p "$out"
cargo build --locked --release --lib --target wasm32-unknown-unknown --target-dir "$target/web-build"
cargo build --locked -p assemble --target-dir "$target/web-build"
assemble=$target/web-build/debug/assemble
"$assemble" glue "$target/web-build/wasm32-unknown-unknown/release/ikev2_web.wasm" "$out"
# A fifth smaller than by gzip, which browsers would undo by themselves.
zstd --ultra -22 --quiet --force "$out/program_bg.wasm" -o "$out/program_bg.wasm.zst"
"$assemble" page "$out" page node_modules "$out/ike.html"
octets=$(stat -c %s "$out/ike.html")
printf '%s: %s octets\n' "${out#"$top/"}/ike.html" "$octets"
[ "$octets" -le "$LARGEST" ] || { echo "build.sh: the page has $octets octets, $LARGEST are enough" >&2; exit 1; }
