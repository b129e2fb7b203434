#!/usr/bin/env python3
"""What a handshake costs its responder: strongSwan's charon and `ike handshake respond`, asked by the same initiator, in turn.

    rate.py --ike PATH [--count 400] [--rounds 3]

Over loopback, AES-256-GCM, PRF_HMAC_SHA2_256, X25519: a shared key, RSA-2048 and ECDSA P-256 on both sides, one Child SA, and the Delete at
the end. The figure is the processor time of the responder's process, user and system, a handshake; the median of the rounds. charon writes
no log and talks to tests/interop/fakekernel.c, `ike` prints nothing but its last line. Needs what run.sh needs.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
IKE, ESP = "aes256gcm16-prfsha256-x25519", "aes256gcm16"
PROFILES = {"shared key": "psk", "RSA-2048": "rsa-2048", "ECDSA P-256": "ecdsa"}
FAMILIES = {"RSA-2048": "rsa2048", "ECDSA P-256": "p256"}
SERVER, CLIENT = "moon.peer.test", "carol.peer.test"
PSK = bytes(range(32)).hex()
OURS = ("15600", "15650")


def spent(pid):
    """Seconds of processor time of a process so far, all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def proof(certs, name, side):
    if name == "shared key":
        return ["--psk-hex", PSK]
    family = FAMILIES[name]
    return ["--cert", f"{certs}/{family}-{side}.cert.pem", "--key", f"{certs}/{family}-{side}.key.pem", "--ca", f"{certs}/{family}-root.cert.pem"]


def ask(ike, certs, name, ports, count):
    """So many handshakes, one after the other; each has to be set up, with its Child SA."""
    words = [ike, "handshake", "initiate", "127.0.0.1", "--port", ports[0], "--natt-port", ports[1], "--marker", "auto", "--quiet", "--do", "delete"]
    words += ["--id", CLIENT, "--peer-id", SERVER, "--ike", IKE, "--esp", ESP, "--ts-local", "10.77.2.0/24", "--ts-remote", "10.77.1.0/24"]
    for _ in range(count):
        done = subprocess.run([*words, *proof(certs, name, "client")], capture_output=True, text=True, check=False)
        if done.returncode or '"verdict":"established"' not in done.stdout:
            sys.exit(f"{name}, port {ports[0]}: {done.stdout}{done.stderr}")


def by_charon(options, certs, name, chroot, state):
    script = str(HERE / "strongswan.sh")
    environment = {**os.environ, "IKEPEER_DIR": state, "IKEPEER_CERTS": certs, "IKEPEER_LOG_LEVEL": "-1"}
    if chroot:
        environment["IKEPEER_CHROOT"] = chroot
    said = subprocess.run([script, "up", PROFILES[name], "--ike", IKE.replace("x25519", "curve25519"), "--esp", ESP], env=environment, capture_output=True, text=True, check=True).stdout
    peer = dict(line.split("=", 1) for line in said.splitlines() if line.startswith("IKEPEER_"))
    try:
        ports = (peer["IKEPEER_PORT"], peer["IKEPEER_NATT_PORT"])
        ask(options.ike, certs, name, ports, 5)
        before = spent(peer["IKEPEER_PID"])
        ask(options.ike, certs, name, ports, options.count)
        return (spent(peer["IKEPEER_PID"]) - before) / options.count
    finally:
        subprocess.run([script, "down"], env=environment, capture_output=True, check=True)


def by_us(options, certs, name):
    words = [options.ike, "handshake", "respond", "--local", "127.0.0.1", "--port", OURS[0], "--natt-port", OURS[1], "--marker", "auto", "--quiet"]
    words += ["--id", SERVER, "--ike", IKE, "--esp", ESP, "--ts-local", "10.77.1.0/24", "--ts-remote", "10.77.2.0/24", "--count", "1000000", "--seconds", "86400"]
    with subprocess.Popen([*words, *proof(certs, name, "server")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as responder:
        try:
            ask(options.ike, certs, name, OURS, 5)
            before = spent(responder.pid)
            ask(options.ike, certs, name, OURS, options.count)
            return (spent(responder.pid) - before) / options.count
        finally:
            responder.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ike", required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    subprocess.run([HERE / "strongswan.sh", "install"], capture_output=True, check=True)
    subprocess.run([HERE / "roots.sh", "install", "sid"], check=True)
    sid = subprocess.run([HERE / "roots.sh", "path", "sid"], capture_output=True, text=True, check=True).stdout.strip()
    # The path of a control socket ends at 107 octets.
    with tempfile.TemporaryDirectory(prefix="ikev2-rate.") as folder:
        certs = f"{folder}/certs"
        subprocess.run([HERE / "certs.sh", certs, *FAMILIES.values()], capture_output=True, check=True)
        print("| authentication | charon 5.9.8, ms | charon 6, ms | ike, ms | ratio to the faster charon |\n|---|--:|--:|--:|--:|")
        for name in PROFILES:
            rows = []
            for _ in range(options.rounds):
                rows.append((by_charon(options, certs, name, "", f"{folder}/5"), by_charon(options, certs, name, sid, f"{folder}/6"), by_us(options, certs, name)))
            five, six, ours = (1000 * statistics.median(column) for column in zip(*rows, strict=True))
            print(f"| {name} | {five:.2f} | {six:.2f} | {ours:.2f} | {ours / min(five, six):.2f} |", flush=True)


if __name__ == "__main__":
    main()
