#!/usr/bin/env python3
"""Makes the captures of tests/captures-causes: what `ike diagnose` has to find, from failures of real daemons, and from what goes well beside them.

    causes.py OUT [NAME..] [--ike IKE] [--jobs N] [--list] [--truth]     as root; names may be shell patterns

OUT/NAME-a is what the initiator's end saw, OUT/NAME-b what the responder's did, OUT/NAME.keys.txt the keys out of a daemon's log, OUT/truth.jsonl a line for
each capture that is judged. A case counts only when a daemon's log says the line it names; with --ike the verdict is compared as well, and the exit status
is 1 when one is not what truth.jsonl says. Needs what the other scripts of this folder need; cases of strongSwan 6 need IKEPEER_SID, a folder with Debian
sid (README.md says how it is made), and are left out without it.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time

from cause_bench import HERE, THEM, US, Bench, key_table, problems, truth_lines
from cause_cases import CASES, SID
from cause_logs import DAEMONS, FOLDERS, capture_of, cut, differs, exceptions

# What truth.jsonl adds to the name of a case.
SUFFIX = r"-(a|b|ab)(-keys)?(-watched)?$"


def logged(log, pattern):
    """The first line of the log that says it, without time and thread."""
    for line in log.splitlines():
        # What is indented or behind a bar is talk of configurations and of the daemon's insides.
        if re.search(pattern, line) and not re.search(r"\] {2}|^\w{3} +\d+ [\d:.]+: \|", line):
            return re.sub(r"^(\w{3} +\d+ )?[\d:.]+:? (\d\d)?(?=\S)", "", line).strip()
    return None


def make(name, bench, out):
    """Runs the case; its lines of truth."""
    one = CASES[name]
    suffix = "pcapng" if one.pcapng else "pcap"
    captures = {end: out / f"{name}-{end}.{suffix}" for end in "ab"}
    command = [sys.executable, str(HERE / "path.py"), "--a", bench.a, "--b", bench.b, "--counters", str(bench.work / "counters.json")]
    command += ["--a-addr", f"{US}/24", "--b-addr", f"{THEM}/24", "--pcap-a", str(captures["a"]), "--pcap-b", str(captures["b"]), *one.path]
    path = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        if path.stdout.readline().strip() != "ready":
            raise RuntimeError(f"path: {path.stdout.read()}")
        one.act(bench)
        time.sleep(0.5)
        logs = {folder: bench.log(folder) for folder in bench.scripts}
    finally:
        # First, so that no capture shows how daemons are ended.
        path.stdin.close()
        path.wait(10)
        bench.end()
        for folder in bench.scripts:
            (bench.work / f"{name}-{folder}.log").write_text(bench.log(folder))
        keep_logs(name, bench, out / "logs")
    folder, pattern = one.proof
    line = logged(logs[folder], pattern)
    if line is None:
        raise RuntimeError(f"the log of the {folder} does not say {pattern}")
    if any(truth.keys for truth in one.truths):
        (out / f"{name}.keys.txt").write_text(key_table(logs[one.keys], captures["a"]))
    daemon = {"strongswan.sh": "strongSwan", "libreswan.sh": "libreswan", "openiked.sh": "OpenIKED"}[bench.scripts[folder]]
    heard = f" {bench.heard}." if getattr(bench, "heard", "") else ""
    lines = [{**truth, "why": f"{one.why}{heard} Log of the {folder} ({daemon}): {line}"} for truth in truth_lines(one, name)]
    for file in captures.values():
        if not any(file.name in each["files"] for each in lines):
            file.unlink()
    return lines


def keep_logs(name, bench, out):
    """What the daemons say of IKE, beside the captures."""
    out.mkdir(exist_ok=True)
    for end, folder in FOLDERS.items():
        text = cut(bench.log(folder), bench.scripts[folder]) if bench.scripts.get(folder) in DAEMONS else ""
        if text:
            (out / f"{name}-{end}.log").write_text(text)


def judged_logs(ike, out, name, truths):
    """What `ike diagnose --log` says otherwise than `ike diagnose` does of the captures of the same failure, where that is not to be expected."""
    said, excepted = [], exceptions(HERE.parent / "logs-causes")
    for end in FOLDERS:
        file, capture = out / "logs" / f"{name}-{end}.log", capture_of(truths, name, end)
        if file.exists() and capture and (f"{name}-{end}" in excepted or capture["name"].startswith((f"{name}-{end}", f"{name}-ab"))):
            of = [verdict(ike, words, out) for words in (["--log", str(file)], [*capture["args"], *capture["files"]])]
            said += differs(f"{name}-{end}", *of, excepted)
    return said


def verdict(ike, words, folder):
    done = subprocess.run([str(ike), "diagnose", "--json", *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return json.loads(done.stdout.splitlines()[-1])


def place_of(title):
    """Where a line of truth.jsonl belongs: by the order of the cases."""
    name = re.sub(SUFFIX, "", title)
    return (list(CASES).index(name) if name in CASES else len(CASES), title)


def told(out):
    """truth.jsonl anew, from the table and from what the logs said when the captures were made."""
    file = out / "truth.jsonl"
    why = {line["name"]: line["why"] for line in map(json.loads, file.read_text().splitlines())}
    lines = [{**line, "why": why[line["name"]]} for name, one in CASES.items() for line in truth_lines(one, name) if line["name"] in why]
    file.write_text("".join(json.dumps(line) + "\n" for line in sorted(lines, key=lambda line: place_of(line["name"]))))


def main():
    p = argparse.ArgumentParser(description="Captures of failures of real daemons, with what is to be found in them")
    p.add_argument("out", type=pathlib.Path, nargs="?")
    p.add_argument("names", nargs="*")
    p.add_argument("--ike", type=pathlib.Path, help="compare its verdicts")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--list", action="store_true")
    p.add_argument("--truth", action="store_true", help="make nothing; what the table says of captures that are there goes into truth.jsonl")
    options = p.parse_args()
    if options.list or not options.out:
        print("\n".join(CASES))
        return 0
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if options.truth:
        told(out)
        return 0
    work = pathlib.Path(tempfile.gettempdir()) / "ikc"
    shared = work / "shared"
    shared.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(HERE / "certs.sh"), str(shared / "certs"), "rsa4096", "rsa2048", "p256"], check=True, stdout=subprocess.DEVNULL)
    chosen = [name for name in CASES if not options.names or any(fnmatch.fnmatchcase(name, pattern) for pattern in options.names)]
    left = [name for name in chosen if CASES[name].needs_sid and not SID]
    chosen = [name for name in chosen if name not in left]
    file = out / "truth.jsonl"
    truths = {line["name"]: line for line in map(json.loads, file.read_text().splitlines())} if file.exists() else {}
    jobs, lock, failed, judged = queue.Queue(), threading.Lock(), [], 0
    for number in range(options.jobs):
        jobs.put(number)

    def one(name):
        job = jobs.get()
        place = work / f"j{job}"
        place.mkdir(exist_ok=True)
        try:
            for attempt in range(2):
                bench = Bench(place, name, shared, f"j{job}")
                try:
                    bench.leftovers()
                    return name, make(name, bench, out), None
                except (RuntimeError, subprocess.SubprocessError, OSError) as error:
                    if attempt:
                        return name, [], f"NOT MADE: {error}"
        finally:
            jobs.put(job)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as threads:
        for future in concurrent.futures.as_completed([threads.submit(one, name) for name in chosen]):
            name, lines, error = future.result()
            with lock:
                said = [error] if error else []
                truths = {key: value for key, value in truths.items() if not re.fullmatch(re.escape(name) + SUFFIX, key)}
                for line in lines:
                    truths[line["name"]] = line
                    if options.ike:
                        judged += 1
                        said += [f"{line['name']}: {each}" for each in problems(options.ike, out, line)]
                if options.ike and lines:
                    said += judged_logs(options.ike, out, name, {line["name"]: line for line in lines})
                if said:
                    failed.append(name)
                print(f"{'FAILED' if said else 'ok':6} {name}{''.join(chr(10) + '         ' + each for each in said)}", flush=True)
                file.write_text("".join(json.dumps(truths[key]) + "\n" for key in sorted(truths, key=place_of)))
    print(f"causes: {len(chosen) - len(failed)} cases as they should be, {len(failed)} not, {len(left)} left out for want of strongSwan 6; {judged} verdicts compared")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
