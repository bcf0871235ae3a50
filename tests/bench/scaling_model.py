#!/usr/bin/python3
"""Efficiency on many ranks, on paper: measured rates of one rank and alpha + beta n of the messages.

Reads what `sae-mpi bench --json` printed for a network and a number of columns on ONE rank, and works out an
iteration of L-BFGS (one evaluation and the step) of the same network on many ranks, for MNIST and for MNIST8M:

    columns     what bench found to grow with a rank's columns, times the columns of the rank with most tiles
                (tiles are whole: a rank has one more than another, and beyond the number of tiles ranks idle)
    parameters  passes over a rank's part of the vectors, in whole blocks
    network     packing of the weights, which every rank does as a whole
    messages    (P - 1) alpha + (P - 1) / P n beta for the exchange of a gradient's segment or an all-gather of theta's,
                which send a message to each other rank; for a small all-reduce log2(P) alpha + (P - 1) / P n beta
                twice, log2(P) alpha for a broadcast; less what a tile's work beside it hides

alpha (seconds a message) and beta (seconds a byte) are the network's: --alpha and --beta, or, without them, those
of the all-reduces in the file --messages, what `bench --json` printed on two ranks. Efficiency is the time of one
rank over P times the time of P ranks.
"""
import argparse
import json
import math
import sys
from pathlib import Path

import table

RANKS = (16, 128, 1024)
DATA = {"MNIST": 60_000, "MNIST8M": 8_100_000}
WORD = 8
LIMBS = 68  # words of an exact sum
BLOCK = 2048  # parameters that a rank owns together
COST_WORDS = 5 * LIMBS + 3


def tiles(columns):
    """The number of tiles, as src/core/tiling.cpp cuts them."""
    target = min(max(columns // 16, 48), 512)
    return max(1, (columns + target // 2) // target)


def messages_of(result):
    """(alpha, beta) from the all-reduces that bench timed on two ranks: 2 alpha + n beta."""
    times = sorted((entry["bytes"], entry["seconds"]) for entry in result["all_reduce"])
    if result["setting"]["ranks"] != 2 or len(times) < 2:
        sys.exit("--messages: expected what sae-mpi bench --json printed on two ranks")
    (few, short), (many, long) = times[0], times[-1]
    beta = max(0.0, (long - short) / (many - few))
    return max(0.0, short - beta * few) / 2, beta


class Model:
    """Seconds of an iteration on any number of ranks."""

    def __init__(self, bench, alpha, beta):
        self.setting, self.alpha, self.beta = bench["setting"], alpha, beta
        if self.setting["ranks"] != 1:
            sys.exit("expected what sae-mpi bench --json printed on one rank")
        if bench["step"] is None:
            sys.exit("L-BFGS ended before its history was full: run bench with a shorter --history")
        self.evaluation, self.step = bench["evaluation"]["phases"], bench["step"]["phases"]
        hidden, inputs = self.setting["hidden"], self.setting["inputs"]
        self.parameters = 2 * hidden * inputs + hidden + inputs
        self.sparse = self.setting["beta"] > 0

    def measured(self, scale, phases=None):
        return sum(phase["mean"] for phase in phases or self.evaluation + self.step if phase["scales_with"] == scale)

    def tree(self, ranks):
        return math.ceil(math.log2(ranks)) * self.alpha

    def all_reduce(self, size, ranks):
        """Of `size` bytes on each rank, by halving and doubling."""
        return 2 * (self.tree(ranks) + (ranks - 1) / ranks * size * self.beta)

    def exchange(self, size, ranks):
        """Of `size` bytes on each rank a part to each other rank, or back."""
        return (ranks - 1) * (self.alpha + size / ranks * self.beta)

    def messages(self, ranks, tile_seconds):
        """Seconds that the ranks wait for messages."""
        if ranks == 1:
            return 0.0
        hidden, weights = self.setting["hidden"], self.setting["hidden"] * self.setting["inputs"]
        segments = (weights, weights, self.parameters - 2 * weights)  # W1, W2, the biases
        exposed = sum(self.exchange(WORD * size, ranks) for size in segments)  # theta
        # Three of a tile's five products run beside the sums of activations, one beside the gradient of W2.
        if self.sparse:
            exposed += max(0.0, self.all_reduce(WORD * (2 * hidden + 1), ranks) - 3 / 5 * tile_seconds)
        exposed += max(0.0, self.exchange(WORD * weights, ranks) - 1 / 5 * tile_seconds)
        exposed += sum(self.exchange(WORD * size, ranks) for size in segments[1:])
        pairs = self.setting["history"]
        for words in (COST_WORDS, 4 * pairs * LIMBS, LIMBS):  # cost; dot products of the history; slope
            exposed += self.all_reduce(WORD * words, ranks)
        return exposed + 4 * self.tree(ranks)  # three commands and the coefficients

    def iteration(self, columns, ranks):
        """Part -> seconds on `ranks` ranks."""
        all_tiles = tiles(columns)
        tile_seconds = self.measured("columns") / self.setting["train_count"] * columns / all_tiles
        blocks = -(-self.parameters // BLOCK)
        return {
            "columns": -(-all_tiles // ranks) * tile_seconds,
            "parameters": -(-blocks // ranks) / blocks * self.measured("parameters"),
            "network": self.measured("network"),
            "messages": self.messages(ranks, tile_seconds),
        }


def limit(parts, ideal):
    """What takes most of the time beyond the ideal, in words."""
    excess = {"tiles that do not divide by the ranks": parts["columns"] - ideal,
              "parameters in whole blocks": parts["parameters"], "packing of weights": parts["network"],
              "messages": parts["messages"]}
    return max(excess, key=excess.get)


def rows(model, ranks):
    for name, columns in DATA.items():
        alone = model.iteration(columns, 1)
        for number in ranks:
            parts = model.iteration(columns, number)
            whole = sum(parts.values())
            yield [name, number, f"{-(-tiles(columns) // number)} of {tiles(columns)}",
                   *(f"{1e3 * seconds:.2f}" for seconds in parts.values()), f"{1e3 * whole:.2f}",
                   f"{100 * sum(alone.values()) / number / whole:.0f} %", limit(parts, alone["columns"] / number)]


def markdown(headings, lines):
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in [headings, ["---"] * len(headings), *lines])


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", metavar="FILE", help="what sae-mpi bench --json printed on one rank")
    parser.add_argument("--messages", metavar="FILE", help="what it printed on two ranks: alpha and beta")
    parser.add_argument("--alpha", type=float, metavar="SECONDS", help="a message, for example 2e-6")
    parser.add_argument("--beta", type=float, metavar="SECONDS", help="a byte, for example 1e-10")
    parser.add_argument("--ranks", type=int, nargs="+", default=RANKS, metavar="N", help="default: 16 128 1024")
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/scaling.md")
    return parser.parse_args()


def main():
    arguments = parse()
    alpha, beta = arguments.alpha, arguments.beta
    if arguments.messages:
        alpha, beta = messages_of(json.loads(Path(arguments.messages).read_text()))
    if alpha is None or beta is None:
        sys.exit("give the network's --alpha and --beta, or measured --messages")
    model = Model(json.loads(Path(arguments.bench).read_text()), alpha, beta)
    setting = model.setting
    rate = 1e-9 / beta if beta else math.inf
    print(f"hidden {setting['hidden']}, beta {setting['beta']:g}, {setting['precision']}, "
          f"{setting['threads']} thread(s) a rank; alpha {1e6 * alpha:.2f} us, 1/beta {rate:.2f} GB/s\n")
    headings = ["data", "ranks", "tiles", "columns, ms", "parameters, ms", "network, ms", "messages, ms",
                "iteration, ms", "efficiency", "limited by"]
    print((markdown if arguments.markdown else table.render)(headings, list(rows(model, arguments.ranks))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
