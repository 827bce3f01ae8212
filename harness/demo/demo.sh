#!/usr/bin/env bash
# Shows callgate at work: a profile that looks fine fails in the rare phases, callgate proposes the repair, the repair
# passes. Works on copies in ./callgate-demo/; the source tree stays as it is.
# Run it as `./dev demo`, which sets CALLGATE_BIN and DEMO_SERVER.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$PWD/callgate-demo
bold='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
    bold=$'\e[1m' plain=$'\e[0m'
fi

chapter() { printf '\n%s== %s ==%s\n' "$bold" "$1" "$plain"; }
tell() { printf '%s\n' "$@"; }
fail() {
    printf '\ndemo: FAILED: %s\n' "$*" >&2
    exit 1
}

# callgate_exits WANTED ARGUMENT...: shows the command line, runs it, insists on its exit code.
callgate_exits() {
    local wanted=$1 code=0
    shift
    printf '\n%s$ callgate %s%s\n' "$bold" "$*" "$plain"
    "$CALLGATE_BIN" "$@" || code=$?
    printf '[exit code %d]\n' "$code"
    if [[ $code -eq 3 && $wanted -ne 3 ]]; then
        tell '' 'demo: callgate reached no verdict here; the reason and the remedy are above' >&2
        exit 3
    fi
    [[ $code -eq $wanted ]] || fail "callgate ended with exit code $code, the story needs $wanted"
}

[[ -n ${CALLGATE_BIN:-} && -n ${DEMO_SERVER:-} ]] || fail 'CALLGATE_BIN and DEMO_SERVER are not set; run ./dev demo'
[[ -x $CALLGATE_BIN ]] || fail "CALLGATE_BIN is not a program: $CALLGATE_BIN"
[[ -x $DEMO_SERVER ]] || fail "DEMO_SERVER is not a program: $DEMO_SERVER"
export DEMO_SERVER # the plan refers to it

if [[ -e $out ]]; then
    [[ -e $out/.made-by-demo ]] || fail "$out exists and is not from an earlier demo; move it away"
    rm -rf "$out"
fi
mkdir "$out"
: >"$out/.made-by-demo"

# Everything the plan may refer to, and none of the code.
shopt -s nullglob
for file in "$here"/*.yaml "$here"/*.yml "$here"/*.json "$here"/*.in; do
    cp "$file" "$out/"
done
cd "$out"
[[ -f plan.yaml ]] || fail "harness/demo/plan.yaml is missing"

chapter '1. A profile that passes every ordinary test'
tell 'A small web server, and a seccomp profile recorded the usual way: start it, send it traffic, list the calls.' \
    'callgate drives it through the phases that such a recording never reaches.'
callgate_exits 1 test plan.yaml --out before
tell '' 'The run failed, as it should: the rare phases make calls that the profile refuses.'
if [[ -s before/summary.md ]]; then
    tell "This is what a pull request would show (before/summary.md):" ''
    head -n 60 before/summary.md | sed 's/^/    /'
fi

chapter '2. The repair that callgate proposes'
[[ -s before/profile.diff ]] || fail 'the run left no before/profile.diff'
[[ -s before/profile.proposed.json ]] || fail 'the run left no before/profile.proposed.json'
tell 'The smallest change that lets these phases through (before/profile.diff, for patch -p0):' ''
sed 's/^/    /' before/profile.diff

chapter '3. The same plan under the proposed profile'
tell 'log: nothing the server needs is missing.  errno: refusals happen, watched.  enforce: the kernel alone decides.'
callgate_exits 0 test plan.yaml --profile before/profile.proposed.json --out after
for mode in log errno enforce; do
    grep -Eq "\"mode\": *\"$mode\"" after/run.json || fail "after/run.json holds no case in mode $mode"
done

chapter 'Done'
tell 'The profile that was refused now passes in all three modes. Nothing outside this folder was changed:' "  $out" \
    '  before/summary.md, after/summary.md      to read' \
    '  before/junit.xml                         what a pipeline reads' \
    '  before/profile.proposed.json             what would be committed'
