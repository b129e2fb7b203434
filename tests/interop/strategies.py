#!/usr/bin/env python3
"""The simulation beside a real handshake: strongSwan answers `ike handshake` over three paths, and both are counted.

    strategies.py [--runs 30] [--out FOLDER] [--again]

For each path: namespaces joined by path.py, charon (an RSA-4096 chain, so that IKE_AUTH takes fragments both ways) at one end, the example
at the other, so many handshakes one after the other. The captures of both ends say how many datagrams the IKE_AUTH request took, and how
long it was under way until its last fragment was there. `ike compare` simulates the same message and answer over the same path.
Measured figures have to lie where the same number of simulated runs lies in all but 1 of 180 cases, so that nine together do in 95 of
100; times of 10 ms more than that are taken for the forwarder's and the machine's. Exit status 0: they do.

Needs what run.sh needs (root, /dev/net/tun, strongSwan by apt-get), and `ike` built with --release.
"""

import argparse
import csv
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
US, THEM = "192.0.2.1", "192.0.2.2"
IKE_AUTH, SK, SKF = 35, 46, 53
# AES-GCM-16: IKE header, payload header, IV, Pad Length, ICV; of a fragment 4 more.
AROUND = {SK: 28 + 4 + 8 + 1 + 16, SKF: 28 + 8 + 8 + 1 + 16}
# The example's: 1 s, doubled, given up after 20 s.
TIMERS = "1,200,16,20"
# As path.py holds back a packet and as the simulation does.
HELD_BACK_MS = 20
SLACK_S = 0.010

# name, fragment size, options of path.py, options of `ike compare`, handshakes at most
PATHS = [
    ("loss 8 %, RTT 80 ms", 1280, ["--loss", "8", "--delay", "40"], ["--loss", "8", "--rtt", "80"], 1000),
    (
        "bursts, RTT 40 ms, reordered",
        576,
        ["--burst", "3,30,80", "--delay", "20", "--reorder", f"10,{HELD_BACK_MS}"],
        ["--gilbert", "3,30,80", "--rtt", "40", "--reorder", "10"],
        1000,
    ),
    (
        "128 kbit/s, RTT 40 ms, loss 2 %",
        576,
        ["--rate", "a2b:128", "--queue", "a2b:40", "--delay", "20", "--loss", "2"],
        ["--rate", "128", "--queue", "23040", "--rtt", "40", "--loss", "2"],
        1000,
    ),
    # The tail of a burst is dropped each time: nobody gets through, and each handshake takes its 20 s to find out. path.py counts the
    # packet being sent as one of the queue, the simulation only those behind it.
    (
        "queue of 6 packets, 256 kbit/s",
        576,
        ["--rate", "a2b:256", "--queue", "a2b:6", "--delay", "20"],
        ["--rate", "256", "--queue", str(5 * 576), "--rtt", "40"],
        4,
    ),
]


class Message:
    """An IKE message in a capture."""

    def __init__(self, at, octets):
        self.at, self.octets = at, octets
        self.sa, self.next = octets[:8], octets[16]
        self.exchange, self.response = octets[18], bool(octets[19] & 0x20)
        self.number, self.total = struct.unpack("!HH", octets[32:36]) if self.next == SKF else (1, 1)
        self.content = len(octets) - AROUND.get(self.next, 0)


def messages(path):
    """The IKE_AUTH messages of a capture of raw IPv4 packets."""
    data = path.read_bytes()
    at = 24
    while at + 16 <= len(data):
        seconds, micros, size = struct.unpack("<III", data[at : at + 12])
        packet, at = data[at + 16 : at + 16 + size], at + 16 + size
        head = (packet[0] & 15) * 4
        if packet[0] >> 4 != 4 or packet[9] != 17:
            continue
        octets = packet[head + 8 :]
        octets = octets[4:] if octets[:4] == bytes(4) else octets
        if len(octets) > 36 and octets[18] == IKE_AUTH:
            yield Message(seconds + micros / 1e6, octets)


def measured(ours, theirs):
    """For each handshake: (delivery time or None, request datagrams sent), and the two messages' contents and counts."""
    runs, shapes = {}, {}
    for message in messages(ours):
        shapes.setdefault(message.response, {})[message.number, message.total] = message.content
        if not message.response:
            run = runs.setdefault(message.sa, {"first": message.at, "sent": 0, "there": set(), "whole": None})
            run["sent"] += 1
    for message in messages(theirs):
        if not message.response and message.sa in runs:
            run = runs[message.sa]
            run["there"].add(message.number)
            if len(run["there"]) == message.total and run["whole"] is None:
                run["whole"] = message.at
    results = [(run["whole"] and run["whole"] - run["first"], run["sent"]) for run in runs.values()]
    size = {}
    for response, shape in shapes.items():
        totals = {total for _, total in shape}
        # Contents differ by a few octets from one handshake to the next only if the messages do: they must not.
        assert len(totals) == 1 and len(shape) == max(totals), f"not one shape of message: {sorted(shape)}"
        size[response] = (sum(shape.values()), max(totals))
    return results, size


def simulated(options, size, path):
    """As many runs as are worth having, by `ike compare`."""
    (content, count), (answer, _) = path["size"][False], path["size"][True]
    out = options.out / "simulated"
    words = [str(options.ike), "compare", "--path", "custom", *path["simulation"], "--strategy", f"fixed-{size}", "--size", str(content)]
    words += ["--answer", f"{answer},{size}", "--timers", TIMERS, "--runs", "5000", "--seed", "1", "--out", str(out)]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print("  simulated: " + " ".join(words[1:-2]))
    with open(out / "runs.csv", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"] == "custom"]
    assert min(int(row["datagrams"]) for row in rows) % count == 0, f"the splitter makes another number of fragments than {count}"
    return [(float(row["time_ms"]) / 1000 if row["delivered"] == "1" else None, int(row["datagrams"])) for row in rows]


def figures(runs):
    """What is compared: share delivered in the first second, median time, datagrams."""
    times = [time for time, _ in runs if time is not None]
    return {
        "delivered within 1 s, %": 100 * sum(time <= 1 for time in times) / len(runs),
        "median time, s": statistics.median(times) if times else float("inf"),
        "datagrams of the request": statistics.mean(sent for _, sent in runs),
    }


def interval(runs, count):
    """Where the figures of `count` simulated runs lie, but for 1 in 180."""
    dice = random.Random(1)
    drawn = [figures(dice.choices(runs, k=count)) for _ in range(4000)]
    ranges = {}
    for name in drawn[0]:
        values = sorted(each[name] for each in drawn)
        ranges[name] = values[int(len(values) / 360)], values[-1 - int(len(values) / 360)]
    return ranges


def handshakes(options, number, size, words, count):
    """Runs the handshakes of one path; its captures."""
    a, b = f"ikc{os.getpid()}-{number}a", f"ikc{os.getpid()}-{number}b"
    folder = options.out / f"path{number}"
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = folder / "ours.pcap", folder / "theirs.pcap"
    if options.again:
        return ours, theirs
    line = [sys.executable, str(options.tools / "path.py"), "--a", a, "--b", b, "--pcap-a", str(ours), "--pcap-b", str(theirs)]
    line += ["--counters", str(folder / "counters.json"), "--seed", str(number), *words]
    env = {**os.environ, "IKEPEER_DIR": str(options.state / f"charon{number}"), "IKEPEER_CERTS": str(options.state / "certs")}
    path = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    swan = str(options.tools / "strongswan.sh")
    verdicts = []
    try:
        if path.stdout.readline().strip() != "ready":
            sys.exit("path.py did not start")
        up = [swan, "up", "rsa-chain-4096", "--netns", b, "--addr", THEM, "--client-addr", US, "--port", "500", "--natt-port", "4500"]
        up += ["--ike", "aes128gcm16-prfsha256-ecp256", "--esp", "aes128gcm16", "--fragmentation", "yes", "--fragment-size", str(size), "--keylog", "no"]
        subprocess.run(up, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        certs = options.state / "certs"
        family = "rsa4096"
        chain = [f"{family}-client"] + [name for name in (f"{family}-cint2", f"{family}-cint1") if (certs / f"{name}.cert.pem").exists()]
        mine = ["ip", "netns", "exec", a, str(options.ike), "handshake", "initiate", THEM, "--local", US, "--id", "carol.peer.test", "--peer-id", "moon.peer.test"]
        mine += [word for name in chain for word in ("--cert", str(certs / f"{name}.cert.pem"))]
        mine += ["--key", str(certs / f"{family}-client.key.pem"), "--ca", str(certs / f"{family}-root.cert.pem"), "--mtu", str(size)]
        mine += ["--ike", "aes128gcm16-prfsha256-ecp256", "--esp", "aes128gcm16", "--ts-local", "10.77.2.0/24", "--ts-remote", "10.77.1.0/24"]
        mine += ["--do", "wait=0", "--timeout", "20", "--quiet"]
        for run in range(count):
            done = subprocess.run(mine, capture_output=True, text=True, check=False, timeout=120)
            verdicts.append(done.returncode)
            if done.returncode not in (0, 3):
                print(done.stdout[-1500:], done.stderr[-500:])
                sys.exit(f"handshake {run} failed: {done.returncode}")
    finally:
        subprocess.run([swan, "down"], env=env, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path.stdin.close()
        path.wait(10)
    print(f"  measured: {count} handshakes, {verdicts.count(0)} complete; path.py {' '.join(words)}")
    return ours, theirs


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--runs", type=int, default=30)
    p.add_argument("--again", action="store_true", help="read the captures of the run before instead")
    p.add_argument("--out", type=pathlib.Path, default=ROOT / "target/interop-strategies")
    p.add_argument("--tools", type=pathlib.Path, default=HERE, help="where path.py and strongswan.sh are")
    p.add_argument("--ike", type=pathlib.Path, default=ROOT / "target/release/ike")
    options = p.parse_args()
    if os.geteuid():
        sys.exit("namespaces and daemons need root")
    options.out.mkdir(parents=True, exist_ok=True)
    outside, rows = [], []
    with tempfile.TemporaryDirectory(prefix="ikc") as state:
        # The path of a control socket ends at 107 octets.
        options.state = pathlib.Path(state)
        subprocess.run([str(options.tools / "strongswan.sh"), "certs", "rsa4096"], env={**os.environ, "IKEPEER_CERTS": str(options.state / "certs")},
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        answers = {}
        for number, (name, size, words, simulation, most) in enumerate(PATHS):
            print(name, flush=True)
            real, shape = measured(*handshakes(options, number, size, words, min(most, options.runs)))
            # Where nothing is answered, the answer is that of the path before.
            answers[size] = shape.setdefault(True, answers.get(size))
            model = simulated(options, size, {"size": shape, "simulation": simulation})
            print(f"  request {shape[False][0]} octets in {shape[False][1]} fragments of {size}, answer {shape[True][0]} in {shape[True][1]}")
            mine, expected, ranges = figures(real), figures(model), interval(model, len(real))
            for figure, value in mine.items():
                low, high = ranges[figure]
                slack = SLACK_S if figure.endswith(", s") else 0
                fits = low - 1e-9 <= value <= high + slack + 1e-9
                rows.append((name, figure, len(real), value, expected[figure], low, high, fits))
                outside += [] if fits else [f"{name}: {figure}"]
    print("\n| path | figure | handshakes | measured | simulated | interval | |\n|---|---|--:|--:|--:|--:|---|")
    for name, figure, count, value, model, low, high, fits in rows:
        print(f"| {name} | {figure} | {count} | {value:.3f} | {model:.3f} | {low:.3f} to {high:.3f} | {'in' if fits else 'OUT'} |")
    for each in outside:
        print(f"outside: {each}")
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
