#!/usr/bin/env python3
"""kill_resume.py [--kills N] [--seed S] PROGRAM MPIRUN ... (the launcher's words up to the number of ranks): a
training that is killed again and again ends with the bytes of one that nobody disturbed.

SIGKILL goes to a rank or to mpirun, at any moment or while a checkpoint is being written (rank 0, which writes, stands
still then, so that the blow does not come too late), and the next start is on 1 to 5 ranks, at once or when the killed
one's ranks are gone: all drawn from a seed that is printed. After each kill: no rank is left, one intact checkpoint at
least is as new as --checkpoint-every promises, and the next start continues from the newest. In the end model.safetensors
is the same file, and log.jsonl the same numbers but for `seconds`.
"""
import argparse
import collections
import pathlib
import random
import re
import signal
import sys
import tempfile
import time

from processes import MPICH, Job, launcher_of, log_rows, newest_checkpoint, until

TRAIN = ["train", "--hidden", 12, "--train-count", 150, "--test-count", 5, "--max-iterations", 150, "--seed", 3,
         "--history", 6, "--gradient-tolerance", 0, "--threads", 1]
MOST_RANKS = 5
LONGEST_END = 20  # seconds from a kill until no process is left


class Failed(Exception):
    pass


def need(holds, text):
    if not holds:
        raise Failed(text)


def torn_checkpoints(directory):
    return list(directory.glob(".checkpoint-*.safetensors.tmp.*"))


class Life:
    """One training, from an empty directory to its end, through any number of kills."""

    def __init__(self, soak, directory):
        self.soak = soak
        self.directory = directory
        self.saved = -1  # the newest checkpoint when all was quiet, or None if that was not waited for
        self.every = 0  # the largest --checkpoint-every that may have been in force since that checkpoint

    def start(self, ranks, every):
        return Job(self.soak.launch, ranks, self.soak.program,
                   [*TRAIN, "--checkpoint-every", every, "--output", self.directory, "--resume"])

    def check_resumed(self, err):
        """The start went on from the newest checkpoint."""
        need("damaged" not in err and "has no line" not in err, f"a kill has left something damaged:\n{err}")
        if "data: " not in err or self.saved is None:
            return
        found = re.search(r"resume: from .*checkpoint-(\d+)\.safetensors", err)
        here = int(found[1]) if found else -1
        need(here == self.saved, f"went on from iteration {here}, the newest checkpoint was of {self.saved}:\n{err}")

    def check_loss(self, every):
        """What is lost is at most what was done since the last checkpoint that was due."""
        rows = log_rows(self.directory)
        last = rows[-1]["iteration"] if rows else -1
        saved = newest_checkpoint(self.directory)
        # What has saved nothing may have left the log as the start before it did.
        self.every = every if self.saved not in (None, saved) else max(self.every, every)
        self.saved = saved
        need(last - max(saved, 0) <= self.every,
             f"the log has come to iteration {last}, the newest checkpoint is of {saved}, with one every {self.every}")
        need([row["iteration"] for row in rows] == list(range(last + 1)), "the log has gaps or double lines")

    def check_end(self, expected_log, expected_model):
        need((self.directory / "model.safetensors").read_bytes() == expected_model, "another model")
        need(log_rows(self.directory) == expected_log, "another log")
        need(not list(self.directory.glob(".*")), "something was left behind: " +
             str([path.name for path in self.directory.glob(".*")]))


class Soak:
    def __init__(self, arguments, seed, room):
        self.program, self.launch = arguments.program, arguments.mpirun
        self.mpich = launcher_of(self.launch) == MPICH  # which now and then returns 0 where a rank was killed
        self.draw = random.Random(seed)
        self.room = room
        self.counts = collections.Counter()

    def reference(self):
        directory = self.room / "undisturbed"
        status, _, err = Job(self.launch, 1, self.program, [*TRAIN, "--output", directory]).finish()
        need(status == 0, f"the undisturbed run ended with {status}:\n{err}")
        return log_rows(directory), (directory / "model.safetensors").read_bytes()

    def await_moment(self, job, life, victim):
        """Waits for the moment of the kill; returns what kind it is."""
        draw = self.draw
        directory = life.directory
        moment = draw.choice(["starting", "training", "training", "saving", "saving", "saving"])
        if moment == "starting":
            time.sleep(draw.uniform(0, 1.5))
            return moment
        before = newest_checkpoint(directory)
        until(lambda: job.ended() or newest_checkpoint(directory) > before)
        if moment == "training":
            time.sleep(draw.uniform(0, 0.3))
            return moment
        saving = 0.01  # seconds that a save takes at most, roughly
        for _ in range(draw.randint(1, 4)):
            self.await_save(job, directory, saving)
        while victim == 0 and not job.ended() and not (job.freeze([0]) and torn_checkpoints(directory)):
            job.send(signal.SIGCONT, [0])
            saving /= 2
            self.await_save(job, directory, saving)
        return moment

    def await_save(self, job, directory, longest):
        """Waits for the next save to begin, and then a part of the time that it may take."""
        until(lambda: job.ended() or not torn_checkpoints(directory), pause=0.0002)
        until(lambda: job.ended() or torn_checkpoints(directory), pause=0.0002)
        time.sleep(self.draw.uniform(0, longest))

    def attempt(self, life):
        """One start and, if it does not come to its end before, one kill. Whether the training is finished."""
        draw = self.draw
        ranks = draw.randint(1, MOST_RANKS)
        every = draw.choice([1, 1, 1, 2, 7])
        victim = draw.choice(["mpirun", *([0] * 2), draw.randrange(ranks)])
        patient = draw.random() < 0.7
        job = life.start(ranks, every)
        moment = self.await_moment(job, life, victim)
        if victim != "mpirun":
            until(lambda: job.ended() or victim in job.pids(), pause=0.002)
        else:
            job.pids()
        if not job.send(signal.SIGKILL, [victim]):
            status, _, err = job.finish()
            need(status == 0, f"exit status {status} without a kill:\n{err}")
            life.check_resumed(err)
            return True
        begin = time.monotonic()
        if victim == "mpirun" and not patient:
            # The next start has to get on with ranks that live on for a while.
            job.process.wait()
            life.check_resumed(job.said()[1])
            life.saved = None
            life.every = max(life.every, every)
            self.counts["mpirun, next start at once"] += 1
        else:
            status, _, err = job.finish(LONGEST_END)
            # Open MPI 4.1's mpirun itself may wait for ever in its PMIx_server_finalize, when a rank dies while it
            # introduces itself; the ranks are gone by then.
            need(status is not None or job.left == ["mpirun"], f"no end after the kill of {victim} of {ranks}, {moment}:\n{err}")
            self.counts["mpirun hung after all ranks had ended"] += status is None
            life.check_resumed(err)
            done = (life.directory / "model.safetensors").exists()
            need(status != 0 or done or self.mpich, f"exit status 0 after the kill of {victim} of {ranks}, and no model")
            if status == 0 and done:  # the blow came when all was done
                return True
            self.counts["torn checkpoints left"] += len(torn_checkpoints(life.directory)) > 0
            life.check_loss(every)
            self.counts["longest end in ms"] = max(self.counts["longest end in ms"],
                                                   int(1e3 * (time.monotonic() - begin)))
        self.counts["kills"] += 1
        self.counts[f"kills, {moment}"] += 1
        self.counts["kills of " + ("mpirun" if victim == "mpirun" else "rank 0" if victim == 0 else "another rank")] += 1
        return False

    def enough(self, kills):
        """Whether `kills` were had and, unless 50 more have not done it, one of them in the middle of a save."""
        more = self.counts["kills"] - kills
        return more >= 50 or more >= 0 and self.counts["torn checkpoints left"] > 0

    def run(self, kills):
        expected = self.reference()
        number = 0
        while not self.enough(kills):
            life = Life(self, self.room / f"life-{number}")
            number += 1
            while not self.attempt(life):
                if self.counts["kills"] % 50 == 0:
                    print(f"{self.counts['kills']} kills, {number} trainings", flush=True)
                if self.enough(kills):
                    # The last one is left to finish.
                    status, _, err = life.start(self.draw.randint(1, MOST_RANKS), 7).finish()
                    need(status == 0, f"exit status {status} without a kill:\n{err}")
                    life.check_resumed(err)
                    break
            life.check_end(*expected)
        self.counts["trainings"] = number


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=25, metavar="N", help="default: %(default)s")
    parser.add_argument("--seed", type=int, metavar="S", help="of all that is drawn (default: from the clock)")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("mpirun", nargs=argparse.REMAINDER, metavar="MPIRUN ...")
    arguments = parser.parse_args()
    seed = time.time_ns() % 10**9 if arguments.seed is None else arguments.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="sae-kill-resume-") as name:
        soak = Soak(arguments, seed, pathlib.Path(name))
        begin = time.monotonic()
        try:
            soak.run(arguments.kills)
        except Failed as failure:
            print(f"after {soak.counts['kills']} kills: {failure}")
            return 1
        finally:
            print(f"{time.monotonic() - begin:.0f} s: " + ", ".join(f"{k}: {v}" for k, v in sorted(soak.counts.items())))
    if not soak.counts["torn checkpoints left"]:
        print("no kill has hit a save: the window was missed")
        return 1
    print("model and log as of a run that nobody disturbed, every time")
    return 0


if __name__ == "__main__":
    sys.exit(main())
