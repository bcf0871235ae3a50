#!/usr/bin/python3
"""Messages and bytes that leave a node, counted: `train` on hosts that are network namespaces of this machine.

    tests/bench/messages.py --nodes 2 4 --ranks 1 2 4 --hidden 250 --train-count 1000

trains on each number of nodes with each number of ranks a node, twice, with few and with more iterations: the
difference is what an iteration of L-BFGS with one evaluation sends. Open MPI's pml/monitoring counts messages and
bytes between each two ranks, also those inside of collectives; the system counts the bytes of each host's card, with
all headers. What leaves a node must not depend on the ranks of the node, and ranks of a node must not send to each
other: exit status 1 if they do. Needs root, iproute2 and Open MPI.
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import launcher
import table

sys.path.append(str(launcher.ROOT / "tests" / "slurm"))
import cluster  # noqa: E402
import namespaces  # noqa: E402

SENT = re.compile(r"^[EI]\t(\d+)\t(\d+)\t(\d+) bytes\t(\d+) msgs sent", re.M)
SHORT, LONG = 15, 35  # iterations; the history is full before
SKIPPED = 77


def card_bytes(host):
    """What a host's card has sent."""
    text = namespaces.ip("-n", namespaces.namespace(host), "-s", "link", "show", "eth0")
    return int(re.search(r"TX:.*\n\s*(\d+)", text)[1])


def count(arguments, nodes, ranks, iterations):
    """{(sender, receiver): [bytes, messages]}, bytes of the busiest card, and evaluations of a training."""
    hosts = [f"h{k + 1}" for k in range(nodes)]
    with tempfile.TemporaryDirectory() as name:
        run = Path(name, "run")
        options = ["--bind-to", "none", "--host", ",".join(f"{host}:{ranks}" for host in hosts), "-n", nodes * ranks,
                   # With pml/monitoring, coll/han of Open MPI 5.0 ends in MPI_Comm_free() with a segmentation fault.
                   "--mca", "coll", "^han",
                   "--mca", "pml_monitoring_enable", 2, "--mca", "pml_monitoring_enable_output", 3,
                   "--mca", "pml_monitoring_filename", f"{name}/sent"]
        train = ["train", "--train-count", arguments.train_count, "--test-count", 1, "--hidden", arguments.hidden,
                 "--beta", arguments.beta, "--threads", 1, "--gradient-tolerance", 0, "--checkpoint-every", 10**6,
                 "--max-iterations", iterations, "--output", run, "--quiet"]
        before = [card_bytes(host) for host in hosts]
        line = " ".join(map(str, [arguments.mpirun, *options, arguments.sae_mpi, *train]))
        process = namespaces.start_on("h1", line)
        output, _ = process.communicate(timeout=arguments.timeout)
        if process.returncode != 0:
            sys.exit(f"exit status {process.returncode}: {line}\n{output}")
        card = max(card_bytes(host) - then for host, then in zip(hosts, before))
        sent = {}
        for file in Path(name).glob("sent*"):
            for sender, receiver, size, messages in SENT.findall(file.read_text()):
                pair = sent.setdefault((int(sender), int(receiver)), [0, 0])
                pair[0] += int(size)
                pair[1] += int(messages)
        if not sent:
            print("this MPI library has no pml/monitoring, or it has counted nothing; skipped")
            sys.exit(SKIPPED)
        return sent, card, launcher.Run(0, "", run).log[-1]["evaluations"]


def measure(arguments, nodes, ranks):
    """What an evaluation and its part of an iteration send: messages and bytes of the node that sends most, bytes of its
    card, messages between ranks of one node."""
    few, few_card, few_evaluations = count(arguments, nodes, ranks, SHORT)
    many, many_card, many_evaluations = count(arguments, nodes, ranks, LONG)
    evaluations = many_evaluations - few_evaluations
    of_node, inside = [[0, 0] for _ in range(nodes)], 0
    for (sender, receiver), (size, messages) in many.items():
        size, messages = (now - then for now, then in zip((size, messages), few.get((sender, receiver), (0, 0))))
        if sender // ranks == receiver // ranks:
            inside += messages
        else:
            of_node[sender // ranks][0] += size
            of_node[sender // ranks][1] += messages
    return {"nodes": nodes, "ranks": ranks, "messages": max(messages for _, messages in of_node) / evaluations,
            "bytes": max(size for size, _ in of_node) / evaluations, "card": (many_card - few_card) / evaluations,
            "inside": inside / evaluations}


def parse():
    parser = launcher.make_parser(__doc__)
    parser.add_argument("--nodes", type=int, nargs="+", default=[2, 4], metavar="N", help="default: 2 4")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4], metavar="N", help="of a node; default: 1 2 4")
    parser.add_argument("--hidden", type=int, default=250, metavar="N", help="default: %(default)s")
    parser.add_argument("--beta", type=float, default=3, metavar="X", help="default: %(default)s")
    parser.add_argument("--train-count", type=int, default=1000, metavar="N", help="default: %(default)s")
    parser.set_defaults(timeout=300)
    return parser.parse_args()


def differ(results):
    """Numbers of nodes whose messages or bytes depend on the ranks of a node, by more than a broken iteration."""
    for nodes in {result["nodes"] for result in results}:
        for key in ("messages", "bytes"):
            values = [result[key] for result in results if result["nodes"] == nodes]
            if max(values) > 1.02 * min(values):
                yield f"{nodes} nodes: {key} depend on the ranks of a node"


def main():
    arguments = parse()
    if os.geteuid() != 0:
        print("network namespaces need root; skipped")
        return SKIPPED
    os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1", OMPI_MCA_mpi_yield_when_idle="1")
    if not launcher.Launcher(arguments).open_mpi or cluster.built_with_mpich(arguments.sae_mpi):
        print("not Open MPI; skipped")
        return SKIPPED
    results = []
    try:
        with namespaces.network(max(arguments.nodes)):
            for nodes in arguments.nodes:
                results += [measure(arguments, nodes, ranks) for ranks in arguments.ranks]
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"network namespaces cannot be made here: {error}; skipped")
        return SKIPPED
    print(f"hidden {arguments.hidden}, {arguments.train_count} images, an iteration with one evaluation\n")
    print(table.render(["nodes x ranks", "messages of a node", "kB", "kB of its card", "messages within nodes"],
                       [[f"{r['nodes']} x {r['ranks']}", f"{r['messages']:.1f}", f"{r['bytes'] / 1e3:.0f}",
                         f"{r['card'] / 1e3:.0f}", f"{r['inside']:.1f}"] for r in results]))
    table.save(arguments.json, results)
    failures = [*differ(results), *(f"{r['nodes']} x {r['ranks']}: ranks of a node send to each other"
                                    for r in results if r["inside"] >= 1)]
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
