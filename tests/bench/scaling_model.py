#!/usr/bin/python3
"""Efficiency on many cores, on paper: measured rates of one core and alpha + beta n of the messages.

Reads what `sae-mpi bench --json` printed for a network and a number of columns on ONE rank with one thread, and works
out an iteration of L-BFGS (one evaluation and the step) of the same network on many cores, for MNIST and for MNIST8M.
The cores of a node (--a-node) share the tiles of the node:

    columns     what bench found to grow with a core's columns, times the tiles of the node that has most (nodes have
                whole tiles) over the node's cores
    parameters  packing of the weights over the cores of a node; passes over a core's part of the vectors, in whole
                blocks
    barriers    --barrier seconds for each wave of tiles and each of the sums and handovers of an iteration
    messages    of the leaders of N nodes, each with a card of its own: (N - 1) alpha + (N - 1) / N n beta for the
                exchange of a gradient's segment or an all-gather of theta's; for a small all-reduce log2(N) alpha
                + (N - 1) / N n beta twice, log2(N) alpha for a broadcast; less what the work on a wave of tiles hides

alpha (seconds a message) and beta (seconds a byte) are the network's: --alpha and --beta, or, without them, those
of the all-reduces in the file --messages, what `bench --json` printed on two ranks. Efficiency is the time of one
core over C times the time of C cores. tests/bench/simulate/run.py measures the same with the program's own code.
"""
import argparse
import json
import math
import sys
from pathlib import Path

import table

CORES = (64, 1024, 4096)
DATA = {"MNIST": 60_000, "MNIST8M": 8_100_000}
WORD = 8
LIMBS = 68  # words of an exact sum
BLOCK = 1024  # parameters that a core owns together
COST_WORDS = 5 * LIMBS + 5
COLUMNS_EACH = 32  # of a wave, for each core


def tiles(columns):
    """The number of tiles, as src/core/tiling.cpp cuts them."""
    target = min(max(columns // 4, 128), 512)
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
    """Seconds of an iteration on any number of cores."""

    def __init__(self, bench, alpha, beta, barrier):
        self.setting, self.alpha, self.beta, self.barrier = bench["setting"], alpha, beta, barrier
        if self.setting["ranks"] * self.setting["threads"] != 1:
            sys.exit("expected what sae-mpi bench --json printed on one rank with --threads 1")
        if bench["step"] is None:
            sys.exit("L-BFGS ended before its history was full: run bench with a shorter --history")
        self.evaluation, self.step = bench["evaluation"]["phases"], bench["step"]["phases"]
        hidden, inputs = self.setting["hidden"], self.setting["inputs"]
        self.parameters = 2 * hidden * inputs + hidden + inputs
        self.sparse = self.setting["beta"] > 0

    def measured(self, scale, phases=None):
        return sum(phase["mean"] for phase in phases or self.evaluation + self.step if phase["scales_with"] == scale)

    def tree(self, nodes):
        return math.ceil(math.log2(nodes)) * self.alpha

    def all_reduce(self, size, nodes):
        """Of `size` bytes on each node, by halving and doubling."""
        return 2 * (self.tree(nodes) + (nodes - 1) / nodes * size * self.beta)

    def exchange(self, size, nodes):
        """Of `size` bytes on each node a part to each other node, or back."""
        return (nodes - 1) * (self.alpha + size / nodes * self.beta)

    def messages(self, nodes, wave_seconds):
        """Seconds that the nodes wait for messages."""
        if nodes == 1:
            return 0.0
        hidden, weights = self.setting["hidden"], self.setting["hidden"] * self.setting["inputs"]
        segments = (weights, weights, self.parameters - 2 * weights)  # W1, W2, the biases
        exposed = sum(self.exchange(WORD * size, nodes) for size in segments)  # theta
        # Three of a wave's five products run next to the sums of activations, one next to the gradient of W2.
        if self.sparse:
            exposed += max(0.0, self.all_reduce(WORD * (2 * hidden + 1), nodes) - 3 / 5 * wave_seconds)
        exposed += max(0.0, self.exchange(WORD * weights, nodes) - 1 / 5 * wave_seconds)
        exposed += sum(self.exchange(WORD * size, nodes) for size in segments[1:])
        pairs = self.setting["history"]
        for words in (COST_WORDS, 4 * pairs * LIMBS, LIMBS):  # cost; dot products of the history; slope
            exposed += self.all_reduce(WORD * words, nodes)
        return exposed + 3 * self.tree(nodes)  # commands

    def iteration(self, columns, cores, a_node):
        """Part -> seconds on `cores` cores, `a_node` of them on each node."""
        nodes, a_node = -(-cores // a_node), min(cores, a_node)
        all_tiles = tiles(columns)
        of_node = -(-all_tiles // nodes)
        tile_seconds = self.measured("columns") / self.setting["train_count"] * columns / all_tiles
        tiles_together = max(1, round(a_node * COLUMNS_EACH / (columns / all_tiles)))
        waves = -(-of_node // tiles_together)
        blocks = -(-self.parameters // BLOCK)
        return {
            "columns": of_node * tile_seconds / a_node,
            "parameters": -(-blocks // cores) / blocks * self.measured("parameters"),
            "barriers": 0.0 if cores == 1 else (waves + 30) * self.barrier,
            "messages": self.messages(nodes, min(of_node, tiles_together) * tile_seconds / a_node),
        }


def limit(parts, ideal):
    """What takes most of the time beyond the ideal, in words."""
    excess = {"tiles that do not divide by the nodes": parts["columns"] - ideal,
              "parameters in whole blocks": parts["parameters"], "barriers": parts["barriers"],
              "messages": parts["messages"]}
    return max(excess, key=excess.get)


def rows(model, numbers, a_node):
    for name, columns in DATA.items():
        alone = model.iteration(columns, 1, 1)
        for cores in numbers:
            parts = model.iteration(columns, cores, a_node)
            nodes, whole = -(-cores // a_node), sum(parts.values())
            yield [name, f"{nodes} x {min(cores, a_node)}", f"{-(-tiles(columns) // nodes)} of {tiles(columns)}",
                   *(f"{1e3 * seconds:.2f}" for seconds in parts.values()), f"{1e3 * whole:.2f}",
                   f"{100 * sum(alone.values()) / cores / whole:.0f} %", limit(parts, alone["columns"] / cores)]


def markdown(headings, lines):
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in [headings, ["---"] * len(headings), *lines])


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", metavar="FILE", help="what sae-mpi bench --json printed on one rank")
    parser.add_argument("--messages", metavar="FILE", help="what it printed on two ranks: alpha and beta")
    parser.add_argument("--alpha", type=float, metavar="SECONDS", help="a message, for example 2e-6")
    parser.add_argument("--beta", type=float, metavar="SECONDS", help="a byte, for example 1e-10")
    parser.add_argument("--cores", type=int, nargs="+", default=CORES, metavar="N", help="default: 64 1024 4096")
    parser.add_argument("--a-node", type=int, default=64, metavar="N", help="cores of a node; default: 64")
    parser.add_argument("--barrier", type=float, default=1e-6, metavar="SECONDS", help="default: 1e-6")
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/scaling.md")
    return parser.parse_args()


def main():
    arguments = parse()
    alpha, beta = arguments.alpha, arguments.beta
    if arguments.messages:
        alpha, beta = messages_of(json.loads(Path(arguments.messages).read_text()))
    if alpha is None or beta is None:
        sys.exit("give the network's --alpha and --beta, or measured --messages")
    model = Model(json.loads(Path(arguments.bench).read_text()), alpha, beta, arguments.barrier)
    setting = model.setting
    rate = 1e-9 / beta if beta else math.inf
    print(f"hidden {setting['hidden']}, beta {setting['beta']:g}, {setting['precision']}, "
          f"{arguments.a_node} cores a node; alpha {1e6 * alpha:.2f} us, 1/beta {rate:.2f} GB/s\n")
    headings = ["data", "nodes x cores", "tiles", "columns, ms", "parameters, ms", "barriers, ms", "messages, ms",
                "iteration, ms", "efficiency", "limited by"]
    print((markdown if arguments.markdown else table.render)(headings, list(rows(model, arguments.cores, arguments.a_node))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
