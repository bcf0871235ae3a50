"""Hosts h1, h2, ... that are network namespaces of this machine, each with its own hostname and /dev/shm. Needs root."""
import contextlib
import os
import pathlib
import signal
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = f"sae{os.getpid() % 10000}"
AGENT = str(HERE / "host_agent")


def ip(*words, must=True):
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if must and done.returncode != 0:
        raise OSError(done.stderr)
    return done.stdout


def namespace(host):
    return PREFIX + host


def processes(host):
    return [int(pid) for pid in ip("netns", "pids", namespace(host), must=False).split()]


def kill_all(host):
    for pid in processes(host):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def set_up(count):
    ip("netns", "add", namespace("net"))
    ip("-n", namespace("net"), "link", "add", "bridge", "type", "bridge")
    ip("-n", namespace("net"), "link", "set", "bridge", "up")
    for k in range(1, count + 1):
        ip("netns", "add", namespace(f"h{k}"))
        ip("-n", namespace(f"h{k}"), "link", "set", "lo", "up")
        ip("-n", namespace("net"), "link", "add", f"port{k}", "type", "veth", "peer", "name", "eth0", "netns",
           namespace(f"h{k}"))
        ip("-n", namespace("net"), "link", "set", f"port{k}", "master", "bridge", "up")
        ip("-n", namespace(f"h{k}"), "addr", "add", f"10.213.7.{k}/24", "dev", "eth0")
        ip("-n", namespace(f"h{k}"), "link", "set", "eth0", "up")
    subprocess.run([AGENT, "h1", "true"], check=True, capture_output=True)


def take_down(count):
    for host in [*(f"h{k}" for k in range(1, count + 1)), "net"]:
        kill_all(host)
        ip("netns", "del", namespace(host), must=False)


@contextlib.contextmanager
def network(count):
    """Hosts h1 to h<count> on one bridge that has no way out; OSError or CalledProcessError where they cannot be made.
    mpirun on one of them reaches the others."""
    # By the names of Open MPI 4 and 5.
    os.environ.update(SAE_TEST_PREFIX=PREFIX, OMPI_MCA_plm_rsh_agent=AGENT, PRTE_MCA_plm_ssh_agent=AGENT)
    try:
        set_up(count)
        yield
    finally:
        take_down(count)


def start_on(host, line, **options):
    """A command line of a shell as a process of a host."""
    return subprocess.Popen([AGENT, host, line], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            start_new_session=True, **options)
