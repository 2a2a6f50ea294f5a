#!/usr/bin/env bash
# The step of action.yml: installs a released otlog, checks its sum, runs it, and puts the report into the
# summary of the job. It works wherever there are bash and curl; action.yml says what the variables mean.
set -euo pipefail

version=${OTLOG_VERSION:?}
download=${OTLOG_DOWNLOAD:-https://github.com/otlog/otlog/releases/download}/$version
work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/otlog-XXXXXX")

case $(uname -s) in
Linux) system=linux ;;
Darwin) system=darwin ;;
MINGW* | MSYS* | CYGWIN*) system=windows ;;
*) echo "otlog: there is no release for $(uname -s)" >&2 && exit 1 ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
arm64 | aarch64) arch=arm64 ;;
*) echo "otlog: there is no release for $(uname -m)" >&2 && exit 1 ;;
esac
folder=otlog_${version#v}_${system}_$arch
archive=$folder.tar.gz
if [ "$system" = windows ]; then archive=$folder.zip; fi

cd "$work"
curl -fsSL --retry 3 -o checksums.txt "$download/checksums.txt"
curl -fsSL --retry 3 -o "$archive" "$download/$archive"
if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
if ! grep "  $archive\$" checksums.txt | "${sum[@]}" --check --status; then
	echo "otlog: the sum of $archive is not the one in checksums.txt" >&2
	exit 1
fi
if [ "$system" = windows ]; then unzip -q "$archive"; else tar -xzf "$archive"; fi
cd - >/dev/null

# Each line is a gate; words of paths and flags are separated by spaces.
arguments=()
while IFS= read -r gate; do
	if [ -n "${gate// /}" ]; then arguments+=(--fail-on "$gate"); fi
done <<<"${OTLOG_FAIL_ON:-}"
if [ -n "${OTLOG_BASELINE:-}" ]; then arguments+=(--baseline "$OTLOG_BASELINE"); fi
read -r -d '' -a flags <<<"${OTLOG_ARGS:-}" || true
read -r -d '' -a paths <<<"${OTLOG_PATHS:?}" || true

status=0
# Bash before 4.4, as on macOS, takes an empty list for an unset one.
"$work/$folder/otlog" --format markdown ${arguments[@]+"${arguments[@]}"} ${flags[@]+"${flags[@]}"} -- "${paths[@]}" >"$work/report.md" || status=$?
cat "$work/report.md" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
printf 'report=%s\nstatus=%s\n' "$work/report.md" "$status" >>"${GITHUB_OUTPUT:-/dev/stderr}"
exit "$status"
