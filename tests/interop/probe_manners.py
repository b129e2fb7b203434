"""What `ike probe` sent, counted on the path, and whether it behaved as a guest: few datagrams, none too large, next to no state, its name in each."""

import collections
import dataclasses
import ipaddress
import re
import struct

from answer import unchain
from path import FRAGMENT_HEADER, UDP, Packet

SA, KE, NOTIFY, VENDOR = 33, 34, 41, 43
IKE_SA_INIT, COOKIE = 34, 16390
TOOL = re.compile(rb"ike(v2)? probe")
# Of a second, by which the clock of the path may be late.
SLACK = 0.05
A_SECOND, OPENINGS, OPENING_SPAN = 10, 2, 60
MOST, MOST_FOR_POLICY, LARGEST = 80, 60, 3000


@dataclasses.dataclass
class Datagram:
    time: float
    source: str
    target: str
    ports: tuple
    # Of the IP packet, put together.
    size: int
    data: bytes

    def message(self):
        """The IKE message, without the marker; nothing where there is none."""
        data = self.data[4:] if self.data[:4] == bytes(4) else self.data
        return data if len(data) >= 28 and data[17] >> 4 == 2 else b""

    def payloads(self):
        message = self.message()
        return unchain(message[16], message[28:]) if message else []


def packets(file):
    """(time, octets) of a capture of path.py (LINKTYPE_RAW)."""
    octets, at = file.read_bytes(), 24
    while at + 16 <= len(octets):
        seconds, micros, size = struct.unpack("<III", octets[at : at + 12])
        yield seconds + micros / 1e6, octets[at + 16 : at + 16 + size]
        at += 16 + size


def datagrams(file):
    """UDP datagrams in the order of their first packets; IP fragments put together. One whose rest is missing is counted as far as it came."""
    found, open_ones = [], {}
    for time, octets in packets(file):
        packet = Packet(octets)
        body = octets[packet.transport :]
        if packet.protocol != UDP:
            continue
        if not packet.offset:
            text = lambda octets: str(ipaddress.ip_address(octets))
            # What stands before the UDP header in each fragment, without the Fragment header of IPv6.
            head = packet.transport - (8 if packet.version == 6 and octets[6] == FRAGMENT_HEADER else 0)
            found.append(Datagram(time, text(packet.source), text(packet.target), packet.ports, head + len(body), body[8:]))
            if packet.fragment:
                open_ones[packet.datagram] = found[-1]
        elif packet.datagram in open_ones:
            whole = open_ones[packet.datagram]
            whole.size += len(body)
            whole.data += body
    return found


def offered_methods(body):
    """The key exchange methods of an SA payload."""
    methods, at = set(), 0
    while at + 8 <= len(body):
        length, spi_size = struct.unpack("!xxH", body[at : at + 4])[0], body[at + 6]
        inner = at + 8 + spi_size
        while inner + 8 <= at + length:
            size, ty, ident = struct.unpack("!xxHBxH", body[inner : inner + 8])
            if ty == 4:
                methods.add(ident)
            inner += max(size, 8)
        at += max(length, 8)
    return methods


def opens(datagram):
    """Whether a request can leave a half-open IKE SA behind: its public value is of a method that it offers."""
    message = datagram.message()
    if not message or message[18] != IKE_SA_INIT:
        return False
    payloads = datagram.payloads()
    offered = set().union(*(offered_methods(body) for ty, body in payloads if ty == SA))
    return any(ty == KE and struct.unpack("!H", body[:2])[0] in offered for ty, body in payloads)


def most_within(times, span):
    """The most of these times within a span."""
    times, first, most = sorted(times), 0, 0
    for last, time in enumerate(times):
        while time - times[first] >= span:
            first += 1
        most = max(most, last - first + 1)
    return most


def first_cookie(received):
    """When a server first asked for a cookie; None where none did."""
    asks = lambda each: any(ty == NOTIFY and body[2:4] == struct.pack("!H", COOKIE) for ty, body in each.payloads())
    return next((each.time for each in received if asks(each)), None)


def problems(sent, targets, policy=False, cookie=None, received=()):
    """What is wrong with the datagrams that were sent; all of them went to the targets. From `cookie` on the rate is to be half of what it was."""
    wrong = [f"a datagram went to {each.target}" for each in sent if each.target not in targets]
    slow = most_within([each.time for each in sent if cookie is not None and each.time > cookie], 1 - SLACK)
    if slow > A_SECOND // 2:
        wrong.append(f"{slow} datagrams in a second, after a cookie was asked for")
    fastest = most_within([each.time for each in sent], 1 - SLACK)
    if fastest > A_SECOND:
        wrong.append(f"{fastest} datagrams in a second")
    for target in targets:
        answers = [each for each in received if each.source == target]
        wrong += problems_at(target, [each for each in sent if each.target == target], MOST + (MOST_FOR_POLICY if policy else 0), answers)
    return wrong


def states(received):
    """The responder's SPI that a request was answered with, by its SPI and the port: two ports with one SPI are one half-open IKE SA."""
    found = {}
    for each in received:
        message = each.message()
        if message and message[19] & 0x20 and message[8:16] != bytes(8) and {SA, KE} <= {ty for ty, _ in each.payloads()}:
            found.setdefault((message[:8], each.ports[0]), message[8:16])
    return found


def problems_at(target, sent, most, received=()):
    wrong, known = [], states(received)
    if len(sent) > most:
        wrong.append(f"{len(sent)} datagrams to {target}, of which {most} are allowed")
    largest = max((each.size for each in sent), default=0)
    if largest > LARGEST:
        wrong.append(f"a datagram of {largest} octets")
    # The payloads of IKE_AUTH are encrypted.
    clear = [each for each in sent if (each.message() or bytes(19))[18] in (0, IKE_SA_INIT)]
    nameless = sum(1 for each in clear if not any(ty == VENDOR and TOOL.search(body) for ty, body in each.payloads()))
    if nameless:
        wrong.append(f"{nameless} datagrams without a Vendor ID that names the tool")
    first = {}
    for each in sent:
        if opens(each):
            way = (each.message()[:8], each.ports[1])
            first.setdefault((way[0], known.get(way, way[1])), each.time)
    opened = most_within(first.values(), OPENING_SPAN)
    if opened > OPENINGS:
        wrong.append(f"{opened} requests to {target} within {OPENING_SPAN} s that can leave state")
    return wrong


def notifies(received):
    """Types of the notifies of every answer that accepts a proposal, as they came from each address."""
    seen = collections.defaultdict(set)
    for each in received:
        message, payloads = each.message(), each.payloads()
        if message and message[19] & 0x20 and {SA, KE} <= {ty for ty, _ in payloads}:
            seen[each.source] |= {struct.unpack("!H", body[2:4])[0] for ty, body in payloads if ty == NOTIFY and len(body) >= 4}
    return seen
