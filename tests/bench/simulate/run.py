#!/usr/bin/python3
"""Evaluations and iterations on simulated nodes: the program's own code, run by SimGrid's SMPI.

    tests/bench/simulate/run.py --columns 10000 --hidden 250 --ranks 1 8 64 192
    tests/bench/simulate/run.py --columns 60000 --hidden 250 --nodes 16 --ranks 1024

needs libsimgrid-dev. All ranks run in one process, one at a time, each with one thread; the time that they compute is
measured on this machine, the messages between nodes are simulated: 2 microseconds, 10 GB/s a node's card (--latency,
--bandwidth). In memory that the ranks of a node share, a barrier takes what simulate/barrier.cpp says.

Efficiency is against one rank, of an evaluation and of an iteration of L-BFGS with one evaluation and a full history.
What a rank computes between two barriers takes the least time of all --repeat; `busy` is their sum in an iteration, on
average over the ranks. All ranks share the caches of one core, in which each finds what others have left, while cores
have caches of their own: many ranks compute more slowly here. Not in it: the memory bandwidth that the cores of a node
share, and threads of a rank.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SIMULATE = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests" / "bench"))
import table  # noqa: E402

OPTIONS = """smpi/host-speed:1Gf smpi/privatization:no contexts/factory:raw contexts/stack-size:16384
smpi/test:1e-7 smpi/iprobe:1e-7 smpi/wtime:1e-9 smpi/cpu-threshold:1e-9 smpi/bw-factor:0:1 smpi/lat-factor:0:1
network/TCP-gamma:0 network/crosstraffic:0 smpi/ois:0:0.3e-6:0 smpi/or:0:0.3e-6:0 smpi/coll-selector:ompi""".split()
TRAIN = """cluster distributed_objective distributed_space gram history host_columns node_reduction partition
slice""".split()
DATA = "builtin_digits digit_glyphs digit_pen image_source".split()


def platform(nodes, cores, latency, bandwidth):
    """SimGrid's description of nodes around one switch; each node has its own card."""
    return f"""<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <cluster id="c" prefix="node-" suffix="" radical="0-{nodes - 1}" speed="1Gf" core="{cores}" bw="{bandwidth}Bps" lat="{latency / 2}s"
           sharing_policy="SPLITDUPLEX" loopback_bw="20GBps" loopback_lat="0.2us"/>
</platform>
"""


def kernel_set():
    """The widest set of kernels that this machine has, and its compiler's options."""
    flags = set(re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M).group(1).split())
    avx2 = ["-mavx2", "-mfma"]
    if {"avx512f", "avx512dq", "avx512bw", "avx512vl"} <= flags:
        return "avx512", [*avx2, "-mavx512f", "-mavx512dq", "-mavx512bw", "-mavx512vl", "-mprefer-vector-width=512"]
    return ("avx2", avx2) if "avx2" in flags else ("scalar", [])


def made(template, folder, replacements):
    """A list of kernel sets as CMake makes it."""
    text = template.read_text()
    for name, value in replacements.items():
        text = text.replace(f"@{name}@", value)
    path = folder / template.name.removesuffix(".in")
    path.write_text(text)
    return path


def sources(folder):
    """Each source with its own options."""
    name, options = kernel_set()
    core, train = ROOT / "src" / "core", ROOT / "src" / "train"
    listed = re.findall(r"^  (\w+\.cpp)", (core / "CMakeLists.txt").read_text(), re.M)
    plain = [SIMULATE / "simulate.cpp", SIMULATE / "barrier.cpp"]
    plain += [core / file for file in listed if file != "barrier.cpp"]
    plain += [path for path in sorted((ROOT / "src" / "mpi").glob("*.cpp"))
              if path.name not in ("environment.cpp", "guard.cpp", "launch.cpp")]
    plain += [train / f"{file}.cpp" for file in TRAIN]
    plain += [ROOT / "src" / "data" / f"{file}.cpp" for file in DATA]
    plain.append(made(core / "kernels.cpp.in", folder, {
        "SAE_KERNEL_DECLARATIONS": f"namespace kernels_{name} {{\nextern const KernelSet kernel_set;\n}}",
        "SAE_KERNEL_ADDRESSES": f"&kernels_{name}::kernel_set"}))
    plain.append(made(train / "vector_kernel_sets.cpp.in", folder, {
        "SAE_VECTORS_DECLARATIONS": f"namespace {name} {{\nextern const Set set;\n}}",
        "SAE_VECTORS_ADDRESSES": f"&{name}::set"}))
    isa = f"-DSAE_ISA_{name.upper()}"
    return [(path, []) for path in plain] + [
        (core / "kernels" / "set.cpp", [*options, isa, f"-DSAE_KERNELS=kernels_{name}", "-Wno-psabi"]),
        (train / "vector_kernels.cpp", [*options, isa, f"-DSAE_KERNELS={name}"])]


def build(folder):
    """The driver, compiled with smpicxx."""
    common = ["-std=c++20", "-O3", "-DNDEBUG", "-ffp-contract=off", "-Wno-unknown-pragmas",
              f"-I{ROOT / 'include'}", "-I/usr/include/eigen3",
              *(f"-I{ROOT / 'src' / part}" for part in ("core", "core/kernels", "train", "data"))]

    def compile_one(numbered):
        number, (path, options) = numbered
        target = folder / f"{number}-{path.stem}.o"
        subprocess.run(["smpicxx", *common, *options, "-c", path, "-o", target], check=True)
        return target

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compile_one, enumerate(sources(folder))))
    subprocess.run(["c++", "-std=c++20", "-O2", "-fPIC", "-shared", SIMULATE / "computing_time.cpp",
                    "-o", folder / "computing_time.so"], check=True)
    program = folder / "simulate"
    subprocess.run(["smpicxx", "-O3", *objects, folder / "computing_time.so", "-o", program, "-pthread"], check=True)
    return program


def simulate(program, folder, arguments, ranks):
    """What the driver measured on `ranks` ranks."""
    nodes = min(arguments.nodes, ranks)
    a_node = -(-ranks // nodes)
    (folder / "platform.xml").write_text(platform(nodes, a_node, arguments.latency, arguments.bandwidth))
    (folder / "hosts").write_text("".join(f"node-{rank // a_node}\n" for rank in range(ranks)))
    command = ["smpirun", "-np", str(ranks), "-platform", folder / "platform.xml", "-hostfile", folder / "hosts",
               *(f"--cfg={option}" for option in OPTIONS), "--log=root.thres:critical", program,
               *map(str, (arguments.columns, arguments.hidden, a_node, arguments.repeat))]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder,
                          env={**os.environ, "LD_PRELOAD": str(program.parent / "computing_time.so")})
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if len(lines) != 1:
        sys.exit(f"expected one line of results, found:\n{done.stdout}\n{done.stderr}")
    return json.loads(lines[0])


def rows(program, folder, arguments):
    alone = simulate(program, folder, argparse.Namespace(**{**vars(arguments), "nodes": 1}), 1)
    for ranks in arguments.ranks:
        found = alone if ranks == 1 else simulate(program, folder, arguments, ranks)
        yield [min(arguments.nodes, ranks), ranks,
               *(cell for key in ("evaluation", "iteration")
                 for cell in (f"{1e3 * found[key]:.3f}", f"{100 * alone[key] / ranks / found[key]:.0f} %")),
               f"{1e3 * found['busy'] / ranks:.3f}", found["messages"]]


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, default=10000, metavar="N", help="images; default: 10000")
    parser.add_argument("--hidden", type=int, default=250, metavar="N", help="default: 250")
    parser.add_argument("--nodes", type=int, default=1, metavar="N", help="that the ranks are spread over; default: 1")
    parser.add_argument("--ranks", type=int, nargs="+", default=[1, 8, 64], metavar="N", help="default: 1 8 64")
    parser.add_argument("--repeat", type=int, default=10, metavar="N", help="default: 10")
    parser.add_argument("--latency", type=float, default=2e-6, metavar="SECONDS", help="of a message; default: 2e-6")
    parser.add_argument("--bandwidth", type=float, default=10e9, metavar="BYTES", help="a second; default: 10e9")
    parser.add_argument("--build", type=Path, metavar="DIR", help="where the driver is compiled, and kept")
    return parser.parse_args()


def main():
    arguments = parse()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if arguments.build:
            arguments.build.mkdir(parents=True, exist_ok=True)
        built = (arguments.build or folder).resolve()
        program = built / "simulate"
        if not program.exists():
            program = build(built)
        print(f"{arguments.columns} columns, hidden {arguments.hidden}, {kernel_set()[0]} kernels, one thread a rank\n")
        headings = ["nodes", "ranks", "evaluation, ms", "efficiency", "iteration, ms", "efficiency", "busy, ms a rank", "messages a leader"]
        print(table.render(headings, list(rows(program, folder, arguments))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
