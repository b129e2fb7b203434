"""Makes the captures of tests/captures-fingerprint: IKE_SA_INIT of daemons, older and newer, each with settings that change what it sends.

    fingerprints.py OUT [NAME..] [--list]     as root; names may be shell patterns

OUT/NAME.pcap is what the initiator's end saw; OUT/again has those recorded when the rules had been mended. NAME is INITIATOR-RESPONDER-what: `charon5` and `charon6`, `pluto4` and `pluto5`, `iked72` and `iked74`.
Needs what the other scripts of this folder need, and roots.sh install trixie sid.
"""

import argparse
import fnmatch
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from cause_bench import HERE, THEM, US, Bench
from diagnose_cases import IKE

ROOTS = pathlib.Path(os.environ.get("IKEPEER_ROOTS", "/var/tmp/ikev2-peers"))
CHROOT = {"charon6": ROOTS / "sid", "pluto5": ROOTS / "trixie", "iked74": ROOTS / "trixie"}
# Both ends of libreswan and OpenIKED know these.
LSW_IKE, IKED_IKE = "aes256-sha2_256;dh14", "ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"
LSW_ESP, IKED_ESP = "aes256-sha1", "childsa enc aes-256 auth hmac-sha1"
ENDS = {"initiator": ("carol.peer.test", "moon.peer.test"), "responder": ("moon.peer.test", "carol.peer.test")}


def charon(over=None, extra="", kind="charon5", ike=IKE, **settings):
    def start(bench, initiator):
        both = {"proposals": ike, **(over or {}), "children": {"net": {"esp_proposals": "aes256-sha1"}}}
        return bench.charon(both, initiator=initiator, extra=extra, chroot=CHROOT.get(kind), **settings)

    return start


def pluto(kind="pluto4", profile="psk", ike=LSW_IKE, conn="", words=()):
    def start(bench, initiator):
        env = {"IKEPEER_LSW_CONN": conn, "IKEPEER_CHROOT": str(CHROOT.get(kind, ""))}
        side = "initiator" if initiator else "responder"
        env |= dict(zip(("IKEPEER_SERVER_ID", "IKEPEER_CLIENT_ID"), ENDS[side], strict=True))
        ends = [bench.a, US, THEM] if initiator else [bench.b, THEM, US]
        ends = [word for pair in zip(("--netns", "--addr", "--client-addr"), ends, strict=True) for word in pair]
        ike_words = ["--ike", ike] if ike else []
        bench.daemon("libreswan.sh", side, "up", profile, *ends, *ike_words, "--esp", LSW_ESP, *words, env=env)
        return env

    return start


def iked(kind="iked72", profile="psk", ike=IKED_IKE, words=(), line=""):
    def start(bench, initiator):
        env = {"IKEPEER_CHROOT": str(CHROOT.get(kind, "")), "IKEPEER_IKED_SET": line}
        side = "initiator" if initiator else "responder"
        env |= dict(zip(("IKEPEER_SERVER_ID", "IKEPEER_CLIENT_ID"), ENDS[side], strict=True))
        ends = ["--netns", bench.a, "--addr", US, "--client-addr", THEM, "--role", "initiator"] if initiator else ["--netns", bench.b, "--addr", THEM, "--client-addr", US]
        ike_words = ["--ike", ike, "--esp", IKED_ESP] if ike else []
        bench.daemon("openiked.sh", side, "up", profile, *ends, *ike_words, *words, env=env)
        return env

    return start


KEM, GCM = "aes256-sha256-modp2048-ke1_mlkem768", "aes256gcm16-prfsha384-ecp384"
# Name: who initiates, who responds.
CASES = {
    "charon6-charon6-default": (charon(kind="charon6", ike="default"), charon(kind="charon6", ike="default")),
    "charon6-charon6-mlkem": (charon(kind="charon6", ike=KEM), charon(kind="charon6", ike=KEM)),
    "charon6-charon5-gcm": (charon(kind="charon6", ike=GCM), charon(ike=GCM)),
    "charon5-charon6-vendor-id": (charon(extra="send_vendor_id = yes"), charon(kind="charon6", extra="send_vendor_id = yes")),
    "charon5-charon6-flexvpn": (charon(extra="send_vendor_id = yes\ncisco_flexvpn = yes"), charon(kind="charon6")),
    "charon6-charon5-no-redirect": (charon(kind="charon6", extra="follow_redirects = no"), charon()),
    "charon5-charon6-no-hashes": (charon(extra="signature_authentication = no"), charon(kind="charon6", extra="signature_authentication = no")),
    "charon6-charon5-one-auth": (charon(kind="charon6"), charon(extra="multiple_authentication = no")),
    "charon5-charon5-no-fragments": (charon({"fragmentation": "no"}), charon({"fragmentation": "no"})),
    "charon6-pluto5-psk": (charon(kind="charon6"), pluto("pluto5")),
    "charon6-pluto5-rsa": (charon(kind="charon6"), pluto("pluto5", "rsa-2048")),
    "charon5-pluto4-vendor-id": (charon(), pluto(conn="    send-vendorid=yes")),
    "charon5-pluto4-fake": (charon(), pluto(conn="    fake-strongswan=yes")),
    "charon6-pluto5-intermediate": (charon(kind="charon6"), pluto("pluto5", conn="    intermediate=yes")),
    "charon5-pluto5-ppk": (charon(), pluto("pluto5", conn="    ppk=yes")),
    "pluto5-charon6-psk": (pluto("pluto5"), charon(kind="charon6")),
    "pluto5-charon6-default": (pluto("pluto5", ike=""), charon(kind="charon6", ike="default")),
    "pluto5-charon5-rsa": (pluto("pluto5", "rsa-2048"), charon()),
    "pluto5-charon5-ecdsa": (pluto("pluto5", "ecdsa"), charon()),
    "pluto4-charon6-rsa": (pluto("pluto4", "rsa-2048"), charon(kind="charon6")),
    "pluto5-pluto4-intermediate": (pluto("pluto5", conn="    intermediate=yes\n    ppk=yes"), pluto()),
    "pluto4-pluto5-vendor-id": (pluto(conn="    send-vendorid=yes"), pluto("pluto5", conn="    send-vendorid=yes")),
    "pluto4-pluto5-fake": (pluto(conn="    fake-strongswan=yes"), pluto("pluto5", conn="    fake-strongswan=yes")),
    "pluto5-pluto5-no-fragments": (pluto("pluto5", words=("--fragmentation", "no")), pluto("pluto5", words=("--fragmentation", "no"))),
    "pluto5-iked74-psk": (pluto("pluto5"), iked("iked74")),
    "charon6-iked74-psk": (charon(kind="charon6"), iked("iked74")),
    "charon6-iked74-rsa": (charon(kind="charon6"), iked("iked74", "rsa-2048")),
    "iked74-charon6-psk": (iked("iked74"), charon(kind="charon6")),
    "iked74-pluto5-psk": (iked("iked74"), pluto("pluto5")),
    "iked72-pluto5-psk": (iked(), pluto("pluto5")),
    "iked74-charon5-default": (iked("iked74", ike=""), charon(ike="default")),
    "iked74-iked74-no-fragments": (iked("iked74", words=("--fragmentation", "no")), iked("iked74", words=("--fragmentation", "no"))),
}

BOTH, SILENT = "    send-vendorid=yes\n    fake-strongswan=yes", "set novendorid"
# Recorded when the rules had been mended for what the others show.
AGAIN = {
    "charon6-charon6-chacha": (charon(kind="charon6", ike="chacha20poly1305-prfsha256-x25519"), charon(kind="charon6", ike="chacha20poly1305-prfsha256-x25519")),
    "charon5-charon6-childless": (charon({"childless": "force"}), charon({"childless": "force"}, kind="charon6")),
    "charon6-charon5-never-childless": (charon({"childless": "prefer"}, kind="charon6"), charon({"childless": "allow"})),
    "charon6-charon6-mlkem1024": (charon(kind="charon6", ike="aes256-sha384-mlkem1024"), charon(kind="charon6", ike="aes256-sha384-mlkem1024")),
    "charon5-charon6-sha1": (charon(ike="3des-sha1-modp1024"), charon(kind="charon6", ike="3des-sha1-modp1024")),
    "charon6-charon5-vendor-one-auth": (charon(kind="charon6", extra="send_vendor_id = yes"), charon(extra="send_vendor_id = yes\nmultiple_authentication = no")),
    "charon5-pluto5-ecdsa": (charon(), pluto("pluto5", "ecdsa")),
    "charon6-pluto4-fake-rsa": (charon(kind="charon6"), pluto("pluto4", "rsa-2048", conn="    fake-strongswan=yes")),
    "charon6-pluto5-gcm": (charon(kind="charon6", ike=GCM), pluto("pluto5", "psk-gcm", ike="")),
    "charon5-iked72-silent": (charon(), iked(line=SILENT)),
    "charon6-iked74-silent-rsa": (charon(kind="charon6"), iked("iked74", "rsa-2048", line=SILENT)),
    "pluto5-charon6-fake-rsa": (pluto("pluto5", "rsa-2048", conn="    fake-strongswan=yes"), charon(kind="charon6")),
    "pluto4-charon5-both-ids": (pluto(conn=BOTH), charon()),
    "pluto5-charon5-fake": (pluto("pluto5", conn="    fake-strongswan=yes"), charon()),
    "pluto4-pluto4-frag-no": (pluto(profile="frag-no"), pluto(profile="frag-no")),
    "pluto5-pluto5-intermediate": (pluto("pluto5", conn="    intermediate=yes\n    ppk=yes"), pluto("pluto5", conn="    intermediate=yes\n    ppk=yes")),
    "pluto4-iked72-psk": (pluto(), iked()),
    "pluto5-iked74-silent": (pluto("pluto5"), iked("iked74", line=SILENT)),
    "iked72-charon6-silent": (iked(line=SILENT), charon(kind="charon6")),
    "iked74-pluto4-silent": (iked("iked74", line=SILENT), pluto()),
    "iked74-iked72-rsa": (iked("iked74", "rsa-2048"), iked(profile="rsa-2048")),
    "iked74-iked74-silent-default": (iked("iked74", ike="", line=SILENT), iked("iked74", ike="", line=SILENT)),
}
CASES |= {f"again/{name}": ends for name, ends in AGAIN.items()}


def make(name, bench, out):
    command = [sys.executable, str(HERE / "path.py"), "--a", bench.a, "--b", bench.b, "--counters", str(bench.work / "counters.json")]
    command += ["--a-addr", f"{US}/24", "--b-addr", f"{THEM}/24", "--pcap-a", str(out / f"{name}.pcap")]
    path = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        if path.stdout.readline().strip() != "ready":
            raise RuntimeError(f"path: {path.stdout.read()}")
        first, second = CASES[name]
        second(bench, False)
        run = first(bench, True)
        if bench.scripts["initiator"] == "strongswan.sh":
            bench.connect(run, 6)
        else:
            bench.daemon(bench.scripts["initiator"], "initiator", "initiate", *(["5"] if bench.scripts["initiator"] == "libreswan.sh" else []), env=run)
            time.sleep(4)
    finally:
        path.stdin.close()
        path.wait(10)
        bench.end()


def main():
    p = argparse.ArgumentParser(description="IKE_SA_INIT of daemons with settings that change what they send")
    p.add_argument("out", type=pathlib.Path, nargs="?")
    p.add_argument("names", nargs="*")
    p.add_argument("--list", action="store_true")
    options = p.parse_args()
    if options.list or not options.out:
        print("\n".join(CASES))
        return 0
    out = options.out.resolve()
    (out / "again").mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.gettempdir()) / "ikf"
    shared = work / "shared"
    shared.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(HERE / "certs.sh"), str(shared / "certs"), "rsa4096", "rsa2048", "p256"], check=True, stdout=subprocess.DEVNULL)
    failed = 0
    for name in CASES:
        if options.names and not any(fnmatch.fnmatchcase(name, pattern) for pattern in options.names):
            continue
        bench = Bench(work, name, shared, "f")
        try:
            bench.leftovers()
            make(name, bench, out)
            print(f"ok     {name}", flush=True)
        except (RuntimeError, subprocess.SubprocessError, OSError) as error:
            failed += 1
            print(f"FAILED {name}: {error}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
