#!/bin/sh
# Builds the targets and runs each for so many seconds on one core: fuzz/run.sh [SECONDS] [TARGET...]
# `cargo fuzz run TARGET` does the same where cargo-fuzz is installed; this needs no more than a nightly compiler.
# SANITIZER=address watches memory as well, at half the speed.
set -eu
cd "$(dirname "$0")"
seconds=${1:-60}
[ $# -gt 0 ] && shift
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=16${SANITIZER:+ -Zsanitizer=$SANITIZER}"
most=1024
[ -z "${SANITIZER:-}" ] || most=3072
host=$(rustc -vV | sed -n 's/^host: //p')
target=${CARGO_TARGET_DIR:-target}
cargo +nightly build --quiet --release --target "$host" --bins
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\([a-z0-9_]*\)"$/\1/p' Cargo.toml | grep -v fuzz)
for name in "$@"; do
    mkdir -p "corpus/$name" "artifacts/$name"
    python3 seeds.py "$name"
    printf '%s: ' "$name"
    "$target/$host/release/$name" -max_total_time="$seconds" -rss_limit_mb="$most" -timeout=10 -max_len=65536 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="artifacts/$name/" "corpus/$name" "../tests/kept_inputs/$name" 2>&1 |
        awk '/number_of_executed_units/ {n = $2} /peak_rss_mb/ {m = $2} /SUMMARY|panicked|ERROR/ {print} END {print n " executions, peak " m " MB"}'
done
