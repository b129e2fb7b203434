#!/bin/sh
# Makes the committed corpus of every target anew: fuzz/minimise.sh. Of the seeds from the captures it keeps few that
# together reach the same code. Files whose name starts with `regression-` stay as they are: what a campaign finds is kept
# under such a name, for its whole corpus would be many times larger.
set -eu
cd "$(dirname "$0")"
seeds=target/seeds
rm -rf "$seeds"
cargo run --quiet --example seed -- ../tests/captures "$seeds"

for file in fuzz_targets/*.rs; do
    target=$(basename "$file" .rs)
    committed=../tests/fuzz_bodies/corpus/$target
    fresh=target/minimised/$target
    rm -rf "$fresh"
    mkdir -p "$fresh" "$committed" "$seeds/$target"
    # What is committed is a seed, too; of some targets the only ones.
    find "$committed" -type f -exec cp {} "$seeds/$target" \;
    cargo +nightly fuzz run --fuzz-dir . "$target" "$fresh" "$seeds/$target" -- \
        -set_cover_merge=1 -use_counters=0
    find "$committed" -type f ! -name 'regression-*' -delete
    for input in "$fresh"/*; do
        name=$(basename "$input")
        cp "$input" "$committed/$(printf %.12s "$name")"
    done
    echo "fuzz/minimise.sh: $target: $(find "$committed" -type f | wc -l) files, $(cat "$committed"/* | wc -c) octets"
done
