"""Runs a job three times side by side and compares what the runs end with.

    going-on.py JOB OUTPUT LIT...

JOB     job file that saves several checkpoints and keeps the last
OUTPUT  new folder, gets each run's output and log
LIT     command line of lit, as far as its subcommand

One run is undisturbed. One is interrupted soon after its first checkpoint, must end with 75, and is
resumed. Of one the ranks are killed soon after the first checkpoint. Ends with 1 unless all runs end
with the same files in the last checkpoint, byte for byte.
"""
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time

job, output, *lit = sys.argv[1:]
os.makedirs(output)
# Background jobs of shells ignore SIGINT, and Java inherits that.
signal.signal(signal.SIGINT, signal.default_int_handler)


def start(run, *more):
    log = open(f"{output}/{run}.log", "ab")
    return subprocess.Popen([*lit, "run", job, "--output", f"{output}/{run}", *more], stdout=log, stderr=log)


def ended(run, what, process, expected=0):
    code = process.wait()
    print(f"{run}: {what} with {code}", flush=True)
    return code == expected


def checkpoints(run):
    manifests = []
    for folder, _, files in os.walk(f"{output}/{run}/checkpoints"):
        if "manifest.json" in files and not os.path.basename(folder).startswith("."):
            manifests.append(os.path.join(folder, "manifest.json"))
    return [os.path.dirname(manifest) for manifest in sorted(manifests, key=os.path.getmtime)]


def java_below(pid):
    found = subprocess.run(["pgrep", "-P", str(pid), "-x", "java"], capture_output=True, text=True)
    return [int(child) for child in found.stdout.split()]


def signal_after_checkpoint(run, process, number, processes):
    while process.poll() is None and not checkpoints(run):
        time.sleep(0.02)
    time.sleep(0.3)
    targets = processes(process.pid)
    for pid in targets:
        print(f"{run}: {signal.Signals(number).name} to {pid} after {os.path.basename(checkpoints(run)[-1])}", flush=True)
        os.kill(pid, number)
    return bool(targets)


def undisturbed():
    return ended("undisturbed", "ended", start("undisturbed"))


def interrupted():
    process = start("interrupted")
    signalled = signal_after_checkpoint("interrupted", process, signal.SIGINT, java_below)
    return signalled and ended("interrupted", "ended", process, 75) and ended(
        "interrupted", "resumed ended", start("interrupted", "--resume"))


def killed():
    process = start("killed")
    ranks = lambda pid: [rank for agent in java_below(pid) for rank in java_below(agent)]
    signalled = signal_after_checkpoint("killed", process, signal.SIGKILL, ranks)
    return ended("killed", "ended", process) and signalled


def digests(run):
    folder = checkpoints(run)[-1]
    files = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as content:
            files[name] = hashlib.sha256(content.read()).hexdigest()
    return os.path.basename(folder), files


good = {}
runs = [undisturbed, interrupted, killed]
threads = [threading.Thread(target=lambda run=run: good.update({run.__name__: run()})) for run in runs]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if not all(good.get(run.__name__) for run in runs):
    sys.exit("not all runs ended as they should; see their logs")

expected = digests("undisturbed")
for name, digest in expected[1].items():
    print(f"{digest} {expected[0]}/{name}")
different = [run for run in good if digests(run) != expected]
for run in different:
    folder, files = digests(run)
    print(f"{run}: {folder} differs in", *(name for name in expected[1] if files.get(name) != expected[1][name]))
print("all the same" if not different else "different")
sys.exit(1 if different else 0)
