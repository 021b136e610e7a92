#!/bin/sh
# Make the candidate a release: sh ci/publish.sh 1.0
set -eu

name=@NAME@
bb=${BENCHBUILDER:-benchbuilder}
work=${WORK:-work}
version=${1:?usage: sh ci/publish.sh VERSION}

$bb release build --run "$work/run" --name "$name" --version "$version" --out releases
$bb release verify "releases/$name-$version"
printf '%s\n' "$name-$version" >releases/latest
printf 'next: git add releases && git commit -m "Release %s %s"\n' "$name" "$version"
