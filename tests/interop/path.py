#!/usr/bin/env python3
"""A network path in user space between two network namespaces, with every defect wanted.

    path.py [options]                     runs until SIGTERM, SIGINT or the end of a pipe on standard input
    path.py [options] -- COMMAND [ARG..]  runs COMMAND in namespace A, ends with it and with its status

Each namespace gets one TUN device; this process carries IP packets from one to the other. Needs root, /dev/net/tun and `ip`, nothing else.
Prints `ready` when packets flow (not with COMMAND), and at the end one line of JSON: the counters of both directions.

Namespaces and addresses (made when they do not exist; removed at the end if made here)
    --a NS --b NS             the two ends                                                  (ikm-a, ikm-b)
    --a-addr A/N --b-addr B/N addresses, repeatable                                         (192.0.2.1/24 2001:db8:2::1/64, ..2)
    --c NS                    a part of the UDP of A goes to this namespace, which has B's addresses: a split load balancer
    --c-takes natt|odd        which part: what goes to port 4500 (NAT traversal), or what comes from an odd port      (natt)
    --nat ADDR                A hides behind ADDR, ports rewritten; repeat for IPv6         (none)
    --firewall yes            A's own firewall lets answers in only; captures are taken outside it
    --nat-timeout S           forgets a mapping that was idle that long                     (never)
Defects; every value may be `DIR:VALUE`, DIR being a2b or b2a, and repeated; without DIR it holds for both directions
    --mtu N                   largest IP packet the middle takes                            (1500: nothing is too large)
    --oversize drop|icmp|fragment|lie   larger ones: drop all silently; icmp: answer `too big` if DF is set or IPv6, else fragment;
                              fragment: fragment where allowed, drop the rest silently; lie: answer `too big`, and let them pass     (drop)
    --fragments pass|drop|first     IP fragments: all, none, or only those at offset 0      (pass)
    --block-udp PORT          drop UDP from or to this port, with its IP fragments
    --refuse-udp PORT         the same, and a router answers that it is prohibited (ICMP)
    --block-icmp yes          drop ICMP, of routers as well
    --limit N[,S]             UDP datagrams in a second; whoever sends more gets nothing through for S seconds (0: what is too much is lost)
    --every N                 one of N UDP datagrams passes, the Nth (1: all)
    --block-esp yes           drop ESP, also in UDP
    --hops N                  routers on the way, each of which takes one from the TTL      (0)
    --source ADDR[:PORT]      UDP arrives from this address (and port), whatever it was sent from
    --spoil RULE              marker: takes the non-ESP marker away; answer: makes a length in every IKE_SA_INIT response wrong
    --loss P                  loss in percent
    --burst P,R,BAD[,GOOD]    Gilbert-Elliott loss in percent: good to bad, bad to good, loss when bad, loss when good (0)
    --duplicate P             percent delivered twice
    --reorder P[,MS]          percent held back by MS                                       (10 ms)
    --rate KBIT               serialisation rate, in kbit/s
    --queue N                 drop-tail queue in front of it, in packets                    (100)
    --delay MS                one-way delay
    --jitter MS               added to it, uniform in 0..MS; keeps the order
    --drop-nth N[,N..]        drop the Nth IP packets (counted from 1)
    --ike RULE                IKE fragments (RFC 7383): lose=N drops the first copy of fragment N of every message; lose-total=T:N only of messages
                              of T fragments; double delivers each twice; reverse the last first; late repeats fragment 1 after the last one
    --seed N                  of everything random                                          (1)
    --tun-mtu N               what both ends believe they may send                          (1500)
Record
    --pcap-a FILE --pcap-b FILE     what that end sends and receives (LINKTYPE_RAW); .pcapng tells the direction of packets, and when it ended
    --counters FILE           the JSON line goes there instead of standard output
    --seconds S               end after S seconds
"""

import argparse
import collections
import ctypes
import fcntl
import heapq
import itertools
import json
import os
import random
import selectors
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

UDP, FRAGMENT_HEADER, ICMP, ICMPV6, ESP = 17, 44, 1, 58, 50
ROUTER = {4: socket.inet_aton("192.0.2.254"), 6: socket.inet_pton(socket.AF_INET6, "2001:db8:2::fe")}


def ones_sum(octets, start=0):
    if len(octets) % 2:
        octets += b"\0"
    total = start + sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def checksum(octets):
    return ~ones_sum(octets) & 0xFFFF


class Packet:
    """The parts of an IP packet that the path looks at."""

    def __init__(self, octets):
        self.octets = octets
        self.version = octets[0] >> 4
        self.ports = None
        if self.version == 4:
            ident, flags = struct.unpack("!HH", octets[4:8])
            self.source, self.target, protocol, at = octets[12:16], octets[16:20], octets[9], (octets[0] & 15) * 4
            self.dont_fragment, self.offset, self.more = bool(flags & 0x4000), (flags & 0x1FFF) * 8, bool(flags & 0x2000)
        else:
            self.source, self.target, protocol, at = octets[8:24], octets[24:40], octets[6], 40
            self.dont_fragment, self.offset, self.more, ident = True, 0, False, 0
            if protocol == FRAGMENT_HEADER:
                protocol, flags, ident = octets[40], *struct.unpack("!HI", octets[42:48])
                self.offset, self.more, at = flags & 0xFFF8, bool(flags & 1), 48
        self.protocol, self.transport = protocol, at
        self.fragment = bool(self.offset or self.more)
        self.datagram = (self.source, self.target, protocol, ident)
        if protocol == UDP and not self.offset and len(octets) >= at + 8:
            self.ports = struct.unpack("!HH", octets[at : at + 4])

    def background(self):
        """Neighbour discovery and the like, which is no traffic of the ends."""
        if self.version == 4:
            return self.target[0] >= 224
        return self.target[0] == 0xFF or self.source[:2] == b"\xfe\x80" or self.source == bytes(16)

    def ike_fragment(self):
        """(message key, fragment number, total) of an SKF payload, or None."""
        if self.ports is None or self.fragment:
            return None
        message = self.octets[self.transport + 8 :]
        if message[:4] == bytes(4):
            message = message[4:]
        if len(message) < 36 or message[16] != 53 or message[17] >> 4 != 2:
            return None
        number, total = struct.unpack("!HH", message[32:36])
        return message[:16] + message[18:24], number, total

    def message(self):
        """What a UDP datagram carries; nothing of an IP fragment."""
        return b"" if self.ports is None or self.fragment else self.octets[self.transport + 8 :]

    def is_esp(self):
        """ESP, or ESP in UDP; a NAT keepalive is none."""
        message = self.message()
        return self.protocol == ESP or bool(self.ports) and 4500 in self.ports and len(message) > 8 and message[:4] != bytes(4)

    def carrying(self, message):
        """The same datagram with another content."""
        octets = bytearray(self.octets[: self.transport + 8] + message)
        if self.version == 4:
            octets[2:4] = struct.pack("!H", len(octets))
            octets[10:12] = bytes(2)
            octets[10:12] = struct.pack("!H", checksum(bytes(octets[: self.transport])))
        else:
            octets[4:6] = struct.pack("!H", len(octets) - 40)
        length = 8 + len(message)
        octets[self.transport + 4 : self.transport + 8] = struct.pack("!HH", length, 0)
        pseudo = self.source + self.target + (struct.pack("!BBH", 0, UDP, length) if self.version == 4 else struct.pack("!II", length, UDP))
        octets[self.transport + 6 : self.transport + 8] = struct.pack("!H", checksum(pseudo + bytes(octets[self.transport :])) or 0xFFFF)
        return Packet(bytes(octets))

    def spoiled(self, rules):
        message = self.message()
        if "marker" in rules and self.ports and self.ports[1] == 4500 and message[:4] == bytes(4):
            return self.carrying(message[4:])
        # A response has flag 0x20; its first payload follows the header of 28 octets.
        if "answer" in rules and len(message) > 32 and message[17:19] == b"\x20\x22" and message[19] & 0x20:
            second = 28 + struct.unpack("!H", message[30:32])[0]
            return self.carrying(message[: second + 2] + struct.pack("!H", 0xFFF0) + message[second + 4 :])
        return self

    def hopped(self, hops):
        """The same packet behind so many routers."""
        octets = bytearray(self.octets)
        at = 8 if self.version == 4 else 7
        octets[at] = max(1, octets[at] - hops)
        if self.version == 4:
            octets[10:12] = bytes(2)
            octets[10:12] = struct.pack("!H", checksum(bytes(octets[: (octets[0] & 15) * 4])))
        return Packet(bytes(octets))

    def rewritten(self, source=None, target=None, source_port=None, target_port=None):
        """The same packet with other addresses and ports, its checksums following (RFC 1624)."""
        octets = bytearray(self.octets)
        at, old, new = (12, bytearray(), bytearray()) if self.version == 4 else (8, bytearray(), bytearray())
        size = len(self.source)
        for place, value in ((at, source), (at + size, target)):
            if value is not None:
                old, new = old + octets[place : place + size], new + value
                octets[place : place + size] = value
        if self.version == 4:
            octets[10:12] = bytes(2)
            octets[10:12] = struct.pack("!H", checksum(bytes(octets[: self.transport])))
        if self.ports is not None:
            for place, value in ((self.transport, source_port), (self.transport + 2, target_port)):
                if value is not None:
                    old, new = old + octets[place : place + 2], new + struct.pack("!H", value)
                    octets[place : place + 2] = struct.pack("!H", value)
            field = slice(self.transport + 6, self.transport + 8)
            before = struct.unpack("!H", octets[field])[0]
            if before:
                inverted = bytes(octet ^ 0xFF for octet in old)
                octets[field] = struct.pack("!H", ~ones_sum(bytes(new), ones_sum(inverted, ~before & 0xFFFF)) & 0xFFFF or 0xFFFF)
        return Packet(bytes(octets))

    def split(self, mtu):
        """IPv4 fragments of at most `mtu` octets."""
        head, body = self.octets[: self.transport], self.octets[self.transport :]
        room = (mtu - len(head)) // 8 * 8
        for at in range(0, len(body), room):
            piece = body[at : at + room]
            more = self.more or at + room < len(body)
            flags = (0x2000 if more else 0) | (self.offset + at) // 8
            octets = bytearray(head + piece)
            octets[2:4] = struct.pack("!H", len(octets))
            octets[6:8] = struct.pack("!H", flags)
            octets[10:12] = bytes(2)
            octets[10:12] = struct.pack("!H", checksum(bytes(octets[: len(head)])))
            yield Packet(bytes(octets))

    def too_big(self, mtu):
        """What a router answers to a packet that is too large (RFC 1191; RFC 4443)."""
        return self.icmp_error((3, 4) if self.version == 4 else (2, 0), mtu)

    def prohibited(self):
        """What a router answers to a packet that its administrator does not want (RFC 1812; RFC 4443)."""
        return self.icmp_error((3, 13) if self.version == 4 else (1, 1))

    def icmp_error(self, kind, word=0):
        """The ICMP message a router sends back (RFC 792; RFC 4443): type and code, and the word behind the checksum."""
        router = ROUTER[self.version]
        if self.version == 4:
            body = struct.pack("!BBHI", *kind, 0, word) + self.octets[: self.transport + 8]
            body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
            head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, ICMP, 0) + router + self.source
            return Packet(head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body)
        body = struct.pack("!BBHI", *kind, 0, word) + self.octets[: 1280 - 48]
        pseudo = router + self.source + struct.pack("!II", len(body), ICMPV6)
        body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
        return Packet(struct.pack("!IHBB", 6 << 28, len(body), ICMPV6, 64) + router + self.source + body)


class Nat:
    """Address and port translation of A; ports are handed out in order from 40000."""

    def __init__(self, addresses, timeout):
        self.outside = {4 if "." in a else 6: socket.inet_pton(socket.AF_INET if "." in a else socket.AF_INET6, a) for a in addresses}
        self.timeout, self.ports, self.inside, self.pieces, self.next = timeout, {}, {}, {}, 40000
        self.used = {}

    def out(self, packet, now):
        outside = self.outside.get(packet.version)
        if outside is None or packet.protocol != UDP:
            return packet
        if packet.ports is None:
            return packet.rewritten(source=outside)
        key = (packet.source, packet.ports[0])
        if key in self.ports and self.timeout and now - self.used[key] > self.timeout:
            del self.inside[self.ports.pop(key)]
        if key not in self.ports:
            self.ports[key], self.inside[self.next] = self.next, key
            self.next += 1
        self.used[key] = now
        return packet.rewritten(source=outside, source_port=self.ports[key])

    def back(self, packet, now):
        if packet.target != self.outside.get(packet.version) or packet.protocol != UDP:
            return packet
        if packet.ports is None:
            address = self.pieces.get(packet.datagram)
            return address and packet.rewritten(target=address)
        key = self.inside.get(packet.ports[1])
        if key is None or self.timeout and now - self.used[key] > self.timeout:
            return None
        self.pieces[packet.datagram] = key[0]
        return packet.rewritten(target=key[0], target_port=key[1])


class Gate:
    """Lets through so many UDP datagrams in a second (and nothing for a while after that), or one of so many; IP fragments share the fate of the first."""

    def __init__(self, limit, every):
        self.limit, self.every = limit, every
        self.times, self.shut_until, self.number, self.fate = collections.deque(), 0.0, 0, {}

    def shuts(self, packet, now):
        if packet.protocol != UDP or self.limit is None and self.every == 1:
            return False
        if packet.offset:
            return self.fate.get(packet.datagram, False)
        shut = self.is_not_its_turn() or self.is_too_much(now)
        if packet.fragment:
            self.fate[packet.datagram] = shut
        return shut

    def is_not_its_turn(self):
        self.number += 1
        return self.number % self.every != 0

    def is_too_much(self, now):
        if self.limit is None:
            return False
        most, silence = self.limit
        while self.times and self.times[0] <= now - 1:
            self.times.popleft()
        if now >= self.shut_until and len(self.times) < most:
            self.times.append(now)
            return False
        self.shut_until = max(self.shut_until, now + silence)
        return True


class Direction:
    """One direction of the path: what it does to a packet, and when it delivers it."""

    def __init__(self, name, options, deliver, back):
        self.o = {key: value[name] for key, value in options.items()}
        # A generator of its own, so that one direction's traffic does not move the other's dice.
        self.rng = random.Random(f"{self.o['seed']}/{name}")
        self.deliver, self.back = deliver, back
        self.inside = None  # the packet as its sender knows it, when a NAT has changed it
        self.counters = collections.Counter()
        self.bad, self.busy, self.latest = False, 0.0, 0.0
        self.queued = collections.deque()
        self.blocked, self.lost = {}, set()
        self.gate = Gate(self.o["limit"], self.o["every"])
        self.held = {}

    def chance(self, percent):
        return percent > 0 and self.rng.random() * 100 < percent

    def count(self, what, packet):
        self.counters[what] += 1
        return packet

    def take(self, packet, now):
        o = self.o
        self.count("packets", packet)
        self.counters["octets"] += len(packet.octets)
        self.counters["largest"] = max(self.counters["largest"], len(packet.octets))
        self.counters["ip_fragments"] += packet.fragment
        skf = packet.ike_fragment()
        self.counters["ike_fragments"] += skf is not None
        if self.counters["packets"] in o["drop_nth"]:
            return self.count("dropped_nth", packet)
        if self.is_blocked(packet, now):
            return self.count("dropped_port", packet)
        if self.gate.shuts(packet, now):
            return self.count("dropped_gate", packet)
        if o["block_icmp"] and packet.protocol in (ICMP, ICMPV6):
            return self.count("dropped_icmp", packet)
        if o["block_esp"] and packet.is_esp():
            return self.count("dropped_esp", packet)
        if o["spoil"]:
            packet = packet.spoiled(o["spoil"])
        if o["source"] and packet.ports:
            address, port = o["source"]
            packet = packet.rewritten(source=address, source_port=port)
        if packet.fragment and (o["fragments"] == "drop" or o["fragments"] == "first" and packet.offset):
            return self.count("dropped_fragment", packet)
        if len(packet.octets) > o["mtu"]:
            return self.oversize(packet, now, skf)
        return self.luck(packet, now, skf)

    def is_blocked(self, packet, now):
        """By its port, or as a later fragment of such a datagram."""
        refused = packet.ports and set(packet.ports) & set(self.o["refuse_udp"])
        if refused or packet.ports and set(packet.ports) & set(self.o["block_udp"]):
            if packet.fragment:
                self.blocked[packet.datagram] = True
            if refused:
                self.answer((self.inside or packet).prohibited(), now)
            return True
        return packet.offset and packet.datagram in self.blocked

    def answer(self, message, now):
        """A router sends ICMP back."""
        if self.o["block_icmp"]:
            return self.count("dropped_icmp", message)
        self.back(self.count("icmp_sent", message), now)
        return None

    def oversize(self, packet, now, skf):
        o = self.o
        if o["oversize"] == "lie":
            self.answer((self.inside or packet).too_big(o["mtu"]), now)
            return self.luck(packet, now, skf)
        if o["oversize"] == "drop" or packet.dont_fragment:
            self.count("dropped_oversize", packet)
            if o["oversize"] == "icmp" and packet.protocol not in (ICMP, ICMPV6):
                self.answer((self.inside or packet).too_big(o["mtu"]), now)
            return None
        self.count("fragmented", packet)
        for piece in packet.split(o["mtu"]):
            if o["fragments"] == "pass" or o["fragments"] == "first" and not piece.offset:
                self.luck(piece, now, None)
            else:
                self.count("dropped_fragment", piece)
        return None

    def luck(self, packet, now, skf):
        o = self.o
        if o["burst"]:
            to_bad, to_good, when_bad, when_good = o["burst"]
            self.bad = not self.chance(to_good) if self.bad else self.chance(to_bad)
            if self.chance(when_bad if self.bad else when_good):
                return self.count("lost_burst", packet)
        if self.chance(o["loss"]):
            return self.count("lost", packet)
        if skf:
            return self.rules(packet, now, *skf)
        return self.queue(packet, now)

    def rules(self, packet, now, key, number, total):
        """Deterministic treatment of IKE fragments."""
        rules = self.o["ike"]
        for rule in rules:
            wanted = None
            if rule.startswith("lose="):
                wanted = int(rule[5:])
            elif rule.startswith("lose-total="):
                of, _, nth = rule[11:].partition(":")
                wanted = int(nth) if int(of) == total else None
            if number == wanted and (key, number) not in self.lost:
                self.lost.add((key, number))
                return self.count("ike_lost", packet)
        if "reverse" in rules:
            held = self.held.setdefault(key, {})
            held[number] = packet
            if len(held) == total:
                del self.held[key]
                self.counters["ike_reversed"] += total
                for place in sorted(held, reverse=True):
                    self.queue(held[place], now)
            return None
        self.queue(packet, now)
        if "double" in rules:
            self.count("ike_doubled", packet)
            self.queue(packet, now)
        if "late" in rules:
            held = self.held.setdefault(key, {})
            held[number] = packet
            if len(held) == total:
                first = self.held.pop(key)[1]
                self.count("ike_late", first)
                self.queue(first, now)
        return None

    def queue(self, packet, now):
        o = self.o
        if o["hops"]:
            packet = packet.hopped(o["hops"])
        times = 1
        if self.chance(o["duplicate"]):
            self.count("duplicated", packet)
            times = 2
        for _ in range(times):
            at = now
            if o["rate"]:
                while self.queued and self.queued[0] <= now:
                    self.queued.popleft()
                if len(self.queued) >= o["queue"]:
                    self.count("dropped_queue", packet)
                    continue
                at = self.busy = max(now, self.busy) + len(packet.octets) * 8 / (o["rate"] * 1000)
                self.queued.append(at)
            at += (o["delay"] + self.rng.random() * o["jitter"]) / 1000
            if o["reorder"][0] and self.chance(o["reorder"][0]):
                self.count("reordered", packet)
                at += o["reorder"][1] / 1000
            else:
                at = self.latest = max(self.latest, at)
            self.deliver(packet, at)


class Pcap:
    def __init__(self, name):
        self.file = open(name, "wb")  # noqa: SIM115 (open for as long as the path is)
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))

    def write(self, octets, _received):
        now = time.time()
        self.file.write(struct.pack("<IIII", int(now), int(now % 1 * 1e6), len(octets), len(octets)) + octets)
        self.file.flush()

    def close(self):
        self.file.close()


class Pcapng:
    """The same in pcapng: the direction of every packet, and an interface statistics block that says until when it was taken."""

    def __init__(self, name):
        self.file = open(name, "wb")  # noqa: SIM115 (open for as long as the path is)
        self.start, self.packets = time.time(), 0
        self.block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
        self.block(1, struct.pack("<HHI", 101, 0, 0))

    def block(self, kind, body):
        body += bytes(-len(body) % 4)
        self.file.write(struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12))
        self.file.flush()

    @staticmethod
    def stamp(now):
        return struct.pack("<II", *divmod(int(now * 1e6), 1 << 32))

    def write(self, octets, received):
        self.packets += 1
        flags = struct.pack("<HHI", 2, 4, 1 if received else 2) + bytes(4)
        self.block(6, struct.pack("<I", 0) + self.stamp(time.time()) + struct.pack("<II", len(octets), len(octets)) + octets + bytes(-len(octets) % 4) + flags)

    def close(self):
        now = time.time()
        options = struct.pack("<HH", 2, 8) + self.stamp(self.start) + struct.pack("<HH", 3, 8) + self.stamp(now)
        self.block(5, struct.pack("<I", 0) + self.stamp(now) + options + struct.pack("<HHQ", 4, 8, self.packets) + bytes(4))


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, stdout=subprocess.DEVNULL)


def enter(fd):
    if ctypes.CDLL(None, use_errno=True).setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")


def tun(namespace, name, addresses, mtu):
    """A TUN device in a namespace, with addresses and default routes."""
    home = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    enter(there)
    try:
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", name.encode(), 0x0001 | 0x1000))
    finally:
        enter(home)
        os.close(home)
        os.close(there)
    ip("-n", namespace, "link", "set", "lo", "up")
    ip("-n", namespace, "link", "set", name, "mtu", str(mtu), "txqueuelen", "1000")
    for address in addresses:
        ip("-n", namespace, "addr", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
    ip("-n", namespace, "link", "set", name, "up")
    ip("-n", namespace, "route", "add", "default", "dev", name)
    if any(":" in address for address in addresses):
        ip("-n", namespace, "-6", "route", "add", "default", "dev", name)
    return fd


class Path:
    def __init__(self, args):
        self.args, self.made, self.heap, self.order = args, [], [], itertools.count()
        self.selector = selectors.DefaultSelector()
        self.tuns, self.pcaps = {}, {}
        self.nat = Nat(args.nat, args.nat_timeout)
        self.split, self.asked = {}, set()
        self.background = 0
        self.stop = False

    def open(self):
        a = self.args
        ends = [("a", a.a, a.a_addr), ("b", a.b, a.b_addr)] + ([("c", a.c, a.b_addr)] if a.c else [])
        for end, namespace, addresses in ends:
            if not os.path.exists(f"/run/netns/{namespace}"):
                ip("netns", "add", namespace)
                self.made.append(namespace)
            self.tuns[end] = tun(namespace, "ikm0", addresses, a.tun_mtu)
            self.selector.register(self.tuns[end], selectors.EVENT_READ, end)
        for end, name in (("a", a.pcap_a), ("b", a.pcap_b)):
            if name:
                self.pcaps[end] = (Pcapng if name.endswith(".pcapng") else Pcap)(name)
        self.a2b = Direction("a2b", a.directions, self.to_b, lambda packet, now: self.schedule("a", packet, now))
        self.b2a = Direction("b2a", a.directions, self.to_a, lambda packet, now: self.schedule("b", packet, now))

    def close(self):
        for pcap in self.pcaps.values():
            pcap.close()
        for fd in self.tuns.values():
            os.close(fd)
        for namespace in self.made:
            ip("netns", "del", namespace)

    def schedule(self, end, packet, at):
        if packet:
            heapq.heappush(self.heap, (at, next(self.order), end, packet.octets))

    def to_b(self, packet, at):
        if self.args.c:
            if packet.ports:
                self.split[packet.datagram] = packet.ports[1] == 4500 if self.args.c_takes == "natt" else packet.ports[0] % 2 == 1
            if self.split.get(packet.datagram):
                self.a2b.count("sent_to_c", packet)
                return self.schedule("c", packet, at)
        return self.schedule("b", packet, at)

    def to_a(self, packet, at):
        inside = self.nat.back(packet, at)
        if inside is None:
            self.b2a.count("dropped_nat", packet)
        self.schedule("a", inside, at)

    def read(self, end, octets, now):
        if len(octets) < 20 or octets[0] >> 4 not in (4, 6):
            return
        packet = Packet(octets)
        if packet.background():
            self.background += 1
            return
        if end in self.pcaps:
            self.pcaps[end].write(octets, False)
        if end == "a":
            self.a2b.inside = packet
            self.asked.add((packet.target, packet.ports[1] if packet.ports else None))
            self.a2b.take(self.nat.out(packet, now), now)
        else:
            self.b2a.take(packet, now)

    def pump(self, wait):
        now = time.monotonic()
        if self.heap:
            wait = max(0.0, min(wait, self.heap[0][0] - now))
        for key, _ in self.selector.select(wait):
            if key.data == "stdin":
                if not os.read(key.fd, 4096):
                    self.stop = True
                continue
            for _ in range(64):
                try:
                    octets = os.read(key.fd, 65536)
                except BlockingIOError:
                    break
                self.read(key.data, octets, time.monotonic())
        now = time.monotonic()
        while self.heap and self.heap[0][0] <= now:
            _, _, end, octets = heapq.heappop(self.heap)
            if end == "a" and not self.admitted(Packet(octets)):
                self.b2a.counters["dropped_firewall"] += 1
                if end in self.pcaps:
                    self.pcaps[end].write(octets, True)
                continue
            try:
                os.write(self.tuns[end], octets)
            except OSError:
                self.background += 1
                continue
            side = "a" if end == "a" else "b"
            if side in self.pcaps:
                self.pcaps[side].write(octets, True)
            (self.b2a if end == "a" else self.a2b).counters["delivered"] += 1

    def admitted(self, packet):
        return self.args.firewall == "no" or packet.protocol != UDP or packet.fragment or (packet.source, packet.ports[0]) in self.asked

    def report(self):
        names = ("packets", "octets", "largest", "delivered", "ip_fragments", "ike_fragments")
        line = {
            direction: {**{name: 0 for name in names}, **{k: v for k, v in sorted(side.counters.items())}}
            for direction, side in (("a2b", self.a2b), ("b2a", self.b2a))
        }
        line["seed"] = self.args.directions["seed"]["a2b"]
        text = json.dumps(line) + "\n"
        if self.args.counters:
            with open(self.args.counters, "w", encoding="ascii") as file:
                file.write(text)
        else:
            sys.stdout.write(text)
            sys.stdout.flush()

    def run(self):
        child = None
        if self.args.command:
            child = subprocess.Popen(["ip", "netns", "exec", self.args.a, *self.args.command])
        else:
            mode = os.fstat(0).st_mode
            if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
                self.selector.register(0, selectors.EVENT_READ, "stdin")
            print("ready", flush=True)
        end = time.monotonic() + self.args.seconds if self.args.seconds else None
        while not self.stop and (end is None or time.monotonic() < end):
            self.pump(0.05 if child else 0.5)
            if child and child.poll() is not None:
                break
        if child and child.poll() is None:
            child.terminate()
            child.wait()
        return child.returncode if child else 0


def numbers(text):
    return [float(part) for part in text.split(",")]


def endpoint(text):
    """ADDR or ADDR:PORT, IPv4."""
    address, _, port = text.partition(":")
    return socket.inet_aton(address), int(port) if port else None


def parse(argv):
    words = list(argv)
    command = []
    if "--" in words:
        at = words.index("--")
        words, command = words[:at], words[at + 1 :]
    p = argparse.ArgumentParser(usage=__doc__, add_help=True)
    p.add_argument("--a", default="ikm-a")
    p.add_argument("--b", default="ikm-b")
    p.add_argument("--c")
    p.add_argument("--c-takes", choices=["natt", "odd"], default="natt")
    p.add_argument("--a-addr", action="append")
    p.add_argument("--b-addr", action="append")
    p.add_argument("--nat", action="append", default=[])
    p.add_argument("--nat-timeout", type=float, default=0.0)
    p.add_argument("--firewall", choices=["yes", "no"], default="no")
    p.add_argument("--tun-mtu", type=int, default=1500)
    for name in ("pcap-a", "pcap-b", "counters"):
        p.add_argument("--" + name)
    p.add_argument("--seconds", type=float)
    # name: (reader of one value, default, whether values add up)
    both = {
        "mtu": (int, 1500, False),
        "oversize": (str, "drop", False),
        "fragments": (str, "pass", False),
        "block-udp": (lambda t: [int(n) for n in t.split(",")], [], True),
        "refuse-udp": (lambda t: [int(n) for n in t.split(",")], [], True),
        "block-icmp": (lambda t: t == "yes", False, False),
        "limit": (lambda t: (numbers(t) + [0.0])[:2], None, False),
        "every": (int, 1, False),
        "block-esp": (lambda t: t == "yes", False, False),
        "hops": (int, 0, False),
        "source": (endpoint, None, False),
        "spoil": (lambda t: t.split(","), [], True),
        "loss": (float, 0.0, False),
        "burst": (lambda t: (numbers(t) + [0.0])[:4], None, False),
        "duplicate": (float, 0.0, False),
        "reorder": (lambda t: (numbers(t) + [10.0])[:2], [0.0, 10.0], False),
        "rate": (float, 0.0, False),
        "queue": (int, 100, False),
        "delay": (float, 0.0, False),
        "jitter": (float, 0.0, False),
        "drop-nth": (lambda t: [int(n) for n in t.split(",")], [], True),
        "ike": (lambda t: t.split(","), [], True),
        "seed": (int, 1, False),
    }
    for name in both:
        p.add_argument("--" + name, action="append", default=[])
    args = p.parse_args(words)
    args.command = command
    args.directions = {}
    for name, (reader, default, adds) in both.items():
        key = name.replace("-", "_")
        value = {"a2b": default, "b2a": default}
        for text in getattr(args, key):
            direction, colon, rest = text.partition(":")
            where, text = ([direction], rest) if colon and direction in value else (["a2b", "b2a"], text)
            for w in where:
                try:
                    value[w] = value[w] + reader(text) if adds else reader(text)
                except (ValueError, OSError):
                    p.error(f"--{name}: {text}")
        args.directions[key] = value
    choices = {"oversize": ("drop", "icmp", "fragment", "lie"), "fragments": ("pass", "drop", "first")}
    for key, allowed in choices.items():
        for value in args.directions[key].values():
            if value not in allowed:
                p.error(f"--{key}: one of {', '.join(allowed)}")
    for value in args.directions["spoil"].values():
        if set(value) - {"marker", "answer"}:
            p.error(f"--spoil: {','.join(value)}")
    for value in args.directions["ike"].values():
        for rule in value:
            if rule not in ("double", "reverse", "late") and not rule.startswith(("lose=", "lose-total=")):
                p.error(f"--ike: {rule}")
    args.a_addr = args.a_addr or ["192.0.2.1/24", "2001:db8:2::1/64"]
    args.b_addr = args.b_addr or ["192.0.2.2/24", "2001:db8:2::2/64"]
    return args


def main():
    path = Path(parse(sys.argv[1:]))

    def halt(*_):
        path.stop = True

    signal.signal(signal.SIGTERM, halt)
    signal.signal(signal.SIGINT, halt)
    try:
        path.open()
        status = path.run()
        path.report()
    finally:
        path.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
