"""Fingerprints of IKE_SA_INIT, written from docs/fingerprint.md alone: what forms.csv beside it is made with.

    form.py CAPTURE.pcap..                  a line for each message: capture, number of the UDP datagram with IKE, hash, form
    form.py --change OUT.pcap CAPTURE.pcap..    messages of these with octets changed, cut off or put in, always the same ones

Reads pcap files of Ethernet and of raw IP, and no IP fragments.
"""

import pathlib
import random
import struct
import sys


def datagrams(octets):
    """The IKE messages of a capture, without the non-ESP marker; None for what is IKE and no message."""
    order = "<" if octets[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    link = struct.unpack(order + "I", octets[20:24])[0]
    at = 24
    while at < len(octets):
        size = struct.unpack(order + "I", octets[at + 8 : at + 12])[0]
        packet = octets[at + 16 : at + 16 + size]
        at += 16 + size
        ip = packet[14:] if link == 1 else packet
        if not ip:
            continue
        if ip[0] >> 4 == 4:
            whole = struct.unpack(">H", ip[6:8])[0] & 0x3FFF == 0
            protocol, udp = ip[9], ip[(ip[0] & 15) * 4 : struct.unpack(">H", ip[2:4])[0]]
        else:
            whole, protocol, udp = ip[6] == 17, ip[6], ip[40 : 40 + struct.unpack(">H", ip[4:6])[0]]
        if not whole or protocol != 17:
            continue
        ports = struct.unpack(">HH", udp[:4])
        body = udp[8:]
        if 4500 in ports and body[:4] == bytes(4):
            body = body[4:]
        yield body


def hexadecimal(octets):
    more = len(octets) - 32
    return octets[:32].hex() + (f"+{more}" if more > 0 else "")


def items(octets, head):
    """The parts of octets that begin with 2 octets and their own length: substructures."""
    while len(octets) >= head:
        length = struct.unpack(">H", octets[2:4])[0]
        if length < head or length > len(octets):
            return
        yield octets[:length]
        octets = octets[length:]


def attributes(octets):
    while len(octets) >= 4:
        kind, value = struct.unpack(">HH", octets[:4])
        if kind & 0x8000:
            kind &= 0x7FFF
            yield f":{value}" if kind == 14 else f":{kind}={value}"
            octets = octets[4:]
        else:
            if 4 + value > len(octets):
                return
            yield f":{kind}/" + hexadecimal(octets[4 : 4 + value])
            octets = octets[4 + value :]


def form(message):
    """The stack's part and the offer's; None where there is no fingerprint."""
    if len(message) < 28 or message[17] >> 4 != 2 or message[18] != 34:
        return None
    response = bool(message[19] & 0x20)
    head = f"1{'r' if response else 'q'}_{message[17]:02x}{message[19]:02x}"
    head += ("i" if message[:8] == bytes(8) else "") + ("r" if message[8:16] != bytes(8) else "")
    length = struct.unpack(">I", message[24:28])[0]
    end = length if 28 <= length <= len(message) else len(message)
    following, at = message[16], 28
    payloads, shape, offer, exchanges = [], [], [], ""
    while following and at + 4 <= end:
        length = struct.unpack(">H", message[at + 2 : at + 4])[0]
        if length < 4 or at + length > end:
            break
        kind, body, text = following, message[at + 4 : at + length], str(following)
        if message[at + 1]:
            text += f"!{message[at + 1]:02x}"
        reserved = False
        if kind == 33:
            for proposal in items(body, 8):
                number, protocol, spi_size = proposal[4], proposal[5], min(proposal[6], len(proposal) - 8)
                reserved |= proposal[1] != 0
                types, transforms = [], []
                for transform in items(proposal[8 + spi_size :], 8):
                    reserved |= transform[1] != 0 or transform[5] != 0
                    if not types or types[-1] != transform[4]:
                        types.append(transform[4])
                    transforms.append(f"{transform[4]}:{struct.unpack('>H', transform[6:8])[0]}" + "".join(attributes(transform[8:])))
                shape.append(f"{number}.{protocol}.{spi_size}." + ("-".join(map(str, types)) or "-"))
                offer.append("-".join(transforms) or "-")
        elif kind == 34:
            reserved = any(body[2:4])
            exchanges += f";{struct.unpack('>H', body[:2])[0]}.{len(body) - 4}" if len(body) >= 4 else ";?"
        text += "~" if reserved else ""
        if kind == 40:
            text += f".{len(body)}"
        elif kind == 43:
            text += "." + hexadecimal(body)
        elif kind == 38:
            text += f".{body[0]}" if body else ".?"
        elif kind == 41 and len(body) < 4:
            text += ".?"
        elif kind == 41:
            notify = struct.unpack(">H", body[2:4])[0]
            text += f".{notify}"
            if body[0] or body[1]:
                text += f"p{body[0]}s{body[1]}"
            if notify == 16431:
                data = body[4 + body[1] :]
                hashes = [str(struct.unpack(">H", data[i : i + 2])[0]) for i in range(0, len(data) - 1, 2)]
                text += "=" + (".".join(hashes) or "-")
        payloads.append(text)
        following, at = message[at], at + length
        if kind in (46, 53):
            following = 0
    if following:
        payloads.append("?")
    return f"{head}_{','.join(payloads) or '-'}_{','.join(shape) or '-'}", (",".join(offer) or "-") + exchanges


def fnv1a(text):
    value = 0xCBF29CE484222325
    for octet in text.encode():
        value = (value ^ octet) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def change(out, names):
    """What forms of broken messages are compared by: a few hundred."""
    draw = random.Random(1)
    messages = [message for name in names for message in datagrams(pathlib.Path(name).read_bytes()) if form(message)]
    octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number in range(300):
        message = bytearray(draw.choice(messages))
        for _ in range(draw.choice((1, 1, 1, 2, 3))):
            at, how = draw.randrange(16, len(message)), draw.random()
            if how < 0.6:
                message[at] = draw.choice((0, 1, 2, 3, 255, message[at] ^ 1, message[at] ^ 128, (message[at] + 1) & 255, (message[at] - 1) & 255))
            elif how < 0.7:
                message = message[: max(28, at)]
            elif how < 0.8:
                message += bytes(draw.randrange(1, 9))
            elif how < 0.9:
                message[24:28] = struct.pack(">I", draw.choice((0, 27, 28, len(message) - 4, len(message) + 4, len(message), 0xFFFFFFFF)))
            else:
                del message[at : at + draw.choice((1, 2, 4))]
        # The form of the SPI field, which no reading of the others meets.
        if number % 30 == 0 and message[16] == 33:
            message[38] = draw.randrange(1, 256)
        udp = struct.pack(">HHHH", 500, 500, 8 + len(message), 0) + message
        packet = bytes(12) + b"\x08\0" + struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0, b"\xc0\0\2\1", b"\xc0\0\2\2") + udp
        octets += struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet
    out.write_bytes(octets)


def main():
    if sys.argv[1] == "--change":
        change(pathlib.Path(sys.argv[2]), sys.argv[3:])
        return
    for name in sys.argv[1:]:
        for number, message in enumerate(datagrams(pathlib.Path(name).read_bytes())):
            parts = form(message)
            if parts:
                print(f"{pathlib.Path(name).stem} {number} {parts[0][:2]}-{fnv1a(parts[0]):016x}-{fnv1a(parts[1]):016x} {parts[0]}_{parts[1]}")


if __name__ == "__main__":
    main()
