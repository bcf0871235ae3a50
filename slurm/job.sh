# shellcheck shell=bash
# What the job scripts share; they source it. README.md next to it explains why.
#
# From the environment, all optional:
#   SAE_MPI        the program; else the build of this checkout, the installation this file is part of, or PATH
#   SAE_SETUP      a file to source first: the site's modules and variables
#   SAE_LAUNCHER   the launcher, as words: "mpirun --bind-to core", "srun --mpi=pmi2"; else the first that works
#   SAE_SIGNAL     what that launcher passes on to each rank once: USR2, TERM; else found by its --version
#   SAE_REQUEUE    no: never ask Slurm to queue the job again

# The warning of --signal=B:USR1@SECONDS may come before there is anybody to hand it to.
warned=${warned:-}
trap 'warned=yes' USR1

say() { printf '%s: %s\n' "${SLURM_JOB_ID:+job }${SLURM_JOB_ID:-${0##*/}}" "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# The value of the program's option --NAME in "$@", else in its --config file, else DEFAULT.
option_value() { # NAME DEFAULT [ARGUMENT...]
  local name=$1 value=$2 config='' found=no
  shift 2
  while [ $# -gt 0 ]; do
    case $1 in
      "--$name="*) value=${1#*=} found=yes ;;
      "--$name") value=${2:-} found=yes ;;
      --config=*) config=${1#*=} ;;
      --config) config=${2:-} ;;
    esac
    shift
  done
  if [ $found = no ] && [ -r "$config" ]; then
    found=$(sed -n "s/^[[:space:]]*${name}[[:space:]]*=[[:space:]]*\(.*[^[:space:]]\)[[:space:]]*$/\1/p" "$config" |
            tail -n 1)
    value=${found:-$value}
  fi
  printf '%s\n' "$value"
}

has_option() { # NAME [ARGUMENT...]
  local name=$1 argument
  shift
  for argument in "$@"; do
    case $argument in "--$name" | "--$name="*) return 0 ;; esac
  done
  return 1
}

# Sets `program`.
find_program() { # FOLDER-OF-THIS-FILE
  local candidate
  program=${SAE_MPI:-}
  if [ -z "$program" ]; then
    for candidate in "$1/../build/release/src/app/sae-mpi" "$1/../../../bin/sae-mpi"; do
      if [ -x "$candidate" ]; then program=$(cd "$(dirname "$candidate")" && pwd)/sae-mpi && return; fi
    done
    program=$(command -v sae-mpi) || die "sae-mpi is neither built next to $1 nor in PATH: name it, SAE_MPI=/where/it/is"
  fi
  [ -x "$program" ] || die "SAE_MPI=$program: no such program"
}

# Sets `ranks`, `ranks_a_node` and OMP_NUM_THREADS from the allocation. Without a number of tasks: one rank a node,
# with all that the job has there.
read_allocation() {
  local threads=${SLURM_CPUS_PER_TASK:-1}
  ranks=${SLURM_NTASKS:-}
  if [ -z "$ranks" ]; then
    ranks=${SLURM_JOB_NUM_NODES:-1}
    # The least of a list such as 64(x3),32.
    threads=${SLURM_CPUS_PER_TASK:-$(tr ',' '\n' <<<"${SLURM_JOB_CPUS_PER_NODE:-1}" | sed 's/(.*//' | sort -n |
                                     head -n 1)}
  fi
  # shellcheck disable=SC2034  # scaling.sbatch places by it
  ranks_a_node=${SLURM_NTASKS_PER_NODE:-$(((ranks + SLURM_JOB_NUM_NODES - 1) / SLURM_JOB_NUM_NODES))}
  export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$threads}
}

# A node that is gone without a word is noticed by Open MPI's mpirun after 8 minutes; with these, half a minute. The
# names are those of Open MPI 4, of Open MPI 5 and of the PRRTE after it.
watch_nodes() {
  local prefix parameter name value
  for prefix in OMPI_MCA_oob_tcp PRTE_MCA_oob_tcp PRTE_MCA_prte; do
    for parameter in time=15 intvl=5 probes=3; do
      name=${prefix}_keepalive_${parameter%=*} value=${parameter#*=}
      export "$name=${!name:-$value}"
    done
  done
}

# Whether these words start ranks that know each other: rank 0 alone prints the version. Ranks that a launcher of
# another MPI starts are a world of one each: the program finds that out where the launcher says how many there are.
launcher_works() { # WORD...
  local two=2
  [ "$ranks" -ge 2 ] || two=1
  tried+=$'\n'"  $*: "
  local answer
  answer=$(timeout 60 "$@" -n $two "$program" --version 2>&1) || { tried+=$(tail -n 3 <<<"$answer") && return 1; }
  [ "$(grep -c '^sae-mpi ' <<<"$answer")" = 1 ] || { tried+="ranks that do not know each other" && return 1; }
}

# Sets `launcher`, to which "-n RANKS PROGRAM ..." is to be added: srun first, with PMIx for Open MPI and PMI2 for MPICH;
# mpirun where Slurm and the program's MPI have neither in common; the launcher of MPICH where mpirun is another library's.
find_launcher() {
  local plugins tried='' by_srun by_mpirun
  # Steps do not inherit --cpus-per-task since Slurm 22.05; the first rank that fails ends its step.
  by_srun=(srun --kill-on-bad-exit=1 --cpus-per-task="$OMP_NUM_THREADS")
  # Threads stay within the job's processors on the node; which ones is the kernel's choice.
  by_mpirun=(mpirun --bind-to none)
  watch_nodes
  case ${SAE_LAUNCHER:-} in
    '') ;;
    srun) launcher=("${by_srun[@]}") && return ;;
    mpirun) launcher=("${by_mpirun[@]}") && return ;;
    *) read -ra launcher <<<"$SAE_LAUNCHER" && return ;;
  esac
  plugins=$(timeout 60 srun --mpi=list 2>&1 || true)
  if grep -qw pmix <<<"$plugins"; then
    launcher=("${by_srun[@]}" --mpi=pmix)
    if launcher_works "${launcher[@]}"; then return; fi
  fi
  launcher=("${by_srun[@]}" --mpi=pmi2)
  if grep -qw pmi2 <<<"$plugins" && launcher_works "${launcher[@]}"; then return; fi
  launcher=("${by_mpirun[@]}")
  if command -v mpirun >/dev/null && launcher_works "${launcher[@]}"; then return; fi
  launcher=(mpiexec.hydra)
  if command -v mpiexec.hydra >/dev/null && launcher_works "${launcher[@]}"; then return; fi
  launcher=("${by_srun[@]}")
  if launcher_works "${launcher[@]}"; then return; fi
  die "no launcher starts $program; name one in SAE_LAUNCHER. Tried:$tried"
}

# The signal that a launcher hands on to each rank once, and that asks the program to save. USR2 ends Hydra, the
# launcher of MPICH, and TERM gives the ranks of Open MPI half a second.
stop_signal() { # WORD...
  if [ -n "${SAE_SIGNAL:-}" ]; then
    printf '%s\n' "$SAE_SIGNAL"
    return
  fi
  local version=''
  # Not through a pipe to grep -q, which leaves at the first match: the launcher then may die of SIGPIPE and seem to fail.
  if [ "${1##*/}" != srun ]; then version=$(timeout 60 "$1" --version 2>&1 || true); fi
  if grep -qi hydra <<<"$version"; then
    echo TERM
  else
    echo USR2
  fi
}

# What the run directory DIR, or those in it, have to show for: it changes with every checkpoint and every result.
fingerprint() { # DIR
  { find "$1" -maxdepth 2 \( -name 'checkpoint-*.safetensors' -o -name model.safetensors -o -name result.json \) \
    2>/dev/null || true; } | sort | cksum
}

# Stops a job that Slurm queued again and again although nothing came of it, as when nodes fail or a partition
# pre-empts before the first checkpoint. The file remembers the start before.
stop_if_idle() { # DIR
  local file=$1/.requeued now
  [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] || return 0
  now="$SLURM_JOB_ID $(fingerprint "$1")"
  if [ "$(cat "$file" 2>/dev/null)" = "$now" ]; then
    die "start $((SLURM_RESTART_COUNT + 1)): nothing new in $1 since the start before: this job makes no progress" \
        "between two requeues and is stopped. Ask for more time, or save more often with --checkpoint-every."
  fi
  mkdir -p "$1"
  printf '%s\n' "$now" >"$file"
}

# What becomes of the job without this script's doing: running (nothing), queued (again), ended (by scancel, or
# because a node is down).
job_fate() {
  local record
  record=$(timeout 60 scontrol show job -o "$(job_name)" 2>/dev/null || true)
  case $record in
    *" JobState=PENDING"* | *" JobState=REQUEUE"*) echo queued ;;
    # A job whose processes Slurm is ending shows as COMPLETING, also at its time limit.
    *" Reason=TimeLimit"* | *" JobState=TIMEOUT"*) echo running ;;
    *" JobState=COMPLETING"* | *" JobState=CANCELLED"*) echo ended ;;
    *) echo running ;;
  esac
}

# A task of an array by both numbers: its job number alone may mean the whole array.
job_name() {
  if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then
    printf '%s_%s\n' "$SLURM_ARRAY_JOB_ID" "$SLURM_ARRAY_TASK_ID"
  else
    printf '%s\n' "$SLURM_JOB_ID"
  fi
}

requeue() { # EXIT-STATUS REASON
  local try
  if [ "${SAE_REQUEUE:-yes}" = no ]; then
    say "$2; SAE_REQUEUE=no: not queued again, the same sbatch line continues"
    exit "$1"
  fi
  say "$2; queued again"
  for try in 1 2 3; do
    if timeout 60 scontrol requeue "$(job_name)"; then exit "$1"; fi
    sleep $((try * 5))
  done
  say "Slurm does not queue the job again: the same sbatch line continues"
  exit "$1"
}

# What to do with a launcher that ended with STATUS. Not 0: the program's 75 (saved when asked to), a signal's death,
# a lost node, an error of the program.
conclude() { # STATUS DIR FINGERPRINT-AT-THE-START
  local status=$1 progress=yes fate=ended
  if [ "$status" = 0 ]; then
    rm -f "$2/.requeued"
    exit 0
  fi
  [ "$status" = 130 ] || fate=$(job_fate)
  case $fate in
    ended)
      say "ended by Slurm; what is saved is in $2: unless Slurm queues the job again, the same sbatch line continues"
      exit "$status"
      ;;
    queued)
      say "status $status; Slurm has queued the job again"
      exit "$status"
      ;;
  esac
  [ "$(fingerprint "$2")" != "$3" ] || progress=no
  if [ $progress = yes ]; then
    requeue "$status" "status $status, and there is something new in $2"
  fi
  [ "$status" = 75 ] || [ "$status" -gt 128 ] || exit "$status"
  if [ "${SLURM_RESTART_COUNT:-0}" = 0 ]; then
    requeue "$status" "status $status before anything was saved; one more try"
  fi
  die "status $status and nothing new in $2 since this start: this job makes no progress between two requeues and is" \
      "stopped. Ask for more time, or save more often with --checkpoint-every."
}

# Runs the words in the background, so that bash runs its traps meanwhile; hands the warning on; sets `status`.
run_and_wait() { # WORD...
  local interrupted=yes launched='' stop
  stop=$(stop_signal "$@")
  if [ -n "$warned" ]; then
    status=75
    return
  fi
  trap 'interrupted=yes; warned=yes; [ -z "$launched" ] || kill -"$stop" "$launched" 2>/dev/null' USR1
  # The steps get it from Slurm themselves; the shell stays to decide what comes next.
  trap 'interrupted=yes' TERM
  "$@" &
  launched=$!
  [ -z "$warned" ] || kill -"$stop" "$launched" 2>/dev/null || true
  status=0
  while [ $interrupted = yes ]; do
    interrupted=no
    status=0
    wait "$launched" || status=$?
  done
  trap '' USR1
}

# The file that each start of a command writes when it has finished, as one that no other start has written. Empty where
# there is none.
result_state() { # DIR COMMAND
  local file=$1/model.safetensors
  [ "$2" != sweep ] || file=$1/sweep.json
  # A file that is opened is asked for anew on a network's file system.
  if { : <"$file"; } 2>/dev/null; then stat -c '%i %y' "$file"; fi
}

# mpirun of Open MPI 5 returns 0, without a word, when all its processes on another node were killed. Sets `status` to
# 205 then, which is what Open MPI 4 returns.
check_result() { # STATE-AT-THE-START DIR COMMAND [ARGUMENT...]
  local before=$1
  shift
  # A part of a sweep writes no table.
  if has_option only "${@:3}" || has_option list "${@:3}" || has_option help "${@:3}"; then return; fi
  if [ "$status" = 0 ] && [ "$(result_state "$@")" = "$before" ]; then
    say "the launcher returned 0, but there is no new result in $1: it has lost a node"
    status=205
  fi
}

# The whole job: `sae-mpi "$@"` until it is done, over as many requeues as it takes, as long as DIR shows progress.
run_until_done() { # DIR ARGUMENT...
  local directory=$1 before result status
  shift
  result=$(result_state "$directory" "$@")
  stop_if_idle "$directory"
  before=$(fingerprint "$directory")
  say "$ranks ranks of $OMP_NUM_THREADS threads on $SLURM_JOB_NODELIST, start $((${SLURM_RESTART_COUNT:-0} + 1)):" \
      "${launcher[*]} -n $ranks $program $*"
  run_and_wait "${launcher[@]}" -n "$ranks" "$program" "$@"
  check_result "$result" "$directory" "$@"
  conclude "$status" "$directory" "$before"
}
