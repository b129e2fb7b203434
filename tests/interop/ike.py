"""An IKEv2 initiator just large enough to ask a responder about SA payloads.

Sends IKE_SA_INIT with any SA payload body, or sets up an IKE SA with a pre-shared key and asks in IKE_AUTH or CREATE_CHILD_SA.
"""

import hashlib
import hmac
import os
import socket
import struct

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x448, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from answer import outcome, unchain

MODP_OCTETS = {1: 96, 2: 128, 5: 192, 14: 256, 15: 384, 16: 512, 17: 768, 18: 1024, 22: 128, 23: 256, 24: 256}
ML_KEM_RANK = {35: 2, 36: 3, 37: 4}
CURVES = {
    19: ec.SECP256R1,
    20: ec.SECP384R1,
    21: ec.SECP521R1,
    25: ec.SECP192R1,
    26: ec.SECP224R1,
    28: ec.BrainpoolP256R1,
    29: ec.BrainpoolP384R1,
    30: ec.BrainpoolP512R1,
}


def ke_data(group):
    """Key Exchange Data a responder can take for the group."""
    if group in MODP_OCTETS:
        # A power of the generator, for responders that check the subgroup.
        octets = MODP_OCTETS[group]
        return (1 << 300 + os.urandom(1)[0]).to_bytes(octets, "big")
    if group in CURVES:
        point = ec.generate_private_key(CURVES[group]()).public_key()
        octets = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        return octets[1:]
    if group == 31:
        return x25519.X25519PrivateKey.generate().public_key().public_bytes_raw()
    if group == 32:
        return x448.X448PrivateKey.generate().public_key().public_bytes_raw()
    if group in ML_KEM_RANK:
        # An encapsulation key whose polynomials are all zero: FIPS 203 section 7.2 finds nothing wrong with it.
        return bytes(384 * ML_KEM_RANK[group]) + os.urandom(32)
    return os.urandom(128)


def chain(payloads):
    """(first type, octets) of a payload chain from [(type, body)]."""
    octets = b""
    for place, (_, body) in enumerate(payloads):
        following = payloads[place + 1][0] if place + 1 < len(payloads) else 0
        octets += struct.pack("!BBH", following, 0, 4 + len(body)) + body
    return (payloads[0][0] if payloads else 0), octets


def ask_init(peer, offer, group, notifies=(), wait=0.7):
    """IKE_SA_INIT with this SA payload body and notifies without data; no KE payload when group is None."""
    spi_i = os.urandom(7) + b"\x01"
    payloads = [(33, offer)]
    if group is not None:
        payloads.append((34, struct.pack("!HH", group, 0) + ke_data(group)))
    payloads.append((40, os.urandom(32)))
    payloads += [(41, struct.pack("!BBH", 0, 0, notify)) for notify in notifies]
    first, octets = chain(payloads)
    head = spi_i + bytes(8) + struct.pack("!BBBBII", first, 0x20, 34, 0x08, 0, 28 + len(octets))
    with peer.open_socket() as sock:
        answer = peer.exchange(sock, head + octets, spi_i, 0, wait)
    if answer is None:
        return {"outcome": "dropped"}
    return outcome(unchain(answer[16], answer[28:]))


class IkeSa:
    """An IKE SA with AES-CBC-256, HMAC-SHA2-256-128, PRF-HMAC-SHA2-256, Curve25519."""

    INIT = bytes.fromhex("0000002c01010004" "0300000c0100000c800e0100" "030000080300000c" "0300000802000005" "000000080400001f")

    def __init__(self, peer):
        self.peer, self.sock = peer, peer.open_socket()
        self.spi_i, self.nonce_i = os.urandom(7) + b"\x02", os.urandom(32)
        private = x25519.X25519PrivateKey.generate()
        ke = struct.pack("!HH", 31, 0) + private.public_key().public_bytes_raw()
        first, octets = chain([(33, self.INIT), (34, ke), (40, self.nonce_i)])
        head = self.spi_i + bytes(8) + struct.pack("!BBBBII", first, 0x20, 34, 0x08, 0, 28 + len(octets))
        self.first_message = head + octets
        answer = peer.exchange(self.sock, self.first_message, self.spi_i, 0, 2.0)
        if answer is None:
            raise RuntimeError("no answer to IKE_SA_INIT")
        self.spi_r = answer[8:16]
        payloads = dict(unchain(answer[16], answer[28:]))
        if 34 not in payloads:
            raise RuntimeError(f"IKE_SA_INIT: {outcome(unchain(answer[16], answer[28:]))}")
        shared = private.exchange(x25519.X25519PublicKey.from_public_bytes(payloads[34][4:]))
        self.nonce_r = payloads[40]
        seed = self.prf(self.nonce_i + self.nonce_r, shared)
        material = self.prf_plus(seed, self.nonce_i + self.nonce_r + self.spi_i + self.spi_r, 7 * 32)
        keys = [material[n : n + 32] for n in range(0, len(material), 32)]
        self.sk_d, self.sk_ai, self.sk_ar, self.sk_ei, self.sk_er, self.sk_pi, _ = keys
        self.message_id = 1

    @staticmethod
    def prf(key, data):
        return hmac.new(key, data, hashlib.sha256).digest()

    @classmethod
    def prf_plus(cls, key, seed, octets):
        out, last, counter = b"", b"", 1
        while len(out) < octets:
            last = cls.prf(key, last + seed + bytes([counter]))
            out += last
            counter += 1
        return out[:octets]

    def request(self, exchange, payloads, wait=2.0):
        first, inner = chain(payloads)
        pad = 15 - len(inner) % 16
        text, iv = inner + bytes(pad) + bytes([pad]), os.urandom(16)
        cipher = Cipher(algorithms.AES(self.sk_ei), modes.CBC(iv)).encryptor()
        body = iv + cipher.update(text) + cipher.finalize()
        length = 28 + 4 + len(body) + 16
        head = self.spi_i + self.spi_r + struct.pack("!BBBBII", 46, 0x20, exchange, 0x08, self.message_id, length)
        octets = head + struct.pack("!BBH", first, 0, 4 + len(body) + 16) + body
        octets += hmac.new(self.sk_ai, octets, hashlib.sha256).digest()[:16]
        answer = self.peer.exchange(self.sock, octets, self.spi_i, self.message_id, wait)
        self.message_id += 1
        if answer is None:
            return None
        if answer[16] != 46:
            return unchain(answer[16], answer[28:])
        mac = hmac.new(self.sk_ar, answer[:-16], hashlib.sha256).digest()[:16]
        if mac != answer[-16:]:
            raise RuntimeError("bad ICV")
        inner_first, iv, text = answer[28], answer[32:48], answer[48:-16]
        cipher = Cipher(algorithms.AES(self.sk_er), modes.CBC(iv)).decryptor()
        plain = cipher.update(text) + cipher.finalize()
        return unchain(inner_first, plain[: -1 - plain[-1]])

    def selectors(self):
        def ts(network):
            address, bits = network.split("/")
            low = struct.unpack("!I", socket.inet_aton(address))[0]
            high = low | (1 << 32 - int(bits)) - 1
            return struct.pack("!BBBB", 1, 0, 0, 0) + struct.pack("!BBHHHII", 7, 0, 16, 0, 65535, low, high)

        return [(44, ts(self.peer.remote_ts)), (45, ts(self.peer.local_ts))]

    def auth(self, offer):
        """IKE_AUTH with this child offer. Gives the outcome and whether the IKE SA stands."""
        ident = struct.pack("!BBBB", 2, 0, 0, 0) + self.peer.client_id.encode()
        signed = self.first_message + self.nonce_r + self.prf(self.sk_pi, ident)
        auth = self.prf(self.prf(self.peer.psk, b"Key Pad for IKEv2"), signed)
        payloads = [(35, ident), (39, struct.pack("!BBBB", 2, 0, 0, 0) + auth), (33, offer), *self.selectors()]
        answer = self.request(35, payloads)
        if answer is None:
            return {"outcome": "dropped"}, False
        return outcome(answer), any(ty == 39 for ty, _ in answer)

    def create_child(self, offer, group):
        """CREATE_CHILD_SA: a further child SA."""
        payloads = [(33, offer), (40, os.urandom(32))]
        if group is not None:
            payloads.append((34, struct.pack("!HH", group, 0) + ke_data(group)))
        answer = self.request(36, payloads + self.selectors())
        return {"outcome": "dropped"} if answer is None else outcome(answer)

    def rekey(self, offer, group):
        """CREATE_CHILD_SA: a new IKE SA in place of this one."""
        payloads = [(33, offer), (40, os.urandom(32))]
        if group is not None:
            payloads.append((34, struct.pack("!HH", group, 0) + ke_data(group)))
        answer = self.request(36, payloads)
        return {"outcome": "dropped"} if answer is None else outcome(answer)

    def close(self):
        try:
            self.request(37, [(42, struct.pack("!BBH", 1, 0, 0))], 0.2)
        except RuntimeError:
            pass
        self.sock.close()
