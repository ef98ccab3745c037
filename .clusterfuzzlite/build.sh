#!/bin/bash -eu
# Builds every target of testing/fuzz, and packs its seeds and its dictionary beside it.
cd "$SRC/wicketgate"
cargo fuzz build --release --fuzz-dir testing/fuzz
built=testing/fuzz/target/x86_64-unknown-linux-gnu/release
for source in testing/fuzz/fuzz_targets/*.rs; do
    target=$(basename "$source" .rs)
    cp "$built/$target" "$OUT/"
    zip --quiet --junk-paths "$OUT/${target}_seed_corpus.zip" testing/fuzz/seeds/"$target"/*
    cp testing/fuzz/words.dict "$OUT/$target.dict"
done
