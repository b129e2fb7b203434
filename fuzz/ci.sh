#!/bin/sh
# Runs fuzz targets for SECONDS each (default 10), starting from the committed corpus: fuzz/ci.sh [SECONDS [TARGET..]]. Without names: all.
set -eu
cd "$(dirname "$0")"
seconds=${1:-10}
# To libFuzzer 0 seconds are no limit.
case $seconds in
    '' | *[!0-9]* | 0*)
        echo "usage: fuzz/ci.sh [SECONDS [TARGET..]]" >&2
        exit 2
        ;;
esac
[ $# -eq 0 ] || shift

if ! command -v cargo-fuzz >/dev/null 2>&1; then
    echo "fuzz/ci.sh: cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2
    exit 1
fi
if ! cargo +nightly --version >/dev/null 2>&1; then
    echo "fuzz/ci.sh: the nightly toolchain is missing: rustup toolchain install nightly --profile minimal" >&2
    exit 1
fi

if [ $# -eq 0 ]; then
    for file in fuzz_targets/*.rs; do
        set -- "$@" "$(basename "$file" .rs)"
    done
fi
mkdir -p target
for target in "$@"; do
    committed=../tests/fuzz_bodies/corpus/$target
    if [ ! -f "fuzz_targets/$target.rs" ] || [ ! -d "$committed" ]; then
        echo "fuzz/ci.sh: $target is no target with a corpus in tests/fuzz_bodies/corpus" >&2
        exit 1
    fi
    # What is found goes into the first folder, which is not committed.
    mkdir -p "corpus/$target"
    echo "fuzz/ci.sh: $target, $seconds seconds"
    status=0
    cargo +nightly fuzz run --fuzz-dir . "$target" "corpus/$target" "$committed" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -dict=ikev2.dict -verbosity=0 -print_final_stats=1 \
        >target/ci.txt 2>&1 || status=$?
    cat target/ci.txt
    [ $status -eq 0 ] || exit $status
    # More inputs were run than there were to begin with.
    run=$(sed -n 's/^stat::number_of_executed_units: *//p' target/ci.txt)
    if [ "${run:-0}" -le "$(find "$committed" -type f | wc -l)" ]; then
        echo "fuzz/ci.sh: $target ran ${run:-no} inputs, which is not even its corpus" >&2
        exit 1
    fi
done
