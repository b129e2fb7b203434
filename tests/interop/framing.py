"""What the lengths of an IKE message frame, read by nothing else: the reading that a lenient parser is held to (tests/data/lenient/README.md).

Written from that description alone; nothing of the crate is in it. No count, Last Substruc, number or reserved bit decides. The first length that
does not fit ends its list.
"""

SA, KE, NONCE, KEY_LENGTH = 33, 34, 40, 14


def number(octets):
    return int.from_bytes(octets, "big")


def substructures(octets, head):
    """The pieces of a list, each with its length in octets 2 and 3 that counts a fixed part of `head` octets as well."""
    while len(octets) >= head:
        length = number(octets[2:4])
        if not head <= length <= len(octets):
            return
        yield octets[:length]
        octets = octets[length:]


def payloads(datagram, end):
    """(type, body) of every payload up to octet `end`."""
    kind, octets = datagram[16], datagram[28:end]
    while kind and len(octets) >= 4:
        length = number(octets[2:4])
        if not 4 <= length <= len(octets):
            return
        yield kind, octets[4:length]
        kind, octets = octets[0], octets[length:]


def key_lengths(attributes):
    while len(attributes) >= 4:
        kind, second = number(attributes[:2]), number(attributes[2:4])
        value, size = (attributes[2:4], 4) if kind & 0x8000 else (attributes[4 : 4 + second], 4 + second)
        if size > len(attributes):
            return
        if kind & 0x7FFF == KEY_LENGTH:
            yield number(value)
        attributes = attributes[size:]


def transform(octets):
    """"type.id", and every key length behind it."""
    return ".".join(str(part) for part in (octets[4], number(octets[6:8]), *key_lengths(octets[8:])))


def proposal(octets):
    """"number protocol" and the transforms. A proposal that its SPI does not fit into has none."""
    return " ".join([str(octets[4]), str(octets[5]), *(transform(piece) for piece in substructures(octets[8 + octets[6] :], 8))])


def reading(datagram, to_the_end):
    """(payload types, the proposals of every SA payload): of the datagram, or of what header Length says of it."""
    length = number(datagram[24:28])
    found = list(payloads(datagram, len(datagram) if to_the_end or length < 28 else length))
    return [kind for kind, _ in found], [[proposal(piece) for piece in substructures(body, 8)] for kind, body in found if kind == SA]
