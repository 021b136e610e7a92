#!/bin/sh
# What CI does, and what you can do by hand: sh ci/benchmark.sh
#
#   1. the last release is intact, and the dump, where it is the same, still gives it
#   2. the settings of today give a candidate, without calling a model, and a page about it
#   3. the candidate is intact
#   4. what changed stands in work/diff.md
#
# BENCHBUILDER: the command, where it is not `benchbuilder`. OFFLINE=no lets models be called, where
# a setting needs answers that nobody recorded.
set -eu

name=@NAME@
bb=${BENCHBUILDER:-benchbuilder}
work=${WORK:-work}
offline=--offline
if [ "${OFFLINE:-yes}" = no ]; then offline=; fi

say() { printf '\n== %s\n' "$1"; }

mkdir -p "$work/run"
last=
if [ -f releases/latest ]; then last=releases/$(cat releases/latest); fi

if [ -n "$last" ]; then
  say "the last release: $last"
  $bb release verify "$last"
  $bb release import-calls "$last" --run "$work/run"
  say "made again from the dump"
  rm -rf "$work/again"
  if ! $bb curate dump --offline --from-release "$last" --run "$work/again" --json \
    >"$work/again.json"; then
    grep -q '"OtherDump"' "$work/again.json" || exit 1
    say "not made again: the dump is another one"
  fi
fi

say "the candidate"
# shellcheck disable=SC2086  # an empty $offline is no argument
$bb curate dump --config benchbuilder.yaml --run "$work/run" $offline \
  --html "$work/report/report.html" --json >"$work/run.json"
rm -rf "$work/releases/$name-candidate"
$bb release build --run "$work/run" --name "$name" --version candidate --out "$work/releases"
$bb release verify "$work/releases/$name-candidate"

say "what changed"
if [ -n "$last" ]; then
  $bb release diff "$last" "$work/releases/$name-candidate" >"$work/diff.md"
else
  printf '# %s\n\nThere is no release to compare with yet.\n' "$name" >"$work/diff.md"
fi
head -n 4 "$work/diff.md"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$work/diff.md" >>"$GITHUB_STEP_SUMMARY"; fi
