"""Slurm for tests: a `squeue` that says what it is told, and a real cluster of one node."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from bench.store import slurm

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
CONF = """
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld}
SlurmdPort={slurmd}
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def say(folder, monkeypatch, states, status=0, complaint=""):
    """Put a `squeue` into `folder`, and that before everything else, which gives the states of jobs."""
    lines = "".join(f"{job} {state}\n" for job, state in states.items())
    script = f"#!/bin/sh\ncat <<'END'\n{lines}END\necho '{complaint}' >&2\nexit {status}\n"
    (folder / "squeue").write_text(script)
    (folder / "squeue").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    slurm._listed.cache_clear()


def missing():
    """What of Slurm is not installed here."""
    where = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return [name for name in NEEDED if shutil.which(name, path=where) is None]


class Cluster:
    """A cluster whose one node is this machine; the environment names it while it runs.

    Its folder must have a short path: a socket lies there.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self._daemons = []
        for name in ("state", "spool"):
            (folder / name).mkdir()
        host, user = socket.gethostname().partition(".")[0], subprocess.check_output(["id", "-un"], text=True).strip()
        ports = {"ctld": _free_port(), "slurmd": _free_port()}
        (folder / "slurm.conf").write_text(CONF.format(host=host, user=user, folder=folder, **ports))
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")
        os.environ["PATH"] += f"{os.pathsep}/usr/sbin{os.pathsep}/sbin"
        self._start_munge()
        self._start("slurmctld", "-D", "-c")
        self._start("slurmd", "-D", "-N", host)
        self._wait_until_idle()

    def _start_munge(self):
        key = self.folder / "munge.key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = {
            "socket": "munge.socket",
            "pid-file": "munged.pid",
            "log-file": "munged.log",
            "seed-file": "munged.seed",
        }
        own = [f"--{option}={self.folder / name}" for option, name in files.items()]
        self._start("munged", "--foreground", "--force", f"--key-file={key}", *own)

    def _start(self, *command):
        with (self.folder / f"{command[0]}.out").open("w") as output:
            self._daemons.append(subprocess.Popen(command, stdout=output, stderr=output))

    def _wait_until_idle(self, patience=30):
        end = time.monotonic() + patience
        while "idle" not in (seen := ask("sinfo", "--noheader", "--format=%T")):
            if time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"no node is idle: {seen}\n{self.logs()}")
            time.sleep(0.5)

    def logs(self):
        """The ends of what the daemons wrote."""
        files = sorted([*self.folder.glob("*.log"), *self.folder.glob("*.out")])
        return "\n".join(f"{file.name}: {file.read_text()[-2000:]}" for file in files)

    def stop(self):
        """End the jobs, then the daemons."""
        ask("scancel", "--full", "--user", subprocess.check_output(["id", "-un"], text=True).strip())
        for one in reversed(self._daemons):
            one.terminate()
        for one in reversed(self._daemons):
            try:
                one.wait(3)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()
        del os.environ["SLURM_CONF"]


def ask(*command):
    """What a command of Slurm prints, errors and all."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
