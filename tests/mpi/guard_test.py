#!/usr/bin/env python3
"""guard_test.py RANKS SECONDS MPIRUN ... PROGRAM: however the ranks fail, the run ends within so many seconds, with the
status that was asked for and with one message of the program's own."""
import concurrent.futures
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "e2e"))
from processes import failed_alone  # noqa: E402

RANKS = int(sys.argv[1])
LONGEST = float(sys.argv[2])
LAUNCH = sys.argv[3:]
AT_A_TIME = 4  # mostly they wait for mpirun to end
TOO_LONG = "took too long"
LAST = f"rank {RANKS - 1} of {RANKS}: " if RANKS > 1 else ""
SOME = rf"rank \d of {RANKS}: " if RANKS > 1 else ""

# case: (exit status, patterns of what the program says, whether the ranks leave in order)
EXPECTED = {
    "succeed": (0, [], True),
    "status": (75, [], True),
    "alone": (1, [LAST + "the culprit"], RANKS == 1),
    "under_way": (1, [LAST + "the culprit"], RANKS == 1),
    "all_alike": (1, [SOME + "the culprit"], RANKS == 1),
    "one_after_another": (1, [LAST + "the culprit"], RANKS == 1),
    "agreed_on_one": (1, [LAST + "the culprit"], True),
    "agreed_on_all": (2, ["the culprit"], True),
}
if RANKS > 1:
    EXPECTED["agreed_in_a_group"] = (1, [SOME + "the culprit"], False)
# Of ranks that a launcher ends because one of them fails.
FAILED = failed_alone(LAUNCH) if RANKS > 1 else (1,)


def run(case):
    """What is wrong with how the case ends, in words; nothing if all is well."""
    start = time.monotonic()
    try:
        done = subprocess.run(LAUNCH + [case], capture_output=True, text=True, timeout=4 * LONGEST)
    except subprocess.TimeoutExpired:
        return f"{case}: {TOO_LONG}: still running after {4 * LONGEST} s"
    seconds = time.monotonic() - start
    status, messages, in_order = EXPECTED[case]
    # What an MPI library prints may be in front of it on the same line.
    said = re.findall(r"guard_program: .*", done.stderr)
    problems = []
    if done.returncode not in (FAILED if status == 1 and not in_order else (status,)):
        problems.append(f"status {done.returncode}, expected {status}")
    patterns = ["guard_program: " + message for message in messages]
    if len(said) != len(patterns) or not all(map(re.fullmatch, patterns, said)):
        problems.append(f"said {said}, expected {messages}")
    returned = done.stdout.count("returned")
    if returned != (RANKS if in_order else 0):
        problems.append(f"{returned} ranks left in order, expected {'all' if in_order else 'none'}")
    if seconds > LONGEST:
        problems.append(f"{TOO_LONG}: {seconds:.1f} s")
    return f"{case}: {'; '.join(problems)}\n{done.stderr}" if problems else ""


def main():
    with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
        results = dict(zip(EXPECTED, pool.map(run, EXPECTED)))
    for case in 3 * list(EXPECTED):
        if TOO_LONG in results[case]:
            results[case] = run(case)  # others may have been in its way: once more, alone
    failures = [failure for failure in results.values() if failure]
    print("\n".join(failures) or f"{len(EXPECTED)} cases as expected on {RANKS} ranks")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
