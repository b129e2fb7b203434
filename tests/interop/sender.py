#!/usr/bin/env python3
"""What a broken or hostile peer sends, and plain traffic: for causes.py, inside a namespace.

    sender.py critical|addke|half-open:N LOCAL REMOTE    IKE_SA_INIT with an unknown critical payload; with ML-KEM-768 as an additional key exchange and
                                                         without INTERMEDIATE_EXCHANGE_SUPPORTED; N of them, each of another IKE SA
    sender.py esp:SPI:N LOCAL REMOTE                     N packets of protocol ESP with this SPI (hexadecimal)
    sender.py esp-500:SPI:N LOCAL REMOTE                 the same in UDP from and to port 500, where only IKE may be
    sender.py echo LOCAL                                 answers UDP
    sender.py ask:N LOCAL REMOTE                         asks such a one N times, once a second
"""

import os
import socket
import struct
import sys
import time

PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245"
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9"
    "DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)
# AES-CBC-256, PRF and integrity of HMAC-SHA2-256, MODP-2048.
TRANSFORMS = ((1, 12, 256), (2, 5, None), (3, 12, None), (4, 14, None))
ML_KEM_768 = (6, 36, None)


def payload(following, body, critical=False):
    return struct.pack("!BBH", following, 0x80 if critical else 0, 4 + len(body)) + body


def init(transforms=TRANSFORMS, extra=None):
    inner = b""
    for place, (kind, ident, bits) in enumerate(transforms, 1):
        attribute = struct.pack("!HH", 0x800E, bits) if bits else b""
        inner += struct.pack("!BBHBBH", 3 if place < len(transforms) else 0, 0, 8 + len(attribute), kind, 0, ident) + attribute
    offer = struct.pack("!BBHBBBB", 0, 0, 8 + len(inner), 1, 1, 0, len(transforms)) + inner
    exchange = pow(2, int.from_bytes(os.urandom(32), "big"), PRIME).to_bytes(256, "big")
    body = payload(34, offer) + payload(40, struct.pack("!HH", 14, 0) + exchange) + payload(extra[0] if extra else 0, os.urandom(32))
    if extra:
        body += payload(0, extra[1], critical=True)
    return os.urandom(8) + bytes(8) + struct.pack("!BBBBII", 33, 0x20, 34, 0x08, 0, 28 + len(body)) + body


def udp(local, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((local, port))
    sock.settimeout(1)
    return sock


def ask_ike(local, remote, messages, port=500):
    sock = udp(local, port)
    for message in messages:
        sock.sendto(message, (remote, 500))
        try:
            sock.recv(4096)
        except TimeoutError:
            pass


def esp(spi, number):
    return struct.pack("!II", int(spi, 16), number) + os.urandom(84)


def main():
    what, *details = sys.argv[1].split(":")
    local, remote = (sys.argv[2:] + [""])[:2]
    if what == "critical":
        ask_ike(local, remote, [init(extra=(200, b"unknown")) for _ in range(3)])
    elif what == "addke":
        ask_ike(local, remote, [init((*TRANSFORMS, ML_KEM_768)) for _ in range(2)])
    elif what == "half-open":
        ask_ike(local, remote, [init() for _ in range(int(details[0]))], 0)
    elif what == "esp":
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
        sock.bind((local, 0))
        for number in range(1, int(details[1]) + 1):
            sock.sendto(esp(details[0], number), (remote, 0))
            time.sleep(1)
        # Who sends none only keeps its socket.
        time.sleep(0 if int(details[1]) else 60)
    elif what == "esp-500":
        # The daemon has the port.
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
        sock.bind((local, 0))
        for number in range(1, int(details[1]) + 1):
            octets = esp(details[0], number)
            sock.sendto(struct.pack("!HHHH", 500, 500, 8 + len(octets), 0) + octets, (remote, 0))
            time.sleep(1)
    elif what == "echo":
        sock = udp(local, 7)
        sock.settimeout(None)
        while True:
            octets, source = sock.recvfrom(2048)
            sock.sendto(octets, source)
    elif what == "ask":
        sock = udp(local, 0)
        answered = 0
        for number in range(int(details[0])):
            sock.sendto(struct.pack("!I", number) + bytes(60), (remote, 7))
            try:
                sock.recv(2048)
                answered += 1
            except TimeoutError:
                continue
            time.sleep(1)
        print(f"{answered} of {details[0]} answered")


if __name__ == "__main__":
    main()
