"""One daemon in namespaces of its own, asked many requests at a time: for lenient.py, which starts this as `lenient_ask.py NAME`.

A line on standard input is JSON: {"policy": TEXT} starts the daemon, anew when it runs, and is answered {"version": ..}; {"ask": [HEX, ..]} is
answered {"said": [.., ..], "ended": ..} with one entry a request: ["sa", NUMBER] for SA, KE and Nonce, the number of an error notify, or "silent".
"""

import collections
import json
import os
import pathlib
import select
import struct
import subprocess
import sys
import time

from answer import read_sa, unchain
from framing import KE, NONCE, SA
from peers import SCRIPTS, Libreswan, Libreswan5, OpenIked, OpenIked74, StrongSwan, StrongSwan6

HERE = pathlib.Path(__file__).resolve().parent
DAEMONS = {"c5": StrongSwan, "c6": StrongSwan6, "p4": Libreswan, "p5": Libreswan5, "i2": OpenIked, "i4": OpenIked74}
NOTIFY, FIRST_STATUS = 41, 16384
# Requests that wait for their answer at one time; how long each does, in seconds; how often a silent one is asked, with another SPI each time.
WINDOW, PATIENCE, TRIES = 64, 1.2, 2
# How often a daemon is started before it is given up.
STARTS = 4


def said(answer):
    """What an answer to IKE_SA_INIT comes to; None when nobody can tell."""
    payloads = unchain(answer[16], answer[28:])
    first = {kind: body for kind, body in reversed(payloads)}
    if SA in first and KE in first and NONCE in first and (chosen := read_sa(first[SA])):
        return ["sa", chosen[0]]
    notifies = [struct.unpack("!H", body[2:4])[0] for kind, body in payloads if kind == NOTIFY and len(body) >= 4]
    return next((number for number in notifies if number < FIRST_STATUS), None)


class Round:
    """Requests under way, each under an SPI that nothing else has."""

    def __init__(self, peer, sock, messages):
        self.peer, self.sock = peer, sock
        self.waiting = collections.deque(messages)
        self.open, self.found = {}, {}

    def send(self):
        while self.waiting and len(self.open) < WINDOW:
            place, message = self.waiting.popleft()
            spi = os.urandom(8)
            self.open[spi] = (place, time.monotonic() + PATIENCE)
            self.sock.sendto(self.peer.marker + spi + message[8:], self.peer.at)

    def receive(self):
        first = next(iter(self.open.values()))[1]
        if not select.select([self.sock], [], [], max(0, first - time.monotonic()))[0]:
            return
        answer = self.sock.recv(65536)
        if self.peer.marker and answer[:4] == bytes(4):
            answer = answer[4:]
        if len(answer) >= 28 and answer[:8] in self.open:
            place, _ = self.open.pop(answer[:8])
            if (word := said(answer)) is not None:
                self.found[place] = word

    def expire(self):
        for spi in [spi for spi, (_, end) in self.open.items() if end <= time.monotonic()]:
            del self.open[spi]

    def run(self):
        while self.waiting or self.open:
            self.send()
            self.receive()
            self.expire()
        return self.found


class Worker:
    def __init__(self, name):
        self.daemon = DAEMONS[name]()
        spaces = {variable: f"ikl{os.getpid()}-{name}" for variable in ("IKEPEER_LSW_NS", "IKEPEER_IKED_NS")}
        self.daemon.env = {**self.daemon.env, **spaces}
        self.sock = self.policy = None

    def start(self, policy):
        self.stop()
        self.up(policy)
        self.sock, self.policy = self.daemon.peer.open_socket(), policy
        # iked takes up its policies some time after it has started.
        time.sleep(1)
        return {"version": self.daemon.info["VERSION"]}

    def up(self, policy):
        # Never a reload: pluto 5.2 is not to lose a connection that has IKE SAs.
        for left in reversed(range(STARTS)):
            try:
                return self.daemon.up("psk", "--ike", policy)
            except RuntimeError:
                # On a busy machine a namespace may be gone and its interface still there.
                self.daemon.down()
                if not left:
                    raise
                time.sleep(2)

    def stop(self):
        if self.sock:
            self.sock.close()
            self.daemon.down()
            self.sock = None

    def runs(self):
        script = [str(SCRIPTS / self.daemon.script), "status"]
        return subprocess.run(script, env={**os.environ, **self.daemon.env}, capture_output=True, check=False).returncode == 0

    def ask(self, messages):
        found = {}
        for _ in range(TRIES):
            silent = [(place, message) for place, message in enumerate(messages) if place not in found]
            found.update(Round(self.daemon.peer, self.sock, silent).run())
            if not self.runs():
                self.start(self.policy)
                return {"said": [found.get(place, "silent") for place in range(len(messages))], "ended": True}
        return {"said": [found.get(place, "silent") for place in range(len(messages))], "ended": False}


class Asked:
    """A worker, from the outside."""

    def __init__(self, name, state):
        self.name = name
        command = ["unshare", "-n", "-m", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", sys.executable, str(HERE / "lenient_ask.py"), name]
        env = {**os.environ, "IKEV2_PEER_STATE": str(state)}
        self.process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name}: its worker has ended")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait(60)


def main():
    worker = Worker(sys.argv[1])
    try:
        for line in sys.stdin:
            order = json.loads(line)
            done = worker.start(order["policy"]) if "policy" in order else worker.ask([bytes.fromhex(text) for text in order["ask"]])
            print(json.dumps(done), flush=True)
    finally:
        worker.stop()


if __name__ == "__main__":
    main()
