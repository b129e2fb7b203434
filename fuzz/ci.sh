#!/bin/sh
# Runs every fuzz target for SECONDS (default 10), starting from the committed corpus: fuzz/ci.sh [SECONDS].
set -eu
cd "$(dirname "$0")"
seconds=${1:-10}
case $seconds in
    '' | *[!0-9]*)
        echo "usage: fuzz/ci.sh [SECONDS]" >&2
        exit 2
        ;;
esac

if ! command -v cargo-fuzz >/dev/null 2>&1; then
    echo "fuzz/ci.sh: cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2
    exit 1
fi
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "fuzz/ci.sh: the nightly toolchain is missing: rustup toolchain install nightly --profile minimal" >&2
    exit 1
fi

for file in fuzz_targets/*.rs; do
    target=$(basename "$file" .rs)
    committed=../tests/fuzz_bodies/corpus/$target
    if [ ! -d "$committed" ]; then
        echo "fuzz/ci.sh: target $target has no corpus in tests/fuzz_bodies/corpus" >&2
        exit 1
    fi
    # What is found goes into the first folder, which is not committed.
    mkdir -p "corpus/$target"
    echo "fuzz/ci.sh: $target, $seconds seconds"
    cargo +nightly fuzz run --fuzz-dir . "$target" "corpus/$target" "$committed" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -dict=ikev2.dict -verbosity=0 -print_final_stats=1
done
