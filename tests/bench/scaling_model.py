#!/usr/bin/python3
"""Efficiency on many cores, on paper: measured rates of one core and alpha + beta n of the messages.

Reads what `sae-mpi bench --json` printed for a network and a number of columns on ONE rank with one thread, and works
out an iteration of L-BFGS (one evaluation and the step) of the same network on many cores, for MNIST and for MNIST8M.
The cores of a node (--a-node) share the tiles of the node:

    columns     what bench found to grow with the columns, times the tiles of the node that has most (nodes have whole
                tiles), over the node's cores, of which the busiest has whole groups of 8 columns, and whole blocks of
                the gradient
    parameters  packing of the weights and copying of theta over the cores of a node; passes over a core's part of the
                vectors, in whole blocks
    fixed       what one core of each rank does while the others wait: the sums of exact numbers
    barriers    --barrier seconds for each wave of tiles and each of the sums and handovers of an iteration
    messages    of the leaders of N nodes, each with a card of its own: (N - 1) alpha + (N - 1) / N n beta for the
                exchange of a gradient's segment or an all-gather of theta's; for a small all-reduce log2(N) alpha
                + (N - 1) / N n beta twice, log2(N) alpha for a broadcast; less what the work on a wave of tiles hides

alpha (seconds a message) and beta (seconds a byte) are the network's: --alpha and --beta, or, without them, those
of the all-reduces in the file --messages, what `bench --json` printed on two ranks. Efficiency is the time of one
core over C times the time of C cores. tests/bench/simulate/run.py measures the same with the program's own code;
--columns, --cores and --a-node give its settings here. Not in it: memory bandwidth that the cores of a node share.
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
# By the kernels for AVX-512, in double precision:
COLUMNS_EACH = 128  # of a wave, for each core
GROUP = 8  # columns that a core takes together
W1_BLOCK = (16, 48)  # inputs and units of the gradient that a core takes together
W2_BLOCK = (12, 16)  # outputs and units


def tiles(columns):
    """The number of tiles, as src/core/tiling.cpp cuts them."""
    target = min(max(columns // 4, 128), 512)
    return max(1, (columns + target // 2) // target)


def largest_share(count, cores):
    """What the busiest core has of `count` things, and one core of all, as a quotient."""
    return -(-count // cores) / count


def blocks(rows, columns, block):
    return -(-rows // block[0]) * -(-columns // block[1])


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
        self.phases = {phase["name"]: phase for part in ("evaluation", "step") for phase in bench[part]["phases"]}
        hidden, inputs = self.setting["hidden"], self.setting["inputs"]
        self.parameters = 2 * hidden * inputs + hidden + inputs
        self.blocks = {"dW1 and sums": blocks(inputs, hidden, W1_BLOCK), "dW2 and sums": blocks(inputs, hidden, W2_BLOCK)}
        self.sparse = self.setting["beta"] > 0

    def scale(self, phase):
        """On what the time of a phase depends. On one rank gathering theta is a copy, and `other` is between columns."""
        return {"gather theta": "parameters", "other": "columns"}.get(phase["name"], phase["scales_with"])

    def measured(self, scale, share=lambda name: 1):
        """The time of the phases of this scale, a part of each."""
        return sum(phase["mean"] * share(name) for name, phase in self.phases.items() if self.scale(phase) == scale)

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
        width = columns / all_tiles
        together = min(of_node, 1 if cores == 1 else max(1, math.ceil(a_node * COLUMNS_EACH / width)))
        waves = -(-of_node // together)
        groups = max(1, round(of_node / waves * width / GROUP))
        # Of this network's columns; those of bench may be others.
        part = of_node * width / self.setting["train_count"]
        own = part * self.measured("columns", lambda name: largest_share(self.blocks.get(name, groups), a_node))
        return {
            "columns": own,
            "parameters": largest_share(-(-self.parameters // BLOCK), cores) * self.measured("parameters"),
            "fixed": self.measured("ranks"),
            "barriers": 0.0 if cores == 1 else (waves + 30) * self.barrier,
            "messages": self.messages(nodes, own / waves),
        }


def limit(parts, ideal):
    """What takes most of the time beyond the ideal, in words."""
    excess = {"whole tiles, groups and blocks": parts["columns"] - ideal, "parameters": parts["parameters"],
              "fixed": parts["fixed"], "barriers": parts["barriers"], "messages": parts["messages"]}
    return max(excess, key=excess.get)


def rows(model, data, numbers, a_node):
    for name, columns in data.items():
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
    parser.add_argument("--columns", type=int, metavar="N", help="images, in place of MNIST's and MNIST8M's")
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
    data = {str(arguments.columns): arguments.columns} if arguments.columns else DATA
    headings = ["data", "nodes x cores", "tiles", "columns, ms", "parameters, ms", "fixed, ms", "barriers, ms", "messages, ms",
                "iteration, ms", "efficiency", "limited by"]
    lines = list(rows(model, data, arguments.cores, arguments.a_node))
    print((markdown if arguments.markdown else table.render)(headings, lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
