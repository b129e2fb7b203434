"""Starting a daemon for a case, and reading in its log what it saw."""

import hashlib
import os
import pathlib
import re
import subprocess
import threading

from peers import ROOTS

HERE = pathlib.Path(__file__).resolve().parent
V4 = ("192.0.2.1", "192.0.2.2")
V6 = ("2001:db8:2::1", "2001:db8:2::2")


class Daemon:
    name = script = state = log_name = ""
    # The system it is of, a root made by roots.sh; "" is this one.
    suite = ""
    # What a line of the log says; see MARKS of each.
    marks = {}
    # What a line of `sas` says: an IKE SA that is up, a Child SA that is up.
    up_ike = up_child = ""

    def __init__(self, work, namespace, certs, shared):
        self.namespace, self.folder = namespace, pathlib.Path(work) / self.name
        self.env = {**os.environ, self.state: str(self.folder), "IKEPEER_CERTS": str(certs), "IKEPEER_LSW_ROOT": str(shared / "libreswan")}
        if self.suite:
            self.env["IKEPEER_CHROOT"] = str(ROOTS / self.suite)
        self.output, self.sas = "", ""

    def call(self, *words, check=True, timeout=90):
        done = subprocess.run([str(HERE / self.script), *words], env=self.env, capture_output=True, text=True, check=False, timeout=timeout)
        self.output += f"$ {self.script} {' '.join(words)}\n{done.stdout}{done.stderr}"
        if check and done.returncode:
            raise RuntimeError(f"{self.script} {words[0]}: {(done.stderr or done.stdout).strip().splitlines()[-1:]}")
        return done.stdout

    def install(self):
        if self.suite:
            subprocess.run([str(HERE / "roots.sh"), "install", self.suite], check=True, timeout=1200)
        return self.call("install", timeout=600).strip().splitlines()[-1]

    def up(self, case, ike, esp):
        self.env.update(case.daemon_env)
        us, them = V4 if case.family == "v4" else V6
        words = [self.profile(case), "--netns", self.namespace, "--addr", them, "--client-addr", case.client or us, "--ike", ike, "--esp", esp]
        words += ["--fragmentation", "no" if case.mtu == "off" else "yes", *self.options(case), *case.daemon_options]
        self.call("up", *words)

    def profile(self, case):
        return {"psk": "psk", "null": "psk", "rsa4096": "rsa-chain-4096", "rsa2048": "rsa-2048", "p256": "ecdsa", "p384": "ecdsa-p384", "p521": "ecdsa-p521", "ed25519": "ed25519"}[case.auth]

    def options(self, case):
        return []

    def largest(self, case):
        """The largest IP packet it sends by its settings."""
        return 1280 if case.family == "v6" else 576

    def log(self):
        path = self.folder / "run" / self.log_name
        return path.read_text(errors="replace") if path.exists() else ""

    def down(self):
        self.call("down", check=False)

    def steer(self, word, wait=True):
        """Tells the daemon something, and waits until it is done; what it has is kept for `remaining`."""
        if word == "sas":
            self.sas = self.call(word, check=False, timeout=20)
        elif word.startswith("ip "):
            subprocess.run(["ip", "-n", self.namespace, *word.split()[1:]], check=True)
        elif wait:
            self.call(word, check=False, timeout=20)
        else:
            threading.Thread(target=self.call, args=(word,), kwargs={"check": False}, daemon=True).start()

    def remaining(self):
        """(IKE SAs, Child SAs) that were up when it was asked."""
        return tuple(len(re.findall(pattern, self.sas, re.MULTILINE)) for pattern in (self.up_ike, self.up_child))

    def fingerprints(self):
        """Of the keys of its Child SAs, as `ike handshake` makes them; nothing when its log has no keys."""

    def seen(self, mark):
        """How often the log says it; None when this daemon says nothing of the kind."""
        pattern = self.marks.get(mark)
        return None if pattern is None else len(re.findall(pattern, self.log(), re.MULTILINE))


class StrongSwan(Daemon):
    name, script, state, log_name = "strongswan", "strongswan.sh", "IKEPEER_DIR", "charon.log"
    up_ike, up_child = r"^peer: #\d+, ESTABLISHED", r"^  net: #\d+, reqid \d+, INSTALLED"
    marks = {
        "ike": r"IKE_SA peer\[\d+\] established between",
        "child": r"CHILD_SA net\{\d+\} established with SPIs",
        "fragments": r"received fragment #\d+ of \d+",
        "cookie": r"generating IKE_SA_INIT response 0 \[ N\(COOKIE\) \]",
        "invalid_ke": r"generating IKE_SA_INIT response 0 \[ N\(INVAL_KE\) \]",
        "no_proposal": r"generating IKE_SA_INIT response 0 \[ N\(NO_PROP\) \]",
        "no_proposal_child": r"generating IKE_AUTH response \d+ \[.* N\(NO_PROP\)",
        "got_no_proposal": r"received NO_PROPOSAL_CHOSEN",
        "auth_failed": r"generating IKE_AUTH response \d+ \[ N\(AUTH_FAILED\) \]",
        "auth_failed_cert": r"generating IKE_AUTH response \d+ \[ N\(AUTH_FAILED\) \]",
        "got_auth_failed": r"received AUTHENTICATION_FAILED",
        "wants_ppk": r"PPK required but peer does not support PPK",
        "eap_failed": r"generating IKE_AUTH response \d+ \[ EAP/FAIL \]",
        "eap_method_failed": r"EAP_\w+ method failed",
        "got_cp_required": r"received FAILED_CP_REQUIRED",
        "got_ts_unacceptable": r"received TS_UNACCEPTABLE",
        "ts_unacceptable": r"generating IKE_AUTH response \d+ \[.* N\(TS_UNACCEPT\)",
        "transport": r"N\(USE_TRANSP\)",
        "tls12": r"negotiated TLS 1\.2",
        "tls13": r"negotiated TLS 1\.3",
        "auth_lifetime": r"received AUTH_LIFETIME of \d+s, scheduling reauthentication",
        "authenticated_anew": r"IKE_SA peer\[2\] established between",
        "child_rekeyed": r"parsed CREATE_CHILD_SA request \d+ \[.*N\(REKEY_SA\)|inbound CHILD_SA net\{2\} established",
        "child_rekeyed_self": r"parsed CREATE_CHILD_SA response \d+ \[.* TSi TSr|outbound CHILD_SA net\{2\} established",
        "ike_rekeyed": r"IKE_SA peer\[2\] (rekeyed|established) between",
        "ike_rekeyed_self": r"IKE_SA peer\[2\] (rekeyed|established) between",
        "delete_received": r"received DELETE for",
        "deleted_self": r"deleting IKE_SA peer\[\d+\]",
        "moved": r"parsed INFORMATIONAL request \d+ \[.*N\(UPD_SA_ADDR\)",
        "moves": r"generating INFORMATIONAL request \d+ \[.*N\(UPD_SA_ADDR\)",
    }

    def fingerprints(self):
        # A key is a dump of 16 octets a line. What comes first is the initiator's, its encryption before its integrity.
        dump = re.compile(r"\[CHD\] (encryption|integrity) (initiator|responder) key => \d+ bytes.*\n((?:\S+ \S+\[CHD\] +\d+: .*\n)+)")
        made = []
        for what, whose, lines in dump.findall(self.log()):
            if (what, whose) == ("encryption", "initiator"):
                made.append({})
            octets = "".join(re.match(r"((?:[0-9A-F]{2} ?){1,16})", line.split(": ", 1)[1])[1] for line in lines.splitlines())
            made[-1][whose, what] = bytes.fromhex(octets)
        return [hashlib.sha256(b"".join(keys[key] for key in sorted(keys))).hexdigest()[:8] for keys in made]

    def options(self, case):
        mtu = "1280" if case.mtu == "off" else case.mtu
        return ["--port", "500", "--natt-port", "4500", "--fragment-size", mtu]

    def largest(self, case):
        return int(case.mtu)


class Libreswan(Daemon):
    name, script, state, log_name = "libreswan", "libreswan.sh", "IKEPEER_LSW_DIR", "pluto.log"
    marks = {
        "ike": r"(initiator|responder) established IKE SA; authenticated peer",
        "child": r"(initiator|responder) established Child SA using",
        "fragments": r"received IKE encrypted fragment number",
        "cookie": r"responding to IKE_SA_INIT .* with unencrypted notification COOKIE",
        "invalid_ke": r"with unencrypted notification INVALID_KE_PAYLOAD",
        "no_proposal": r"with unencrypted notification NO_PROPOSAL_CHOSEN",
        "no_proposal_child": r"IKE_AUTH responder matching remote ESP/AH proposals failed",
        "got_no_proposal": r"NO_PROPOSAL_CHOSEN",
        "auth_failed": r"with encrypted notification AUTHENTICATION_FAILED",
        "auth_failed_cert": r"with encrypted notification AUTHENTICATION_FAILED",
        "got_auth_failed": r"AUTHENTICATION_FAILED",
        "got_ts_unacceptable": r"TS_UNACCEPTABLE",
        "ts_unacceptable": r"TS_UNACCEPTABLE",
        "got_cp_required": r"FAILED_CP_REQUIRED",
        "transport": r"established Child SA using .*transport",
        "wants_transport": r"policy (requires|dictates) Transport Mode",
        "child_rekeyed": r"responder rekeyed Child SA",
        "child_rekeyed_self": r"initiator rekeyed Child SA",
        "ike_rekeyed": r"responder rekeyed IKE SA",
        "ike_rekeyed_self": r"initiator rekeyed IKE SA",
        "delete_received": r"received Delete|processing.*Delete|received delete|ISAKMP_NEXT_v2D",
        "deleted_self": r"and sending notification",
    }

    def remaining(self):
        counts = (re.search(rf"{kind} SAs: total\((\d+)\)", self.sas) for kind in ("IKE", "IPsec"))
        return tuple(int(count[1]) if count else 0 for count in counts)


class OpenIked(Daemon):
    name, script, state, log_name = "openiked", "openiked.sh", "IKEPEER_IKED_DIR", "iked.log"
    up_ike, up_child = r"^iked_sas: .* ESTABLISHED ", r"^  sa_childsas: .* ESP \S+ in "
    marks = {
        "ike": r"sa_state: \w+ -> ESTABLISHED",
        "child": r"ikev2_childsa_enable: loaded SPIs",
        "fragments": r"ikev2_pld_ef: Received fragment",
        "invalid_ke": r"ikev2_sa_responder_dh: want dh",
        "no_proposal": r"ikev2_sa_responder: no proposal chosen",
        "no_proposal_child": r"ikev2_ike_auth_recv: no proposal chosen",
        "got_no_proposal": r"NO_PROPOSAL_CHOSEN",
        "auth_failed": r"AUTHENTICATION_FAILED",
        "auth_failed_cert": r"AUTHENTICATION_FAILED",
        "got_auth_failed": r"AUTHENTICATION_FAILED",
        "got_ts_unacceptable": r"TS_UNACCEPTABLE",
        "ts_unacceptable": r"TS_UNACCEPTABLE",
        "got_cp_required": r"FAILED_CP_REQUIRED",
        "eap_failed": r"sa_free: EAP failed",
        "transport": r"USE_TRANSPORT_MODE",
        "child_rekeyed": r"REKEY_SA",
        "child_rekeyed_self": r"ikev2_rekey_child|send CREATE_CHILD_SA req",
        "ike_rekeyed": r"ikev2_ikesa_enable",
        "ike_rekeyed_self": r"ikev2_ikesa_enable",
        "delete_received": r"received delete|ikev2_pld_delete: proto",
        "deleted_self": r"send INFORMATIONAL req",
    }

    def options(self, case):
        return ["--role", case.role]

    def largest(self, case):
        # More than the 576 and 1280 octets it aims at: its sum leaves out the header of the SKF payload.
        return 1288 if case.family == "v6" else 584


class StrongSwan6(StrongSwan):
    name, suite = "strongswan6", "sid"
    marks = {
        **StrongSwan.marks,
        "intermediate": r"(parsed|generating) IKE_INTERMEDIATE response \d+ \[ KE \]",
        "followup": r"(parsed|generating) IKE_FOLLOWUP_KE response \d+ \[ KE",
    }


class Libreswan5(Libreswan):
    name, suite = "libreswan5", "trixie"
    marks = {**Libreswan.marks, "deleted_self": r"sent INFORMATIONAL request to delete IKE SA"}


class OpenIked74(OpenIked):
    name, suite = "openiked7.4", "trixie"


KINDS = {kind.name: kind for kind in (StrongSwan, Libreswan, OpenIked, StrongSwan6, Libreswan5, OpenIked74)}
