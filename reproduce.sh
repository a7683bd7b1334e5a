#!/usr/bin/env bash
# Sets DNO-Bench up in .venv and runs it. Usage: ./reproduce.sh [demo|test|paper [SUITE]|docs|setup]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  echo "usage: ./reproduce.sh [MODE]"
  echo "  demo   (default) set up, run the demo suite (5 minutes on two cores), print what it found and where its report lies"
  echo "  test   set up, run the tests (13 minutes on two cores)"
  echo "  paper  set up, fetch what a suite of the literature needs, run it, print its table: paper [SUITE], by default"
  echo "         dno-sd15 (56 GPU hours); see dno-bench list suites"
  echo "  docs   set up, build the documentation into site/ (a minute); a broken link is an error"
  echo "  setup  only make .venv with the pinned dependencies"
}

find_python() {
  for python in python3.11 python3.12 python3.13 python3 python; do
    if command -v "$python" >/dev/null && "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$python"
      return
    fi
  done
  echo "error: Python 3.11 or newer is needed and was not found; install it and run this again" >&2
  exit 2
}

setup() {
  local python pip stamp=.venv/requirements.lock
  if ! cat requirements.lock requirements-hpsv2.lock | cmp -s - "$stamp"; then
    python=$(find_python)
    echo "setting up .venv with the pinned dependencies (a few minutes) ..."
    "$python" -m venv .venv
    pip=(.venv/bin/python -m pip install --quiet --disable-pip-version-check)
    "${pip[@]}" -r requirements.lock
    "${pip[@]}" --no-deps --upgrade --target .venv/hpsv2 -r requirements-hpsv2.lock
    "${pip[@]}" --no-deps --no-build-isolation --editable .
    cat requirements.lock requirements-hpsv2.lock >"$stamp" # written last: an interrupted set-up is done again
  fi
}

mode=${1:-demo}
if [ $# -gt 2 ] || { [ $# -eq 2 ] && [ "$mode" != paper ]; }; then mode=usage; fi
case "$mode" in
  setup) setup ;;
  # No `setup && ...`: errexit would be off inside setup, and a failed install taken for a finished one.
  demo)
    setup
    # Two cores, a process and a thread each: all methods have the same one, whether they work in batches or step by step.
    devices=cpu
    if [ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ]; then devices=cpu,cpu; fi
    .venv/bin/dno-bench run demo --device "$devices"
    .venv/bin/dno-bench report results/runs/demo
    ;;
  test)
    setup
    .venv/bin/python -m pytest -n 2
    ;;
  paper)
    setup
    .venv/bin/dno-bench fetch "${2:-dno-sd15}"
    .venv/bin/dno-bench run "${2:-dno-sd15}"
    ;;
  docs)
    setup
    NO_MKDOCS_2_WARNING=true .venv/bin/python -m mkdocs build --strict
    echo "docs    site/index.html"
    ;;
  -h | --help | help) usage ;;
  *) usage >&2 && exit 2 ;;
esac
