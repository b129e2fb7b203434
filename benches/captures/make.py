"""Writes a capture to measure `ike` with: make.py esp|ike|recorded|sas|tcp OUT SIZE

esp: one tunnel, 99 % of it ESP of 1400 octets, by itself and in UDP; SIZE in octets
ike: clients that come up and probe each other 38 times; SIZE in packets
recorded: the packets of tests/captures, again and again; SIZE in octets
sas: IKE SAs, of which five of ten come up, three get no answer at all and two none to IKE_AUTH; SIZE in IKE SAs
tcp: TCP connections that end in the middle of a frame of 65,000 octets; SIZE in octets
"""
import pathlib
import random
import struct
import sys

CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([198, 51, 100, 1])
MARKER = bytes(4)
rnd = random.Random(7)


class Capture:
    def __init__(self, name):
        self.file, self.clock, self.packets = open(name, "wb", 1 << 20), 0, 0
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

    def ip(self, protocol, src, dst, payload, after=100):
        """Takes an IPv4 packet, so many microseconds after the one before it."""
        self.clock, self.packets = self.clock + after, self.packets + 1
        header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), self.packets & 0xFFFF, 0, 64, protocol, 0, src, dst)
        self.frame(bytes.fromhex("0200000000010200000000020800") + header + payload)

    def frame(self, frame):
        seconds, micros = divmod(self.clock, 1_000_000)
        self.file.write(struct.pack("<IIII", 1_700_000_000 + seconds, micros, len(frame), len(frame)) + frame)

    def udp(self, src, dst, ports, payload, after=100):
        self.ip(17, src, dst, struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload, after)


def message(spis, first, exchange, flags, message_id, body):
    return spis + struct.pack("!BBBBII", first, 0x20, exchange, flags, message_id, 28 + len(body)) + body


def init(spis, flags):
    transforms = bytes.fromhex("0300000c0100000c800e0080 030000080300000c 0300000802000005 000000080400000e")
    payloads = [(33, bytes.fromhex("0000002c01010004") + transforms), (34, bytes.fromhex("000e0000") + rnd.randbytes(256)), (40, rnd.randbytes(32))]
    payloads += [(41, struct.pack("!BBH", 0, 0, ty) + rnd.randbytes(n)) for ty, n in [(16388, 20), (16389, 20), (16430, 0)]]
    following = [ty for ty, _ in payloads[1:]] + [0]
    body = b"".join(struct.pack("!BBH", ty, 0, 4 + len(octets)) + octets for ty, (_, octets) in zip(following, payloads))
    return message(spis, 33, 34, flags, 0, body)


def sealed(spis, exchange, flags, message_id, octets):
    return MARKER + message(spis, 46, exchange, flags, message_id, struct.pack("!BBH", 0, 0, 4 + octets) + rnd.randbytes(octets))


def handshake(out, client, answers=2):
    """IKE_SA_INIT and IKE_AUTH, of which so many are answered."""
    initiator = rnd.randbytes(8)
    begun = initiator + bytes(8)
    out.udp(client, SERVER, (500, 500), init(begun, 8))
    if answers == 0:
        for _ in range(2):
            out.udp(client, SERVER, (500, 500), init(begun, 8), 500_000)
        return None
    spis = initiator + rnd.randbytes(8)
    out.udp(SERVER, client, (500, 500), init(spis, 0x20))
    request = sealed(spis, 35, 8, 1, 1100)
    for n in range(1 if answers == 2 else 3):
        out.udp(client, SERVER, (4500, 4500), request, 500_000 if n else 100)
    if answers == 2:
        out.udp(SERVER, client, (4500, 4500), sealed(spis, 35, 0x20, 1, 1000))
    return spis


def client(n):
    return bytes([10, n >> 16 & 255, n >> 8 & 255, n & 255])


def esp(out, size):
    spis, pool = handshake(out, CLIENT), [rnd.randbytes(1392) for _ in range(64)]
    while out.file.tell() < size:
        for n in range(99):
            kind = n // 3 % 4
            packet = struct.pack("!II", 0xC0DE0000 + kind, out.packets) + pool[n % 64]
            ends = (CLIENT, SERVER) if kind % 2 == 0 else (SERVER, CLIENT)
            if kind < 2:
                out.udp(*ends, (4500, 4500), packet)
            else:
                out.ip(50, *ends, packet)
        if out.packets % 7 == 0:
            out.udp(CLIENT, SERVER, (4500, 4500), sealed(spis, 37, 8, 2, 60))
        else:
            out.ip(6, CLIENT, SERVER, struct.pack("!HHIIHHHH", 50000, 8443, out.packets, 1, 0x5010, 65535, 0, 0) + pool[0][:1000])


def ike(out, size):
    clients = 0
    while out.packets < size:
        clients += 1
        spis = handshake(out, client(clients))
        for message_id in range(2, 40):
            out.udp(client(clients), SERVER, (4500, 4500), sealed(spis, 37, 8, message_id, rnd.randrange(300, 700)))
            out.udp(SERVER, client(clients), (4500, 4500), sealed(spis, 37, 0x20, message_id, rnd.randrange(300, 700)))


def recorded(out, size):
    frames = [frame for path in sorted((pathlib.Path(__file__).parents[2] / "tests/captures").glob("*.pcap")) for frame in frames_of(path.read_bytes())]
    while out.file.tell() < size:
        for frame in frames:
            out.clock, out.packets = out.clock + 100, out.packets + 1
            out.frame(frame)


def frames_of(octets):
    """The Ethernet frames of a pcap file in this machine's usual order of octets."""
    magic, _, _, _, _, _, link_type = struct.unpack_from("<IHHiIII", octets)
    assert (magic, link_type) == (0xA1B2C3D4, 1)
    at = 24
    while at < len(octets):
        length = struct.unpack_from("<I", octets, at + 8)[0]
        yield octets[at + 16 : at + 16 + length]
        at += 16 + length


def sas(out, size):
    for n in range(size):
        handshake(out, client(n), (2, 2, 2, 2, 2, 0, 0, 0, 1, 1)[n % 10])


def tcp(out, size):
    connections = 0
    while out.file.tell() < size:
        connections += 1
        sequence = rnd.randrange(1 << 31)

        def segment(flags, at, octets):
            header = struct.pack("!HHIIHHHH", 20_000 + connections % 40_000, 4500, sequence + at, 1, 0x5000 | flags, 65535, 0, 0)
            out.ip(6, client(connections), SERVER, header + octets)

        segment(2, 0, b"")
        head = rnd.randbytes(8) + bytes(8) + struct.pack("!BBBBII", 33, 0x20, 34, 8, 0, 64_994)
        octets = b"IKETCP" + struct.pack("!H", 65_000) + MARKER + head + rnd.randbytes(60_000)
        for at in range(0, len(octets), 1400):
            segment(0x10, at + 1, octets[at : at + 1400])


if __name__ == "__main__":
    kinds = {"esp": esp, "ike": ike, "recorded": recorded, "sas": sas, "tcp": tcp}
    if len(sys.argv) != 4 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    kinds[sys.argv[1]](Capture(sys.argv[2]), int(float(sys.argv[3])))
