"""The place of a case of causes.py: daemons with settings of their own, keys out of their logs, and the verdict of `ike diagnose`."""

import copy
import dataclasses
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

from diagnose_cases import ESP, HERE, IKE, IMPATIENT, PSK, THEM, US, Place

LOGS = {"strongswan.sh": "charon.log", "libreswan.sh": "pluto.log", "openiked.sh": "iked.log"}
PIDS = {"strongswan.sh": "charon.pid", "libreswan.sh": "pluto.pid", "openiked.sh": "iked.pid"}
PLUGINS = (
    "random nonce drbg openssl aes rc2 sha1 sha2 md4 md5 mgf1 hmac kdf xcbc cmac ctr ccm gcm chapoly curve25519 gmp ml pem pkcs1 pkcs7 pkcs8 pubkey x509 "
    "constraints revocation eap-identity eap-md5 eap-mschapv2 eap-tls eap-radius attr updown {kernel} kernel-netlink socket-default counters vici"
)

INITIATOR = {
    "version": 2,
    "local_addrs": US,
    "remote_addrs": THEM,
    "proposals": IKE,
    "fragmentation": "yes",
    "mobike": "no",
    "send_cert": "always",
    "unique": "no",
    "rekey_time": "0",
    "local": {"auth": "psk", "id": "carol.peer.test"},
    "remote": {"auth": "psk", "id": "moon.peer.test"},
    "children": {"net": {"local_ts": "10.77.2.0/24", "remote_ts": "10.77.1.0/24", "esp_proposals": ESP, "rekey_time": "0"}},
}
# Childless IKE SAs are not announced, so that a refused child SA can be proved without keys.
RESPONDER = {
    **copy.deepcopy(INITIATOR),
    "local_addrs": THEM,
    "remote_addrs": "%any",
    "childless": "never",
    "local": {"auth": "psk", "id": "moon.peer.test"},
    "remote": {"auth": "psk"},
    "children": {"net": {"local_ts": "10.77.1.0/24", "remote_ts": "10.77.2.0/24", "esp_proposals": ESP, "rekey_time": "0"}},
}
SECRETS = {"ike-any": {"secret": PSK}, "eap-carol": {"id": "carol", "secret": "Ar3etTnp"}}


def merged(base, over):
    """`base` with what `over` says; None takes a setting away."""
    out = dict(base)
    for key, value in over.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merged(out.get(key, {}), value) if isinstance(value, dict) else value
    return out


def text(settings, indent=""):
    lines = ""
    for key, value in settings.items():
        lines += f"{indent}{key} {{\n{text(value, indent + '  ')}{indent}}}\n" if isinstance(value, dict) else f"{indent}{key} = {value}\n"
    return lines


class Bench(Place):
    """Namespaces and daemons of one case."""

    def __init__(self, work, name, shared, job):
        super().__init__(work, name, shared, job)
        self.scripts, self.others, self.made = {}, [], False

    def daemon(self, script, folder, *words, env=None):
        self.scripts[folder] = script
        return super().daemon(script, folder, *words, env=env)

    def leftovers(self):
        """Ends what a run that was cut short has left in this folder."""
        for file in self.work.glob("*/run/*.pid"):
            for script, name in PIDS.items():
                if file.name == name:
                    self.daemon(script, file.parent.parent.name, "down")
        self.scripts.clear()

    def log(self, folder):
        file = self.work / folder / "run" / LOGS[self.scripts[folder]]
        return file.read_text(errors="replace") if file.exists() else ""

    def charon(self, over=None, initiator=False, secrets=None, extra="", kernel="fake", folder=None, addr=None, namespace=None, more=None, chroot=None, fragment_size=1280, connections=None):
        """strongSwan: `over` changes its connection, `connections` adds some, `more` adds sections."""
        folder = folder or ("initiator" if initiator else "responder")
        words = ["up", "psk", "--netns", namespace or (self.a if initiator else self.b), "--addr", addr or (US if initiator else THEM)]
        words += ["--port", "500", "--natt-port", "4500", "--fragment-size", str(fragment_size)]
        plugins = "load = " + PLUGINS.format(kernel="kernel-libipsec" if kernel == "libipsec" else "")
        env = {"IKEPEER_EXTRA_CONF": f"{plugins}\n{IMPATIENT}\n{extra}", "IKEPEER_KERNEL": kernel}
        if chroot:
            env["IKEPEER_CHROOT"] = str(chroot)
        self.daemon("strongswan.sh", folder, *words, env=env)
        run = self.work / folder / "run"
        certificate = (over or {}).get("local", {}).get("certs")
        if certificate:
            (run / "private").mkdir(exist_ok=True)
            shutil.copy(certificate.replace(".cert.pem", ".key.pem"), run / "private")
        base = INITIATOR if initiator else RESPONDER
        self.configure(run, {"peer": merged(base, over or {}), **{name: merged(base, each) for name, each in (connections or {}).items()}}, secrets, more)
        return run

    def configure(self, run, connections, secrets=None, more=None):
        settings = {"connections": connections, "secrets": merged(SECRETS, secrets or {}), **(more or {})}
        (run / "swanctl.conf").write_text(text(settings))
        done = self.swanctl(run, "--load-all", "--clear", "--file", str(run / "swanctl.conf"))
        if done.returncode:
            raise RuntimeError(f"configuration was refused: {done.stdout}{done.stderr}")

    def libreswan(self, *words, folder="responder", initiator=False, **settings):
        """`settings`: setup, conn, ikev2, secrets; text that is put into its configuration."""
        env = {f"IKEPEER_LSW_{key.upper()}": value for key, value in settings.items()}
        ends = ["--netns", self.a, "--addr", US, "--client-addr", THEM] if initiator else ["--netns", self.b, "--addr", THEM, "--client-addr", US]
        if initiator:
            env |= {"IKEPEER_SERVER_ID": "carol.peer.test", "IKEPEER_CLIENT_ID": "moon.peer.test", "IKEPEER_LSW_LEFT": "10.77.2.0/24", "IKEPEER_LSW_RIGHT": "10.77.1.0/24"}
        self.daemon("libreswan.sh", folder, "up", "psk", *ends, *words, env=env)

    def whack(self, folder, *words):
        return self.daemon("libreswan.sh", folder, "whack", "--name", "peer", *words)

    def openiked(self, *words, initiator=False):
        """What the initiator protects is at the responder's side of other daemons: its script has one side only."""
        ends = ["--netns", self.a, "--addr", US, "--client-addr", THEM, "--role", "initiator"] if initiator else ["--netns", self.b, "--addr", THEM, "--client-addr", US]
        env = {"IKEPEER_SERVER_ID": "carol.peer.test", "IKEPEER_CLIENT_ID": "moon.peer.test"} if initiator else None
        self.daemon("openiked.sh", "initiator" if initiator else "responder", "up", "psk", *ends, *words, env=env)

    def sender(self, what, *words, end="a"):
        namespace = self.a if end == "a" else self.b
        command = ["ip", "netns", "exec", namespace, sys.executable, str(HERE / "sender.py"), what, *words]
        done = subprocess.run(command, check=False, timeout=90, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"sender.py {what}: {done.stderr.strip()[-200:]}")
        return done.stdout

    def beside(self, end, what, *words):
        """sender.py while the case goes on."""
        command = ["ip", "netns", "exec", self.a if end == "a" else self.b, sys.executable, str(HERE / "sender.py"), what, *words]
        self.others.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def ip(self, end, *words):
        subprocess.run(["ip", "-n", self.a if end == "a" else self.b, *words], check=True, capture_output=True)

    def tls(self):
        """A client of OpenSSL asks a server of OpenSSL at TCP 443."""
        names = [str(self.certs / f"p256-server.{kind}.pem") for kind in ("cert", "key")]
        server = ["ip", "netns", "exec", self.b, "openssl", "s_server", "-accept", "443", "-cert", names[0], "-key", names[1], "-quiet"]
        self.others.append(subprocess.Popen(server, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        time.sleep(0.5)
        client = ["ip", "netns", "exec", self.a, "openssl", "s_client", "-connect", f"{THEM}:443", "-quiet", "-no_ign_eof"]
        subprocess.run(client, input=b"", capture_output=True, check=False, timeout=20)

    def behind(self, addr):
        """A host with this address behind the responder's."""
        subprocess.run(["ip", "netns", "add", self.c], check=True)
        self.made = True
        self.ip("b", "link", "add", "inner", "type", "veth", "peer", "name", "eth0", "netns", self.c)
        for words in (("addr", "add", "198.18.0.1/30", "dev", "inner"), ("link", "set", "inner", "up"), ("route", "add", f"{addr}/32", "via", "198.18.0.2")):
            self.ip("b", *words)
        for words in (("link", "set", "lo", "up"), ("addr", "add", "198.18.0.2/30", "dev", "eth0"), ("addr", "add", f"{addr}/32", "dev", "eth0"), ("link", "set", "eth0", "up"), ("route", "add", "default", "via", "198.18.0.1")):
            subprocess.run(["ip", "-n", self.c, *words], check=True)
        self.forward()

    def forward(self):
        subprocess.run(["ip", "netns", "exec", self.b, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"], check=True)

    def kill(self, folder):
        """The daemon ends without a word to anybody."""
        pid = int((self.work / folder / "run" / PIDS[self.scripts[folder]]).read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        time.sleep(0.5)

    def end(self):
        for other in self.others:
            other.kill()
            other.wait()
        super().end()
        if self.made:
            subprocess.run(["ip", "netns", "del", self.c], check=False)


# Keys.

NUMBERS = {"AES_CBC_128": "AES-CBC-128 [RFC3602]", "AES_CBC_256": "AES-CBC-256 [RFC3602]", "AES_GCM_16_128": "AES-GCM-128 with 16 octet ICV [RFC5282]", "AES_GCM_16_256": "AES-GCM-256 with 16 octet ICV [RFC5282]"}
MACS = {"HMAC_SHA1_96": "HMAC_SHA1_96 [RFC2404]", "HMAC_SHA2_256_128": "HMAC_SHA2_256_128 [RFC4868]", "HMAC_SHA2_384_192": "HMAC_SHA2_384_192 [RFC4868]", None: "NONE [RFC4306]"}


def packets(file):
    """IP packets of a capture that path.py wrote."""
    octets = file.read_bytes()
    if octets[:4] == b"\x0a\x0d\x0d\x0a":
        at = 0
        while at + 12 <= len(octets):
            kind, length = struct.unpack("<II", octets[at : at + 8])
            if kind == 6:
                size = struct.unpack("<I", octets[at + 20 : at + 24])[0]
                yield octets[at + 28 : at + 28 + size]
            at += length
        return
    at = 24
    while at + 16 <= len(octets):
        size = struct.unpack("<I", octets[at + 8 : at + 12])[0]
        yield octets[at + 16 : at + 16 + size]
        at += 16 + size


def ike_sas(file):
    """SPIs of both sides, in the order in which IKE SAs were agreed on."""
    seen = []
    for octets in packets(file):
        v6 = octets[0] >> 4 == 6
        if octets[6 if v6 else 9] != 17:
            continue
        message = octets[48 if v6 else (octets[0] & 15) * 4 + 8 :]
        message = message[4:] if message[:4] == bytes(4) else message
        if len(message) < 28 or message[18] != 34 or not message[19] & 0x20 or message[8:16] == bytes(8) or message[16] != 33:
            continue
        pair = (message[:8].hex(), message[8:16].hex())
        if pair not in seen:
            seen.append(pair)
    return seen


def secrets_of(log):
    """Of each IKE SA in order: the suite, and what the log says of SK_ai, SK_ar, SK_ei, SK_er."""
    suites = re.findall(r"selected proposal: IKE:(\S+)", log)
    found, current = [], None
    lines = iter(log.splitlines())
    for line in lines:
        begun = re.search(r"\] (Sk_(?:ai|ar|ei|er)) secret => (\d+) bytes", line)
        if not begun:
            continue
        name, octets = begun[1], ""
        for _ in range((int(begun[2]) + 15) // 16):
            octets += "".join(re.findall(r"\b[0-9A-F]{2}\b", re.search(r"\d+: ((?:[0-9A-F]{2} ?)+)", next(lines))[1]))
        if current is None or name in current:
            current = {}
            found.append(current)
        current[name] = octets[: 2 * int(begun[2])].lower()
    return list(zip(suites, found, strict=False))


def key_table(log, capture):
    lines = ""
    for (spi_i, spi_r), (suite, secrets) in zip(ike_sas(capture), secrets_of(log), strict=False):
        parts = suite.split("/")
        mac = next((part for part in parts if part in MACS), None)
        lines += f'{spi_i},{spi_r},{secrets["Sk_ei"]},{secrets["Sk_er"]},"{NUMBERS[parts[0]]}",{secrets.get("Sk_ai", "")},{secrets.get("Sk_ar", "")},"{MACS[mac]}"\n'
    if not lines:
        raise RuntimeError("no key in the log")
    return lines


# The verdict.

INFORMATION = {"Clean", "FollowsRekey", "InvalidKeRetry", "CaptureStartsMidway", "OneSidedCapture", "Unfinished", "NatDetected", "CookieChallenge", "IpFragmentsSent", "FragmentationNegotiated"}
STATES = {0: "healthy", 1: "fault", 3: "undetermined"}


@dataclasses.dataclass
class Truth:
    """What diagnose has to say of a capture: of the initiator's end (a), the responder's (b), or of both files (ab)."""

    of: str
    state: str
    must: list
    must_not: list = dataclasses.field(default_factory=list)
    keys: bool = False
    args: tuple = ()
    # says, says_not, confidence, windows_error_not: as truth.jsonl has them.
    also: dict = dataclasses.field(default_factory=dict)


def problems(ike, folder, case):
    """What `ike diagnose --json` says otherwise than the case has it."""
    words = [str(ike), "diagnose", "--json", *case["args"], *case["files"]]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    out = []
    if done.returncode not in STATES:
        return [f"exit status {done.returncode}: {done.stderr.strip()[-200:]}"]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    verdict, findings = lines[-1], [line for line in lines if line["kind"] == "finding"]
    if STATES[done.returncode] not in case["state"].split("|"):
        out.append(f"exit status says {STATES[done.returncode]}, not {case['state']}")
    if verdict.get("state") != STATES[done.returncode]:
        out.append(f"the verdict's state is {verdict.get('state')}")
    for codes in case["must"]:
        if not any(finding["code"] in codes.split("|") for finding in findings):
            out.append(f"{codes} is not there")
    for code in case["must_not"]:
        code, _, only = code.partition(":")
        severities = {"error"} if only else {"error", "warning"} | ({"info"} if code in INFORMATION else set())
        if any(finding["code"] == code and finding["severity"] in severities for finding in findings) or code in verdict["codes"]:
            out.append(f"{code} is there")
    said = [verdict["text"], *(finding[field] for finding in findings for field in ("text", "remedy") if finding.get(field))]
    found = [pattern for pattern in case.get("says", []) + case.get("says_not", []) if any(re.search(pattern, each, re.IGNORECASE | re.DOTALL) for each in said)]
    out += [f"nothing says {pattern}" for pattern in case.get("says", []) if pattern not in found]
    out += [f"something says {pattern}" for pattern in case.get("says_not", []) if pattern in found]
    if verdict["windows_error"] in case.get("windows_error_not", []):
        out.append(f"the Windows error is {verdict['windows_error']}")
    for codes, confidence in case.get("confidence", {}).items():
        if not any(finding["code"] in codes.split("|") and finding["confidence"] == confidence for finding in findings):
            out.append(f"{codes} is not there with confidence {confidence}")
    return out and [*out, "findings: " + " ".join(f"{finding['code']}({finding['severity'][0]})" for finding in findings)]


def truth_lines(case, name):
    """The case's lines of truth.jsonl, without `why`."""
    for truth in case.truths:
        suffix = "pcapng" if case.pcapng else "pcap"
        files = [f"{name}-{end}.{suffix}" for end in truth.of]
        keys = f"{name}.keys.txt"
        title = f"{name}-{truth.of}{'-keys' if truth.keys else ''}{truth.args[0].replace('--', '-') if truth.args else ''}"
        also = {"says_not": ["nothing is wrong"], **truth.also} if "fault" in truth.state and "healthy" not in truth.state else truth.also
        yield {"name": title, "files": files, "args": [*truth.args, *(["--keys", keys] if truth.keys else [])], "state": truth.state, "must": truth.must, "must_not": truth.must_not, **also}
