"""Starting and reconfiguring the daemons. IKEPEER_ROOTS is where roots.sh puts the newer ones; IKEV2_PEERS names the folder with strongswan.sh, libreswan.sh and openiked.sh."""

import os
import pathlib
import re
import shlex
import socket
import struct
import subprocess
import time

SCRIPTS = pathlib.Path(os.environ.get("IKEV2_PEERS", pathlib.Path(__file__).resolve().parent))
ROOTS = pathlib.Path(os.environ.get("IKEPEER_ROOTS", "/var/tmp/ikev2-peers"))
STATE = pathlib.Path(os.environ.get("IKEV2_PEER_STATE", "ikev2-differential"))


def run(command, **env):
    done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout} {done.stderr}")
    return done.stdout


class Peer:
    """A responder at an address; `marker` when it wants the non-ESP marker on every packet."""

    def __init__(self, address, port, marker, psk, server_id, client_id, local_ts, remote_ts):
        self.at = (address, port)
        self.marker = b"\0\0\0\0" if marker else b""
        self.psk, self.server_id, self.client_id = psk, server_id, client_id
        self.local_ts, self.remote_ts = local_ts, remote_ts

    def exchange(self, sock, datagram, spi_i, message_id, wait=1.0, tries=2):
        for _ in range(tries):
            sock.sendto(self.marker + datagram, self.at)
            end = time.time() + wait
            while time.time() < end:
                sock.settimeout(max(0.01, end - time.time()))
                try:
                    answer = sock.recv(65536)
                except TimeoutError:
                    break
                if self.marker and answer[:4] == b"\0\0\0\0":
                    answer = answer[4:]
                if len(answer) < 28 or answer[:8] != spi_i or not answer[19] & 0x20:
                    continue
                if struct.unpack("!I", answer[20:24])[0] == message_id:
                    return answer
        return None

    def open_socket(self):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("", 0 if self.marker else 500))
        return sock


class Daemon:
    script, env = "", {}

    def __init__(self):
        STATE.mkdir(parents=True, exist_ok=True)
        self.info = {}

    def up(self, *options):
        out = run([str(SCRIPTS / self.script), "up", *options], **self.env)
        for line in out.splitlines():
            name, _, value = line.partition("=")
            self.info[name.removeprefix("IKEPEER_")] = " ".join(shlex.split(value)) if value else ""
        self.peer = Peer(
            self.info["ADDR"],
            int(self.info["PORT"]),
            self.info["NON_ESP_MARKER_ON_PORT"] == "yes",
            bytes.fromhex(self.info["PSK_HEX"]),
            self.info["SERVER_ID"],
            self.info["CLIENT_ID"],
            "10.77.1.0/24",
            "10.77.2.0/24",
        )

    def down(self):
        run([str(SCRIPTS / self.script), "down"], **self.env)


class StrongSwan(Daemon):
    script = "strongswan.sh"
    env = {"IKEPEER_DIR": str(STATE / "strongswan"), "IKEPEER_ADDR": "127.0.0.1"}
    dialect = "strongswan"

    def start(self):
        self.up("psk", "--keylog", "no")
        self.run_dir = pathlib.Path(self.env["IKEPEER_DIR"]) / "run"
        self.prefer = "configured"

    def swanctl(self, *command):
        uri = f"unix://{self.run_dir}/charon.vici"
        run(["swanctl", *command, "--uri", uri], SWANCTL_DIR=str(self.run_dir), STRONGSWAN_CONF=str(self.run_dir / "strongswan.conf"))

    def configure(self, ike, esp, prefer="configured"):
        if prefer != self.prefer:
            conf = self.run_dir / "strongswan.conf"
            value = "yes" if prefer == "configured" else "no"
            text = re.sub(r"prefer_configured_proposals = \w+", f"prefer_configured_proposals = {value}", conf.read_text())
            conf.write_text(text)
            self.swanctl("--reload-settings")
            self.prefer = prefer
        conf = self.run_dir / "swanctl.conf"
        text = re.sub(r"(\n\s+proposals = ).*", rf"\g<1>{ike}", conf.read_text())
        text = re.sub(r"(esp_proposals = ).*", rf"\g<1>{esp}", text)
        conf.write_text(text)
        self.swanctl("--load-conns", "--file", str(conf))


class StrongSwan6(StrongSwan):
    env = {**StrongSwan.env, "IKEPEER_DIR": str(STATE / "strongswan6"), "IKEPEER_CHROOT": str(ROOTS / "sid")}
    dialect = "strongswan6"


class Libreswan(Daemon):
    script = "libreswan.sh"
    env = {"IKEPEER_LSW_DIR": str(STATE / "libreswan"), "IKEPEER_LSW_NS": "ikev2diff-lsw", "IKEPEER_LSW_IF": "ikediff0"}
    dialect = "libreswan"
    pfs = "no"

    def start(self):
        self.up("psk")
        self.run_dir = pathlib.Path(self.env["IKEPEER_LSW_DIR"]) / "run"

    def configure(self, ike, esp, prefer="configured"):
        conf = self.run_dir / "ipsec.conf"
        text = re.sub(r"(\n\s+ike=).*", rf"\g<1>{ike}", conf.read_text())
        text = re.sub(r"(\n\s+(?:esp|phase2alg)=).*", rf"\g<1>{esp}", text)
        text = re.sub(r"(\n\s+pfs=).*", rf"\g<1>{self.pfs}", text)
        conf.write_text(text)
        run([str(SCRIPTS / self.script), "reload"], **self.env)


class Libreswan5(Libreswan):
    env = {
        "IKEPEER_LSW_DIR": str(STATE / "libreswan5"), "IKEPEER_LSW_NS": "ikev2diff-lsw5", "IKEPEER_LSW_IF": "ikediff2",
        "IKEPEER_CHROOT": str(ROOTS / "trixie"),
    }
    dialect = "libreswan5"


class OpenIked(Daemon):
    script = "openiked.sh"
    env = {"IKEPEER_IKED_DIR": str(STATE / "openiked"), "IKEPEER_IKED_NS": "ikev2diff-iked", "IKEPEER_IKED_IF": "ikediff1"}
    dialect = "openiked"

    def start(self):
        self.up("psk")
        self.run_dir = pathlib.Path(self.env["IKEPEER_IKED_DIR"]) / "run"

    def configure(self, ike, esp, prefer="configured"):
        conf = self.run_dir / "iked.conf"
        text = re.sub(r"(local any peer any ).*( srcid)", rf"\g<1>{ike} {esp}\g<2>", conf.read_text())
        conf.write_text(text)
        run([str(SCRIPTS / self.script), "reload"], **self.env)
        # Policies are replaced some time after the answer.
        time.sleep(1)


class OpenIked74(OpenIked):
    env = {
        "IKEPEER_IKED_DIR": str(STATE / "openiked7.4"), "IKEPEER_IKED_NS": "ikev2diff-iked74", "IKEPEER_IKED_IF": "ikediff3",
        "IKEPEER_CHROOT": str(ROOTS / "trixie"),
    }
    dialect = "openiked7.4"
