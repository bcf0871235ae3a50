#!/bin/bash
# Trains on several hosts without Slurm, by Open MPI's mpirun:
#   slurm/train-hosts.sh HOSTFILE [OPTIONS OF sae-mpi train]
# HOSTFILE has a line "NAME slots=RANKS" for each host; mpirun reaches them by ssh. The program and the run directory
# have the same path on all of them. A host that is gone ends the run in half a minute; the same line continues, on the
# hosts that HOSTFILE then names. SAE_MPI and SAE_LAUNCHER are as in job.sh.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=slurm/job.sh
source "$here/job.sh"
if [ $# = 0 ] || [ ! -r "$1" ]; then
  sed -n '2,/^set/s/^# *//p' "$0" >&2
  exit 2
fi
hostfile=$1
shift
find_program "$here"
watch_nodes
read -ra launcher <<<"${SAE_LAUNCHER:-mpirun --bind-to none}"
resume=(--resume)
if has_option resume "$@"; then resume=(); fi
directory=$(option_value output sae-run "$@")

before=$(fingerprint "$directory")
result=$(result_state "$directory" train)
run_and_wait "${launcher[@]}" --hostfile "$hostfile" "$program" train "${resume[@]}" "$@"
check_result "$result" "$directory" train "$@"
if [ "$status" -gt 2 ] && [ "$(fingerprint "$directory")" != "$before" ]; then
  say "ended with status $status before the training was done. What is saved is in $directory: the same line continues;" \
      "if a host is gone, take it out of $hostfile first"
fi
exit "$status"
