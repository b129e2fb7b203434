#!/usr/bin/env python3
"""`ike probe` against daemons over paths with one defect each, judged by what is known of both.

    probe.py OUT [NAME..] [--ike IKE] [--jobs N] [--seed S] [--random N] [--list]     as root; names may be shell patterns

OUT/NAME gets what the tool said, the capture of its end, the counters of the path, the log of the daemon and what was wrong; OUT/results.jsonl a line for each
case. The daemons have their default limits. --seed draws other policies; --random N has N ways with several defects each as well, named random-1 and so on.
The exit status is 1 when a case went wrong.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import fnmatch
import json
import os
import pathlib
import queue
import shutil
import subprocess
import sys
import tempfile
import time

import probe_cases
import probe_judge
import probe_manners
import probe_policy
from daemons import HERE, KINDS

NAME = "gateway.peer.test"
US, THEM = {"192.0.2.1", "2001:db8:2::1"}, ("192.0.2.2", "2001:db8:2::2")
SECONDS = 400


class Bench:
    """One worker's place: three namespaces and a folder."""

    def __init__(self, number, options):
        self.us, self.them, self.third = (f"ikp{os.getpid()}-{number}{end}" for end in "utc")
        self.work, self.options = options.work / f"worker{number}", options

    def daemons(self, case):
        """One, or one in each namespace behind a splitter."""
        if not case.daemon:
            return
        for namespace in [self.them, self.third] if case.is_split else [self.them]:
            daemon = KINDS[case.daemon](self.work / namespace, namespace, self.options.certs, self.work)
            daemon.env["IKEPEER_LSW_ROOT"] = str(self.options.libreswan)
            yield daemon


def start(daemon, case):
    us, them = ("2001:db8:2::1", THEM[1]) if case.is_v6 else ("192.0.2.1", THEM[0])
    words = ["up", case.profile, "--netns", daemon.namespace, "--addr", them, "--client-addr", case.client or us]
    if daemon.script == "strongswan.sh":
        words += ["--port", "500", "--natt-port", "4500", "--limits", "default", "--keylog", "2"]
    daemon.call(*words, *case.options)


LISTEN = """
import socket, sys, time
sockets = [socket.create_server(("", int(port))) for port in sys.argv[1:]]
print("ready", flush=True)
time.sleep(1000)
"""


def listen(case, bench):
    """TCP ports of the gateway that take connections, by a process of their own."""
    command = ["ip", "netns", "exec", bench.them, sys.executable, "-c", LISTEN, *map(str, case.tcp)]
    listener = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    listener.stdout.readline()
    return listener


def path_command(case, bench, folder):
    words = [sys.executable, str(HERE / "path.py"), "--a", bench.us, "--b", bench.them, "--counters", str(folder / "counters.json")]
    words += ["--pcap-a", str(folder / "ours.pcap"), *case.path, *(["--c", bench.third] if case.is_split else [])]
    return words


def probe_command(case, bench, folder):
    """In its namespace; a name with two addresses is told by a file of its own."""
    words = ["ip", "netns", "exec", bench.us]
    target = case.addresses()[0]
    if case.has_second:
        target = NAME
        (folder / "hosts").write_text("".join(f"{address} {NAME}\n" for address in case.addresses()))
        words += ["unshare", "-m", "sh", "-c", 'mount --make-rprivate / && mount --bind "$1" /etc/hosts && shift && exec "$@"', "sh", str(folder / "hosts")]
    return [*words, str(bench.options.ike), "probe", target, "--json", *case.args]


def run(case, bench, folder):
    """Leaves everything in the folder; the exit status of the tool."""
    path = subprocess.Popen(path_command(case, bench, folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    daemons, listener = [], None
    try:
        if path.stdout.readline().strip() != "ready":
            raise RuntimeError(f"path: {path.stdout.read()}")
        for daemon in bench.daemons(case):
            daemons.append(daemon)
            start(daemon, case)
        listener = listen(case, bench) if case.tcp else None
        with open(folder / "said.jsonl", "w", encoding="utf-8") as out, open(folder / "errors.txt", "w", encoding="utf-8") as errors:
            done = subprocess.run(probe_command(case, bench, folder), stdin=subprocess.DEVNULL, stdout=out, stderr=errors, check=False, timeout=SECONDS)
        return done.returncode
    finally:
        if listener:
            listener.kill()
            listener.wait()
        for number, daemon in enumerate(daemons):
            daemon.down()
            (folder / f"daemon{number}.log").write_text(daemon.log())
            (folder / f"daemon{number}-commands.txt").write_text(daemon.output)
        path.stdin.close()
        path.wait(10)


def by_counters(truth, counters):
    """Where the path could have lost something and did not, nothing was lost."""
    if any(counters[side].get(name) for side in counters if side != "seed" for name in ("lost", "dropped_gate")) or "loss" not in truth.answers:
        return truth
    return dataclasses.replace(truth, answers={**truth.answers, "loss": "yes|no" if truth.answers["loss"] == "yes" else truth.answers["loss"]})


def judged(case, folder, status, ike):
    """(problems, questions answered by unknown, datagrams sent)."""
    datagrams = probe_manners.datagrams(folder / "ours.pcap")
    sent = [each for each in datagrams if each.source in US]
    received = [each for each in datagrams if each.source not in US]
    announced, cookie = probe_manners.notifies(received), probe_manners.first_cookie(received)
    text = (folder / "said.jsonl").read_text(errors="replace")
    truth = by_counters(case.truth, json.loads((folder / "counters.json").read_text()))
    problems, unknown = probe_judge.judge(text, status, truth, case.addresses(), sent, announced)
    problems += probe_manners.problems(sent, case.addresses(), "--policy" in case.args, cookie, received)
    if case.policy and not problems:
        row = next((row for row in probe_judge.parse(text)[0] if row["question"] == "policy"), None)
        problems += probe_policy.problems(ike, case.policy, row)
    return problems, unknown, len(sent)


def one(case, bench):
    """The line of results.jsonl."""
    folder, started = bench.options.out / case.name, time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unknown, sent = [], 0
    try:
        status = run(case, bench, folder)
        problems, unknown, sent = judged(case, folder, status, bench.options.ike)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        problems = [f"not run: {error}"]
    (folder / "problems.txt").write_text("".join(problem + "\n" for problem in problems))
    line = {"name": case.name, "daemon": case.daemon, "problems": problems, "unknown": unknown, "datagrams": sent, "seconds": round(time.monotonic() - started, 1)}
    with (bench.options.out / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return line


def show(line):
    unknown = f", unknown: {' '.join(line['unknown'])}" if line["unknown"] else ""
    print(f"{'FAILED' if line['problems'] else 'passed'} {line['name']}: {line['datagrams']} datagrams, {line['seconds']} s{unknown}", flush=True)
    for problem in line["problems"]:
        print(f"    {problem}", flush=True)


def every(cases, options):
    """Runs them, so many at a time."""
    benches = queue.Queue()
    for number in range(options.jobs):
        benches.put(Bench(number, options))

    def work(case):
        bench = benches.get()
        try:
            return one(case, bench)
        finally:
            benches.put(bench)

    lines = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        try:
            for future in concurrent.futures.as_completed([pool.submit(work, case) for case in cases]):
                lines.append(future.result())
                show(lines[-1])
        except KeyboardInterrupt:
            # Those that run come to their ends, and take their daemons along.
            pool.shutdown(cancel_futures=True)
            raise
    return lines


def summary(lines):
    tally = collections.defaultdict(lambda: [0, 0])
    for line in lines:
        tally[line["daemon"] or "nobody"][bool(line["problems"])] += 1
    for daemon, (passed, failed) in sorted(tally.items()):
        print(f"probe: {daemon}: {passed} passed, {failed} failed")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("names", nargs="*", default=["*"])
    parser.add_argument("--ike", type=pathlib.Path, default=HERE.parents[1] / "target/release/ike")
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    known = [*probe_cases.every(options.seed), *(probe_cases.drawn(options.seed, number) for number in range(1, options.random + 1))]
    cases = [case for case in known if any(fnmatch.fnmatch(case.name, name) for name in options.names)]
    if options.list:
        print("\n".join(case.name for case in cases))
        return 0
    if not cases:
        parser.error("there is no such case")
    options.out, options.ike = options.out.resolve(), options.ike.resolve()
    options.work = pathlib.Path(tempfile.gettempdir()) / f"ikp-probe-{os.getpid()}"
    options.certs = options.work / "certs"
    options.libreswan = os.environ.get("IKEPEER_LSW_ROOT", pathlib.Path(tempfile.gettempdir()) / "ikepeer-libreswan" / "root")
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "results.jsonl").unlink(missing_ok=True)
    try:
        lines = every(cases, options)
    finally:
        shutil.rmtree(options.work, ignore_errors=True)
    summary(lines)
    return 1 if any(line["problems"] for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
