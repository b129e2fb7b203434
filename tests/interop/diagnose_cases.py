#!/usr/bin/env python3
"""Makes the captures of tests/captures-diagnose: failures of real daemons on a path with defects.

    diagnose_cases.py OUT [NAME..]      as root; OUT/NAME-a.pcap is what the initiator's end saw, NAME-b.pcap what the responder's did

Needs what the other scripts of this folder need. strongSwan initiates but where it says so; tools/tests/cli/diagnose/cases.rs has what is to be found.
"""

import os
import pathlib
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
US, THEM, NAT = "192.0.2.1", "192.0.2.2", "198.51.100.1"
PSK = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
WRONG = "0x00"
IKE, ESP = "aes256-sha256-modp2048", "aes128gcm16"
# A short patience makes small captures: 1, 1.8, 3.2 and 5.8 seconds.
IMPATIENT = "retransmit_timeout = 1.0\nretransmit_tries = 3"


class Place:
    """Namespaces and folders of one case."""

    def __init__(self, work, name, shared=None, job=""):
        self.work, self.name, self.shared = work, name, shared or work
        self.a, self.b, self.c = (f"ikd{os.getpid()}{job}{end}" for end in "abc")
        self.certs = self.shared / "certs"
        self.started = []

    def daemon(self, script, folder, *words, env=None):
        state = {"strongswan.sh": "IKEPEER_DIR", "libreswan.sh": "IKEPEER_LSW_DIR", "openiked.sh": "IKEPEER_IKED_DIR"}[script]
        variables = {**os.environ, state: str(self.work / folder), "IKEPEER_CERTS": str(self.certs), **(env or {})}
        variables["IKEPEER_LSW_ROOT"] = str(self.shared / "libreswan-root")
        done = subprocess.run([str(HERE / script), *words], env=variables, capture_output=True, text=True, check=False, timeout=400)
        if done.returncode and words[0] == "up":
            raise RuntimeError(f"{script} {words}: {done.stderr}")
        if words[0] == "up":
            self.started.append((script, folder))
        return done

    def responder(self, profile, *words, client=US, namespace=None, folder="responder", script="strongswan.sh", env=None):
        extra = {"IKEPEER_EXTRA_CONF": IMPATIENT, **(env or {})}
        ports = ["--port", "500", "--natt-port", "4500"] if script == "strongswan.sh" else []
        self.daemon(script, folder, "up", profile, "--netns", namespace or self.b, "--addr", THEM, "--client-addr", client, *ports, *words, env=extra)

    def initiator(self, fragment_size=1280, **settings):
        """charon in namespace a, with a configuration of its own."""
        words = ["up", "psk", "--netns", self.a, "--addr", US, "--client-addr", THEM, "--port", "500", "--natt-port", "4500"]
        self.daemon("strongswan.sh", "initiator", *words, "--fragment-size", str(fragment_size), env={"IKEPEER_EXTRA_CONF": IMPATIENT})
        run = self.work / "initiator" / "run"
        (run / "swanctl.conf").write_text(configuration(run, self.certs, **settings))
        self.swanctl(run, "--load-all", "--clear", "--file", str(run / "swanctl.conf"))
        return run

    def swanctl(self, run, *words, timeout=60):
        env = {**os.environ, "SWANCTL_DIR": str(run), "STRONGSWAN_CONF": str(run / "strongswan.conf")}
        command = ["swanctl", *words, "--uri", f"unix://{run}/charon.vici"]
        return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=timeout)

    def connect(self, run, timeout=16):
        return self.swanctl(run, "--initiate", "--child", "net", "--timeout", str(timeout), timeout=timeout + 20)

    def end(self):
        for script, folder in reversed(self.started):
            self.daemon(script, folder, "down")


def configuration(run, certs, auth="psk", family="rsa4096", fragmentation="yes", ike=IKE, esp=ESP, secret=PSK, mobike="no", chain=None, password="Ar3etTnp", remote_ts="10.77.1.0/24", dpd="0s"):
    local = {"psk": "auth = psk", "eap": "auth = eap-mschapv2\n eap_id = carol"}.get(auth)
    remote = "auth = psk" if auth == "psk" else f"auth = pubkey\n cacerts = {certs}/{'rsa2048' if auth == 'eap' else 'rsa4096'}-root.cert.pem"
    authorities = ""
    if local is None:
        leaf = chain or f"{family}-client"
        local = f"auth = pubkey\n certs = {certs}/{leaf}.cert.pem"
        (run / "private").mkdir(exist_ok=True)
        shutil.copy(certs / f"{family}-client.key.pem", run / "private")
        names = [name for name in (f"{family}-cint1", f"{family}-cint2") if (certs / f"{name}.cert.pem").exists()]
        authorities = "authorities {\n" + "".join(f" {n} {{ cacert = {certs}/{n}.cert.pem }}\n" for n in names) + "}"
    return f"""connections {{ peer {{
 version = 2
 local_addrs = {US}
 remote_addrs = {THEM}
 proposals = {ike}
 fragmentation = {fragmentation}
 mobike = {mobike}
 dpd_delay = {dpd}
 send_cert = always
 local {{
 {local}
 id = carol.peer.test
 }}
 remote {{
 {remote}
 id = moon.peer.test
 }}
 children {{ net {{
  local_ts = 10.77.2.0/24
  remote_ts = {remote_ts}
  esp_proposals = {esp}
 }} }}
}} }}
secrets {{
 ike-any {{ secret = {secret} }}
 eap-carol {{
 id = carol
 secret = {password}
 }}
}}
{authorities}
"""


def chain_of(octets, certs, name):
    """A certificate of the client, issued by its last intermediate, that is so large by its alternative names."""
    target = certs / f"{name}.cert.pem"
    if target.exists():
        return
    names = ",".join(["DNS:carol.peer.test", *(f"DNS:{n:04d}.{'x' * 50}.carol.peer.test" for n in range(octets // 74))])
    extensions = certs / f"{name}.ext"
    extensions.write_text(f"basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=clientAuth\nsubjectAltName={names}\n")
    request = ["openssl", "req", "-new", "-key", str(certs / "rsa4096-client.key.pem"), "-subj", "/C=XX/O=IKE peer test/CN=carol.peer.test"]
    csr = subprocess.run(request, capture_output=True, check=True).stdout
    sign = ["openssl", "x509", "-req", "-days", "3650", "-extfile", str(extensions), "-CA", str(certs / "rsa4096-cint2.cert.pem")]
    sign += ["-CAkey", str(certs / "rsa4096-cint2.key.pem"), "-set_serial", "77", "-out", str(target)]
    subprocess.run(sign, input=csr, capture_output=True, check=True)


# Cases: options of the path, and what is done between the ends.


def plain(responder="psk", words=(), script="strongswan.sh", client=US, **initiator):
    def act(place):
        place.responder(responder, *words, script=script, client=client)
        place.connect(place.initiator(**initiator))

    return act


CERT = {"auth": "cert"}
NO_FRAGMENTATION = ("--fragmentation", "no")


def split(script):
    """UDP 4500 leads to another server."""

    def act(place):
        place.responder("psk")
        place.responder("psk", script=script, namespace=place.c, folder="second")
        place.connect(place.initiator(mobike="yes"))

    return act


def large(octets, fragment_size, script, profile):
    def act(place):
        chain_of(octets, place.certs, f"large{octets}")
        place.responder(profile, script=script)
        place.connect(place.initiator(auth="cert", fragment_size=fragment_size, chain=f"large{octets}"))

    return act


def nobody(place):
    """The host is there, and no daemon."""
    place.connect(place.initiator())


def dies(place):
    """The responder stops where it is, without a word and with its ports open."""
    place.responder("psk")
    place.connect(place.initiator(dpd="2s"))
    time.sleep(3)
    os.kill(int((place.work / "responder" / "run" / "charon.pid").read_text().split()[0]), signal.SIGSTOP)
    time.sleep(12)


def pfs(place):
    """Only the responder wants PFS, which is noticed when the child SA is rekeyed."""
    place.responder("psk", "--esp", "aes256-sha256-modp2048")
    run = place.initiator(esp="aes256-sha256")
    place.connect(run)
    time.sleep(1)
    place.swanctl(run, "--rekey", "--child", "net")
    time.sleep(2.5)


def changed(place):
    """The administrator mends the offer, and tries again."""
    place.responder("psk", "--ike", IKE)
    run = place.initiator(ike="aes128-sha1-modp1024")
    place.connect(run)
    (run / "swanctl.conf").write_text(configuration(run, place.certs))
    place.swanctl(run, "--load-all", "--clear", "--file", str(run / "swanctl.conf"))
    place.connect(run)


def windows_offer():
    """What a Windows 10 client offers by default: 18 proposals, one transform of each type, all with MODP_1024."""
    sha = [(2, 2), (5, 12), (6, 13)]
    suites = [(3, None), (12, 128), (12, 192), (12, 256)]
    proposals = [[(1, c, bits), (2, prf, None), (3, mac, None), (4, 2, None)] for c, bits in suites for prf, mac in sha]
    proposals += [[(1, 20, bits), (2, prf, None), (4, 2, None)] for bits in (128, 256) for prf, _ in sha]
    body = b""
    for number, transforms in enumerate(proposals, 1):
        inner = b""
        for place, (ty, ident, bits) in enumerate(transforms, 1):
            attribute = struct.pack("!HH", 0x800E, bits) if bits else b""
            inner += struct.pack("!BBHBBH", 3 if place < len(transforms) else 0, 0, 8 + len(attribute), ty, 0, ident) + attribute
        body += struct.pack("!BBHBBBB", 2 if number < len(proposals) else 0, 0, 8 + len(inner), number, 1, 0, len(transforms)) + inner
    return body


PROGRAM = """
import os, socket, sys, time
sys.path.insert(0, sys.argv[1])
import ike, struct
offer, groups, spi = bytes.fromhex(sys.argv[2]), [int(g) for g in sys.argv[3].split(',')], os.urandom(8)
vendors = [(43, bytes.fromhex(v)) for v in sys.argv[4].split(',') if v]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(('192.0.2.1', 500))
for group in groups:
    body = [(33, offer), (34, struct.pack('!HH', group, 0) + ike.ke_data(group)), (40, os.urandom(32)), *vendors]
    first, octets = ike.chain(body)
    head = spi + bytes(8) + struct.pack('!BBBBII', first, 0x20, 34, 0x08, 0, 28 + len(octets))
    sock.sendto(head + octets, ('192.0.2.2', 500))
    sock.settimeout(3)
    print(sock.recv(4096)[28:].hex())
    time.sleep(0.2)
time.sleep(2.5)
"""
MICROSOFT = "1e2b516905991c7d7c96fcbfb587e46100000009,fb1de3cdf341b7ea16b7e5be0855f120"


def offered(offer, groups, vendors="", **responder):
    """ike.py asks, as whoever it plays."""

    def act(place):
        place.responder("psk", "--ike", responder.get("ike", IKE))
        command = ["ip", "netns", "exec", place.a, sys.executable, "-c", PROGRAM, str(HERE), offer.hex(), groups, vendors]
        subprocess.run(command, check=True, timeout=60, capture_output=True)

    return act


def two_groups():
    one = bytes.fromhex("0300000c0100000c800e0100" "0300000803000002" "0300000802000002" "0300000804000002" "000000080400000e")
    return struct.pack("!BBHBBBB", 0, 0, 8 + len(one), 1, 1, 0, 5) + one


CASES = {
    # name: (path options, what happens)
    "healthy-psk": ([], plain()),
    "healthy-rsa4096": ([], plain("rsa-chain-4096", **CERT)),
    "healthy-natt": (["--nat", NAT], plain(client=NAT, mobike="yes")),
    "healthy-ip-fragments": ([], plain("rsa-chain-4096", NO_FRAGMENTATION, fragmentation="no", **CERT)),
    "healthy-libreswan": ([], plain("psk", script="libreswan.sh", ike="aes256-sha256-modp2048", esp="aes256-sha1")),
    "loss-recovered": (["--drop-nth", "a2b:1,3,7", "--drop-nth", "b2a:2,5"], plain("rsa-chain-4096", **CERT)),
    "loss-recovered-ip-fragments": (["--drop-nth", "a2b:3"], plain("rsa-chain-4096", NO_FRAGMENTATION, fragmentation="no", **CERT)),
    "cookie": ([], plain("cookie-required")),
    "ip-fragments-dropped": (["--fragments", "a2b:drop"], plain("rsa-chain-4096", NO_FRAGMENTATION, fragmentation="no", **CERT)),
    "ip-fragments-first": (["--fragments", "a2b:first"], plain("rsa-chain-4096", NO_FRAGMENTATION, fragmentation="no", **CERT)),
    "ip-fragments-response": (["--fragments", "b2a:drop"], plain("rsa-chain-4096", NO_FRAGMENTATION, fragmentation="no", **CERT)),
    "fragmentation-one-side": (["--fragments", "a2b:first"], plain("rsa-chain-4096", NO_FRAGMENTATION, **CERT)),
    "fragmentation-other-side": (["--fragments", "drop"], plain("rsa-chain-4096", fragmentation="no", **CERT)),
    "ike-fragments-too-large": (["--mtu", "a2b:1000"], plain("rsa-chain-4096", **CERT)),
    "udp-4500-blocked": (["--block-udp", "4500"], plain(mobike="yes")),
    "udp-4500-blocked-nat": (["--block-udp", "4500", "--nat", NAT], plain(client=NAT)),
    "udp-500-blocked": (["--block-udp", "500"], plain()),
    "split-servers": (["--c", "C"], split("strongswan.sh")),
    "split-servers-libreswan": (["--c", "C"], split("libreswan.sh")),
    "split-servers-openiked": (["--c", "C"], split("openiked.sh")),
    "no-proposal-windows": ([], offered(windows_offer(), "2", MICROSOFT)),
    "no-proposal": ([], plain(ike="aes128-sha1-modp1536")),
    "invalid-ke-loop": ([], offered(two_groups(), "2,2,2,2", ike="aes256-sha1-modp2048")),
    "child-refused": ([], plain("child-mismatch")),
    "child-refused-libreswan": ([], plain("psk", script="libreswan.sh", ike="aes256-sha256-modp2048", esp="chacha20poly1305")),
    "wrong-psk": ([], plain(secret=WRONG)),
    "wrong-psk-libreswan": ([], plain("psk", script="libreswan.sh", ike="aes256-sha256-modp2048", esp="aes256-sha1", secret=WRONG)),
    "certificate-refused": ([], plain("rsa-chain-4096", auth="cert", family="other")),
    "certificate-refused-by-initiator": ([], plain("ecdsa", auth="cert", family="p256")),
    "eap-refused": ([], plain("eap-mschapv2", auth="eap", password="wrong")),
    "healthy-eap": ([], plain("eap-mschapv2", auth="eap")),
    "port-refused": ([], nobody),
    "dead-peer": ([], dies),
    "pfs-one-side": ([], pfs),
    "offer-changed": ([], changed),
    "selectors-refused": ([], plain(remote_ts="10.99.1.0/24")),
    "ike-fragments-response": (["--mtu", "b2a:1000"], plain("rsa-chain-4096", **CERT)),
    "limit-strongswan": ([], large(9000, 1280, "strongswan.sh", "rsa-chain-4096")),
    "limit-libreswan": ([], large(16000, 576, "libreswan.sh", "rsa-chain-4096")),
}


def make(name, work, out):
    place = Place(work, name)
    words, act = CASES[name]
    words = [place.c if word == "C" else word for word in words]
    for end in "ab":
        (out / f"{name}-{end}.pcap").unlink(missing_ok=True)
    command = [sys.executable, str(HERE / "path.py"), "--a", place.a, "--b", place.b, "--counters", str(work / "counters.json"), *words]
    command += ["--a-addr", f"{US}/24", "--b-addr", f"{THEM}/24", "--pcap-a", str(out / f"{name}-a.pcap"), "--pcap-b", str(out / f"{name}-b.pcap")]
    path = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        if path.stdout.readline().strip() != "ready":
            raise RuntimeError(f"path: {path.stdout.read()}")
        act(place)
        time.sleep(0.5)
    finally:
        place.end()
        path.stdin.close()
        path.wait(10)


def main():
    out = pathlib.Path(sys.argv[1]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.gettempdir()) / "ikd-diagnose"
    work.mkdir(parents=True, exist_ok=True)
    subprocess.run([str(HERE / "certs.sh"), str(work / "certs"), "rsa4096", "rsa2048", "p256", "other"], check=True, stdout=subprocess.DEVNULL)
    for name in sys.argv[2:] or CASES:
        start = time.monotonic()
        try:
            make(name, work, out)
            print(f"{name}: {time.monotonic() - start:.1f} s", flush=True)
        except (RuntimeError, subprocess.SubprocessError, OSError) as error:
            print(f"{name}: NOT MADE: {error}", flush=True)


if __name__ == "__main__":
    main()
