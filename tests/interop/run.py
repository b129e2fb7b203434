#!/usr/bin/env python3
"""Runs interop cases: `run.sh` is the front door. See README.md next to this file."""

import argparse
import concurrent.futures
import fnmatch
import hashlib
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import cases
import judge
import report
from daemons import HERE, KINDS, V4, V6

ROOT = HERE.parents[1]
SERVER, CLIENT = "moon.peer.test", "carol.peer.test"
PSK = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

# What a daemon says that has been refused a child SA or does not take it, and keeps its IKE SA.
REFUSED = ("got_no_proposal", "got_cp_required", "got_ts_unacceptable", "wants_transport")


class Bench:
    """One worker's place: two namespaces and a folder."""

    def __init__(self, number, options):
        self.us, self.them = f"ikm{os.getpid()}-{number}u", f"ikm{os.getpid()}-{number}t"
        self.work = options.work / f"worker{number}"
        self.options = options


def certificates(folder, family):
    """Our certificate, intermediates, key; and the anchor for the other's."""
    parts = [f"{family}-client"] + [name for name in (f"{family}-cint2", f"{family}-cint1") if (folder / f"{name}.cert.pem").exists()]
    words = []
    for part in parts:
        words += ["--cert", str(folder / f"{part}.cert.pem")]
    return [*words, "--key", str(folder / f"{family}-client.key.pem")]


def command(case, options, folder):
    """Our command line."""
    us, them = V4 if case.family == "v4" else V6
    words = [str(options.ike), "handshake"]
    if case.role == "responder":
        words += ["initiate", them, "--local", us]
    else:
        words += ["respond", "--local", us, "--count", "1", "--seconds", "25"]
    words += ["--null"] if case.auth == "null" else []
    words += ["--id", CLIENT, "--peer-id", SERVER]
    for option, net in (("--ts-local", "10.77.2.0/24"), ("--ts-remote", "10.77.1.0/24")):
        words += [] if option in case.ours else [option, net]
    words += ["--ike", case.our_ike or cases.ike(case.suite, "us"), "--esp", case.our_esp or cases.esp(case.esp, "us")]
    words += ["--mtu", "1500", "--fragmentation", "off"] if case.mtu == "off" else ["--mtu", case.mtu, "--fragmentation", "on"]
    if case.auth == "psk" or "PSK" in case.ours:
        words += ["--psk-hex", PSK]
    if "PSK" in case.ours:
        words += ["--ca", str(options.certs / f"{case.auth}-root.cert.pem")]
    elif case.auth not in ("psk", "null"):
        identity = "other" if "CERT=other" in case.ours else case.auth
        words += certificates(options.certs, identity)
        words += ["--ca", str(options.certs / f"{'other' if 'CA=other' in case.ours else case.auth}-root.cert.pem")]
    if case.role == "responder" and case.do:
        words += ["--do", case.do]
    if case.delay:
        words += ["--retransmit", str(3 * case.delay)]
    if case.suite != "chacha":  # which Wireshark's table has no name for
        words += ["--keys", str(folder / "keys.txt")]
    extra = [word for word in case.ours if word not in ("CERT=other", "CA=other", "PSK")]
    if "--psk-hex" in extra:
        at = words.index("--psk-hex")
        del words[at : at + 2]
    for option in ("--fragmentation", "--seconds", "--count"):
        if option in extra and option in words:
            at = words.index(option)
            del words[at : at + 2]
    return words + extra


def path_options(case, daemon):
    words = []
    if case.mtu != "off":
        # What the middle lets through is what either end was told; no IP fragment may be needed.
        words += ["--mtu", f"a2b:{case.mtu}", "--mtu", f"b2a:{max(int(case.mtu), daemon.largest(case)) if cases.product(daemon.name) != 'strongswan' else case.mtu}"]
        words += ["--fragments", "drop"]
    if case.delay:
        words += ["--delay", str(case.delay)]
    return words + case.path


def run_case(case, bench):
    """(problems, facts) of one case; the folder keeps everything when there are problems."""
    options, folder = bench.options, bench.options.out / case.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    daemon = KINDS[case.daemon](bench.work, bench.them, options.certs, options.shared)
    facts, problems, handshake = {}, [], None
    addresses = ["--a-addr", "192.0.2.1/24", "--a-addr", "2001:db8:2::1/64", "--b-addr", "192.0.2.2/24", "--b-addr", "2001:db8:2::2/64"]
    words = [sys.executable, str(HERE / "path.py"), "--a", bench.us, "--b", bench.them, *addresses, "--counters", str(folder / "counters.json")]
    words += ["--pcap-a", str(folder / "ours.pcap"), "--pcap-b", str(folder / "theirs.pcap"), *path_options(case, daemon)]
    path = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    started = time.monotonic()
    try:
        if path.stdout.readline().strip() != "ready":
            raise RuntimeError(f"path: {path.stdout.read()}")
        ike, esp = cases.ike(case.suite, case.daemon), cases.esp(case.esp, case.daemon)
        daemon.up(case, ike, esp)
        line = ["ip", "netns", "exec", bench.us, *command(case, options, folder)]
        (folder / "command.txt").write_text(" ".join(line) + "\n" + " ".join(words) + "\n")
        with open(folder / "ours.txt", "w", encoding="utf-8") as out:
            handshake = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        facts["exit"] = steer(case, daemon, handshake, folder / "ours.txt")
    except (RuntimeError, subprocess.TimeoutExpired, OSError) as error:
        problems.append(f"not run: {error}")
    finally:
        if handshake and handshake.poll() is None:
            handshake.kill()
            handshake.wait()
        daemon.down()
        path.stdin.close()
        try:
            path.wait(10)
        except subprocess.TimeoutExpired:
            path.kill()
        (folder / "daemon.log").write_text(daemon.log())
        (folder / "daemon-commands.txt").write_text(daemon.output)
        for name in ("ipsec.conf", "swanctl.conf", "iked.conf"):
            if (daemon.folder / "run" / name).exists():
                shutil.copy(daemon.folder / "run" / name, folder / name)
    facts["seconds"] = time.monotonic() - started
    if not problems:
        problems = judge.judge(case, daemon, folder, facts, options.ike)
    (folder / "problems.txt").write_text("".join(problem + "\n" for problem in problems))
    return problems, facts


def listening(handshake):
    """Waits until our responder has its ports."""
    end = time.monotonic() + 5
    while time.monotonic() < end and handshake.poll() is None:
        # The process is the program itself by now, in its namespace: `ip netns exec` has become it.
        bound = "".join(pathlib.Path(f"/proc/{handshake.pid}/net/{name}").read_text() for name in ("udp", "udp6"))
        if re.search(r":01F4 ", bound) and re.search(r":1194 ", bound):
            return
        time.sleep(0.02)


def steer(case, daemon, handshake, said):
    """Waits for our program, which says things into a file, telling the daemon what to do meanwhile; its exit status."""
    start = time.monotonic()
    actions = list(case.actions)
    if case.role == "initiator":
        listening(handshake)
        daemon.call("initiate", check=False, timeout=40)
        # What there is to wait for before the daemon ends the SA.
        mark = next((mark for mark in ("child", *REFUSED) if mark in case.daemon_saw), "") if case.expect["verdict"] == "established" else ""
        end = time.monotonic() + (25 if mark else 10)
        while time.monotonic() < end and handshake.poll() is None and not (mark and daemon.seen(mark)):
            time.sleep(0.05)
        for seconds, word in actions:
            time.sleep(seconds)
            daemon.steer(word)
        time.sleep(case.linger)
        if mark and handshake.poll() is None:
            time.sleep(0.3)
            daemon.call("terminate", check=False, timeout=20)
        return handshake.wait(30)
    while handshake.poll() is None:
        elapsed = time.monotonic() - start
        if actions and (actions[0][0] in said.read_text() if isinstance(actions[0][0], str) else elapsed >= actions[0][0] and daemon.seen("child")):
            # A rekey on a slow path takes its time.
            daemon.steer(actions.pop(0)[1], wait=not case.delay)
        if elapsed > 75:
            raise RuntimeError("our program did not end in 75 s")
        time.sleep(0.03)
    return handshake.returncode


def install(options):
    """The versions of the daemons, installed where missing, one after the other."""
    versions = {}
    for name in sorted({case.daemon for case in options.chosen}, key=(cases.DAEMONS + cases.NEWER).index):
        versions[name] = KINDS[name](options.work / "install", "", options.certs, options.shared).install()
        print(versions[name], flush=True)
    if not shutil.which("tshark"):
        subprocess.run(["bash", "-c", f'NAME=run.py; . "{HERE}/common.sh"; echo "wireshark-common wireshark-common/install-setuid boolean false" | debconf-set-selections 2>/dev/null; apt_install tshark'], check=True)
    print(subprocess.run(["tshark", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0], flush=True)
    families = sorted({case.auth for case in options.chosen} - {"psk", "null"}) + ["other"]
    subprocess.run([str(HERE / "certs.sh"), str(options.certs), *families], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return versions


def kept(case, options):
    """The facts of a case that passed in a run before, if such are kept."""
    file = options.resume and options.resume / f"{case.name}.json"
    return json.loads(file.read_text()) if file and file.exists() else None


def keep(case, facts, options):
    """For a run that is cut short: the next one begins where this one ended."""
    if options.resume:
        options.resume.mkdir(parents=True, exist_ok=True)
        # Whole, or not there.
        unfinished = options.resume / f"{case.name}.unfinished"
        unfinished.write_text(json.dumps(facts))
        unfinished.rename(options.resume / f"{case.name}.json")


def choose(options):
    if options.ci:
        return cases.ci(cases.NEWER if options.newer else cases.DAEMONS)
    if options.all or options.newer:
        return [case for wanted, daemons in ((options.all, cases.DAEMONS), (options.newer, cases.NEWER)) if wanted for case in cases.every(daemons)]
    everything = {case.name: case for case in cases.every(cases.DAEMONS + cases.NEWER)}
    chosen = []
    for pattern in options.names:
        found = [name for name in everything if fnmatch.fnmatchcase(name, pattern)]
        if not found:
            sys.exit(f"run.py: no case is called {pattern}; --list shows them")
        chosen += [everything[name] for name in found if everything[name] not in chosen]
    return chosen


def main():
    p = argparse.ArgumentParser(description="Live handshakes with strongSwan, libreswan and OpenIKED")
    p.add_argument("names", nargs="*", metavar="CASE", help="names or shell patterns")
    p.add_argument("--all", action="store_true")
    p.add_argument("--newer", action="store_true", help="the newer daemons: all of their cases, alone or with --all; or with --ci a selection")
    p.add_argument("--ci", action="store_true")
    p.add_argument("--list", action="store_true")
    p.add_argument("--keep", action="store_true", help="keep the logs of cases that passed as well")
    p.add_argument("--try", action="store_true", dest="try_all", help="run also what a daemon is said to be unable to do")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--ike", type=pathlib.Path, default=ROOT / "target/release/ike")
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "target/interop")
    p.add_argument("--resume", type=pathlib.Path, metavar="FOLDER", help="keep what passed there, and run nothing again that is kept there")
    p.add_argument("--report", type=pathlib.Path, help="where --all writes its table", default=ROOT / "docs/interop.md")
    options = p.parse_args()
    if not (options.all or options.newer or options.ci or options.names or options.list):
        p.error("no case was named: --ci, --all, --newer, or names that --list shows")
    if options.list:
        named = options.all or options.newer or options.ci or options.names
        for case in choose(options) if named else cases.every(cases.DAEMONS + cases.NEWER):
            print(case.name + (f"  (cannot: {case.cannot})" if case.cannot else ""))
        return 0
    if os.geteuid():
        sys.exit("run.py: namespaces and daemons need root")
    options.out = options.out.resolve()
    options.work = options.out / "state"
    if len(str(options.work)) > 70:
        # The path of a control socket ends at 107 octets.
        options.work = pathlib.Path(tempfile.gettempdir()) / f"ikev2-interop-{hashlib.sha256(bytes(options.out)).hexdigest()[:12]}"
    options.certs = options.work / "certs"
    options.shared = options.work / "shared"
    options.shared.mkdir(parents=True, exist_ok=True)
    options.chosen = choose(options)
    versions = install(options)
    benches, lock = queue.Queue(), threading.Lock()
    for number in range(options.jobs):
        benches.put(Bench(number, options))
    results, begun = {}, time.monotonic()

    def one(case):
        if case.cannot and not options.try_all:
            return case, None, {}
        facts = kept(case, options)
        if facts is not None:
            return case, [], facts
        bench = benches.get()
        try:
            problems, facts = run_case(case, bench)
            if not problems:
                keep(case, facts, options)
            return case, problems, facts
        except Exception as error:  # noqa: BLE001 (a case must not take the others with it)
            return case, [f"not run: {type(error).__name__}: {error}"], {}
        finally:
            benches.put(bench)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in concurrent.futures.as_completed([pool.submit(one, case) for case in options.chosen]):
            case, problems, facts = future.result()
            results[case.name] = (problems, facts)
            with lock:
                state = "cannot" if problems is None else "FAILED" if problems else "ok"
                print(f"{state:6} {case.name} {facts.get('seconds', 0):.1f} s{''.join(chr(10) + '         ' + x for x in problems or [])}", flush=True)
            if problems == [] and not options.keep:
                shutil.rmtree(options.out / case.name, ignore_errors=True)
    failed = sorted(name for name, (problems, _) in results.items() if problems)
    passed = sum(problems == [] for problems, _ in results.values())
    cannot = sum(problems is None for problems, _ in results.values())
    if options.all:
        options.report.parent.mkdir(exist_ok=True)
        options.report.write_text(report.text(options.chosen, results, versions))
        print(f"table: {options.report}")
    print(f"interop: {passed} passed, {len(failed)} failed, {cannot} the daemon cannot do; {time.monotonic() - begun:.0f} s")
    seen = [facts["tshark"] for _, facts in results.values() if facts.get("tshark")]
    print("tshark: {} captures, {} messages decrypted, {} put together from {} fragments".format(
        len(seen), *(sum(each[key] for each in seen) for key in ("decrypted", "reassembled", "fragments"))))
    for name in failed:
        print(f"  kept: {options.out / name}")
    # A run that judged nothing has not passed.
    if not passed or (options.all or options.newer or options.ci) and not seen:
        print("interop: nothing was judged")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
