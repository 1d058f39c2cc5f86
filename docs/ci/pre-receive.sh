#!/bin/sh
# A Git hook of a server (`hooks/pre-receive`): refuses a push whose folder `cases` shows a licensing fault.
# `hooks/known.yaml`, kept by whoever runs the server, names what was accepted; nothing is read from the push but the cases.
set -eu
cases=${LICENSING_CASES:-cases}
known=$(dirname "$0")/known.yaml
set -- --fail-on high --strict --no-progress
[ ! -f "$known" ] || set -- "$@" --suppress "$known"

refused=0
while read -r _old new ref; do
    # Only zeros: the branch is deleted.
    case $new in *[!0]*) ;; *) continue ;; esac
    git cat-file -e "$new:$cases" 2>/dev/null || continue
    status=0
    git archive --format=tar "$new" "$cases" | bundlescope check "$@" --stdin-name "$ref" - >&2 || status=$?
    case $status in
        0) ;;
        1) echo "$ref: refused for the findings above" >&2; refused=1 ;;
        *) echo "$ref: refused, as the cases could not be judged" >&2; refused=1 ;;
    esac
done
exit "$refused"
