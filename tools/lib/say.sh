# How our scripts speak. Sourced by ./test and ./demo.

if [[ -t 1 ]]; then bold=$(printf '\033[1m') red=$(printf '\033[31m') plain=$(printf '\033[0m'); else bold='' red='' plain=''; fi
step=''

title() { printf '\n%s== %s ==%s\n' "$bold" "$*" "$plain"; }

say() { printf '%s\n' "-- $*"; }

# Stops the run. Each argument is a line that says what to do.
fail() {
    printf '\n%s%s%s\n' "$red" "${step:+$step: }$1" "$plain" >&2
    shift
    (($# == 0)) || printf '%s\n' "$@" >&2
    exit 1
}
