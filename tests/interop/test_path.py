#!/usr/bin/env python3
"""What path.py does to packets, without namespaces: `python3 tests/interop/test_path.py`."""

import collections
import socket
import struct
import unittest

import path

A4, B4, OUT4 = (socket.inet_aton(a) for a in ("10.0.0.1", "192.0.2.2", "203.0.113.9"))
A6, B6, OUT6 = (socket.inet_pton(socket.AF_INET6, a) for a in ("fd00::1", "2001:db8::2", "2001:db8:99::9"))


def udp(source, target, ports, data, dont_fragment=True):
    """A packet as a kernel makes it."""
    length = 8 + len(data)
    pseudo = source + target + (struct.pack("!BBH", 0, 17, length) if len(source) == 4 else struct.pack("!II", length, 17))
    head = struct.pack("!HHHH", *ports, length, 0)
    body = head[:6] + struct.pack("!H", path.checksum(pseudo + head + data) or 0xFFFF) + data
    if len(source) == 4:
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + length, 0x1234, 0x4000 if dont_fragment else 0, 64, 17, 0) + source + target
        return path.Packet(ip[:10] + struct.pack("!H", path.checksum(ip)) + ip[12:] + body)
    return path.Packet(struct.pack("!IHBB", 6 << 28, length, 17, 64) + source + target + body)


def sound(packet):
    """Whether the checksums of an unfragmented packet are right."""
    body = packet.octets[packet.transport :]
    pseudo = packet.source + packet.target + (struct.pack("!BBH", 0, 17, len(body)) if packet.version == 4 else struct.pack("!II", len(body), 17))
    return path.ones_sum(pseudo + body) == 0xFFFF and (packet.version == 6 or path.ones_sum(packet.octets[: packet.transport]) == 0xFFFF)


def ike_fragment(number, total, message=1, marker=b""):
    return marker + bytes(range(1, 17)) + struct.pack("!BBBBII", 53, 0x20, 35, 8, message, 60) + struct.pack("!BBHHH", 0, 0, 32, number, total) + bytes(24)


class Run:
    """One direction with options as on the command line."""

    def __init__(self, *words, name="a2b"):
        self.out, self.returned = [], []
        args = path.parse(words)
        self.side = path.Direction(name, args.directions, lambda p, at: self.out.append((at, len(self.out), p)), lambda p, now: self.returned.append(p))

    def send(self, *packets, at=0.0):
        for packet in packets:
            self.side.take(packet, at)
        return self

    def delivered(self):
        return [p for _, _, p in sorted(self.out, key=lambda item: item[:2])]


class Packets(unittest.TestCase):
    def test_rewriting_keeps_checksums(self):
        for source, target, outside in ((A4, B4, OUT4), (A6, B6, OUT6)):
            for size in (0, 1, 2, 999):
                packet = udp(source, target, (500, 4500), bytes(n % 251 for n in range(size)))
                self.assertTrue(sound(packet))
                changed = packet.rewritten(source=outside, source_port=40001)
                self.assertTrue(sound(changed))
                self.assertEqual((changed.source, changed.ports), (outside, (40001, 4500)))

    def test_another_content_keeps_checksums(self):
        for source, target in ((A4, B4), (A6, B6)):
            for data in (b"", b"x", b"xy" * 500):
                changed = udp(source, target, (500, 4500), b"before").carrying(data)
                self.assertTrue(sound(changed))
                self.assertEqual(changed.message(), data)

    def test_hops_take_from_the_ttl(self):
        for source, target, at in ((A4, B4, 8), (A6, B6, 7)):
            [packet] = Run("--hops", "3").send(udp(source, target, (500, 500), b"x")).delivered()
            self.assertEqual(packet.octets[at], 61)
            self.assertTrue(sound(packet))

    def test_esp_is_told_from_ike_and_keepalives(self):
        for ports, data, esp in (((4500, 4500), b"\1\2\3\4" + bytes(40), True), ((4500, 4500), bytes(44), False), ((4500, 4500), b"\xff", False), ((500, 500), b"\1" * 44, False)):
            packet = udp(A4, B4, ports, data)
            self.assertEqual(packet.is_esp(), esp)
            self.assertEqual(len(Run("--block-esp", "yes").send(packet).delivered()), 0 if esp else 1)
            self.assertEqual(len(Run("--block-esp", "b2a:yes").send(packet).delivered()), 1)

    def test_source_is_another(self):
        [packet] = Run("--source", "203.0.113.9:264").send(udp(A4, B4, (500, 500), b"x")).delivered()
        self.assertEqual((packet.source, packet.ports), (OUT4, (264, 500)))
        self.assertTrue(sound(packet))

    def test_spoiling(self):
        head = bytes(range(1, 17)) + struct.pack("!BBBBII", 33, 0x20, 34, 0x20, 0, 28 + 8 + 8)
        answer = head + struct.pack("!BBHI", 34, 0, 8, 7) + struct.pack("!BBHI", 0, 0, 8, 9)
        [packet] = Run("--spoil", "answer").send(udp(A4, B4, (500, 500), answer)).delivered()
        self.assertEqual(packet.message(), answer[:38] + b"\xff\xf0" + answer[40:])
        self.assertTrue(sound(packet))
        request = udp(A4, B4, (500, 500), answer[:19] + b"\x08" + answer[20:])
        self.assertEqual(Run("--spoil", "answer").send(request).delivered()[0].octets, request.octets)
        [packet] = Run("--spoil", "marker").send(udp(A4, B4, (4500, 4500), bytes(4) + answer)).delivered()
        self.assertEqual(packet.message(), answer)
        self.assertTrue(sound(packet))

    def test_nat_there_and_back(self):
        nat = path.Nat(["203.0.113.9", "2001:db8:99::9"], 10)
        for inside, target, outside in ((A4, B4, OUT4), (A6, B6, OUT6)):
            sent = nat.out(udp(inside, target, (500, 500), b"x"), 0)
            self.assertEqual(sent.source, outside)
            back = nat.back(udp(target, outside, (500, sent.ports[0]), b"y"), 5)
            self.assertEqual((back.target, back.ports), (inside, (500, 500)))
            self.assertTrue(sound(back))
            self.assertIsNone(nat.back(udp(target, outside, (500, 39999), b"y"), 5))
            self.assertIsNone(nat.back(udp(target, outside, (500, sent.ports[0]), b"y"), 50))
            self.assertNotEqual(nat.out(udp(inside, target, (500, 500), b"x"), 50).ports, sent.ports)

    def test_nat_leads_back_every_ip_fragment(self):
        nat = path.Nat(["203.0.113.9"], 0)
        port = nat.out(udp(A4, B4, (500, 500), b"x"), 0).ports[0]
        pieces = [nat.back(p, 0) for p in udp(B4, OUT4, (500, port), bytes(3000), dont_fragment=False).split(1500)]
        self.assertEqual([p.target for p in pieces], [A4] * 3)
        self.assertEqual(pieces[0].ports, (500, 500))

    def test_split(self):
        whole = udp(A4, B4, (500, 500), bytes(n % 256 for n in range(3000)), dont_fragment=False)
        pieces = list(whole.split(576))
        self.assertTrue(all(len(p.octets) <= 576 and p.fragment for p in pieces))
        self.assertEqual(b"".join(p.octets[20:] for p in sorted(pieces, key=lambda p: p.offset)), whole.octets[20:])
        self.assertEqual([p.more for p in pieces], [True] * (len(pieces) - 1) + [False])
        self.assertTrue(all(path.ones_sum(p.octets[:20]) == 0xFFFF for p in pieces))

    def test_too_big(self):
        for source, target in ((A4, B4), (A6, B6)):
            answer = udp(source, target, (500, 500), bytes(1400)).too_big(1280)
            self.assertEqual(answer.target, source)
            body = answer.octets[answer.transport :]
            pseudo = b"" if answer.version == 4 else answer.source + answer.target + struct.pack("!II", len(body), 58)
            self.assertEqual(path.ones_sum(pseudo + body), 0xFFFF)
            self.assertEqual(struct.unpack("!I", body[4:8])[0], 1280)
            self.assertLessEqual(len(answer.octets), 1280)


class Defects(unittest.TestCase):
    def test_mtu(self):
        large, small = udp(A4, B4, (500, 500), bytes(1400)), udp(A4, B4, (500, 500), bytes(100))
        free = udp(A4, B4, (500, 500), bytes(1400), dont_fragment=False)
        run = Run("--mtu", "a2b:1280").send(large, small, free)
        self.assertEqual((run.delivered(), run.returned), ([small], []))
        self.assertEqual(Run("--mtu", "b2a:1280").send(large).delivered(), [large])
        run = Run("--mtu", "1280", "--oversize", "icmp").send(large, free)
        self.assertEqual(len(run.returned), 1)
        self.assertEqual(len(run.delivered()), 2)
        self.assertEqual(run.side.counters["dropped_oversize"], 1)
        run = Run("--mtu", "1280", "--oversize", "fragment").send(large, free)
        self.assertEqual((len(run.delivered()), run.returned), (2, []))

    def test_too_big_names_the_packet_that_was_sent(self):
        run = Run("--mtu", "1280", "--oversize", "icmp")
        sent = udp(A4, B4, (500, 500), bytes(1400))
        run.side.inside = sent
        run.send(sent.rewritten(source=OUT4, source_port=40000))
        self.assertEqual(run.returned[0].target, A4)
        self.assertIn(sent.octets[:28], run.returned[0].octets)

    def test_ip_fragments(self):
        pieces = list(udp(A4, B4, (500, 500), bytes(3000), dont_fragment=False).split(1500))
        self.assertEqual(Run("--fragments", "drop").send(*pieces).delivered(), [])
        self.assertEqual(Run("--fragments", "first").send(*pieces).delivered(), pieces[:1])
        self.assertEqual(Run("--fragments", "pass").send(*pieces).delivered(), pieces)

    def test_blocked_port_takes_its_fragments_along(self):
        pieces = list(udp(A4, B4, (1000, 4500), bytes(3000), dont_fragment=False).split(1500))
        other = udp(A4, B4, (1000, 500), b"x")
        self.assertEqual(Run("--block-udp", "4500").send(*pieces, other).delivered(), [other])
        self.assertEqual(Run("--block-udp", "b2a:4500").send(*pieces, other).delivered(), [*pieces, other])

    def test_prohibited_by_a_router(self):
        for source, target in ((A4, B4), (A6, B6)):
            sent = udp(source, target, (1000, 500), b"x")
            run = Run("--refuse-udp", "500").send(sent, udp(source, target, (1000, 4500), b"x"))
            self.assertEqual((len(run.delivered()), len(run.returned)), (1, 1))
            [answer] = run.returned
            self.assertEqual((answer.target, answer.source), (source, path.ROUTER[answer.version]))
            self.assertEqual(tuple(answer.octets[answer.transport :][:2]), (3, 13) if answer.version == 4 else (1, 1))
            self.assertIn(sent.octets[: sent.transport + 8], answer.octets)

    def test_blocked_icmp(self):
        large = udp(A4, B4, (500, 500), bytes(1400))
        told = large.too_big(1280)
        self.assertEqual(Run("--block-icmp", "yes").send(told, large).delivered(), [large])
        self.assertEqual(Run("--block-icmp", "b2a:yes").send(told, large).delivered(), [told, large])
        run = Run("--mtu", "1280", "--oversize", "icmp", "--block-icmp", "yes").send(large)
        self.assertEqual((run.delivered(), run.returned), ([], []))

    def test_a_router_that_lies(self):
        large = udp(A4, B4, (500, 500), bytes(1400))
        run = Run("--mtu", "1280", "--oversize", "lie").send(large)
        self.assertEqual((run.delivered(), len(run.returned)), ([large], 1))

    def test_limit_loses_what_is_too_much(self):
        packets = [udp(A4, B4, (500, 500), bytes([n])) for n in range(20)]
        run = Run("--limit", "5")
        for n, packet in enumerate(packets):
            run.send(packet, at=n / 8)
        self.assertEqual(run.delivered(), packets[:5] + packets[8:13] + packets[16:])

    def test_limit_with_silence_after_it(self):
        packets = [udp(A4, B4, (500, 500), bytes([n])) for n in range(7)]
        run = Run("--limit", "5,30")
        for at, packet in zip((0, 0.1, 0.2, 0.3, 0.4, 0.5, 20), packets, strict=True):
            run.send(packet, at=at)
        self.assertEqual(run.delivered(), packets[:5])
        # What was sent in the meantime made the silence longer.
        self.assertEqual(run.send(packets[0], at=40).delivered(), packets[:5])
        self.assertEqual(run.send(packets[0], at=71).delivered(), [*packets[:5], packets[0]])

    def test_every_third(self):
        packets = [udp(A4, B4, (500, 500), bytes([n])) for n in range(9)]
        self.assertEqual(Run("--every", "3").send(*packets).delivered(), packets[2::3])

    def test_gates_take_ip_fragments_along(self):
        small = udp(A4, B4, (500, 500), b"x")
        pieces = list(udp(A4, B4, (500, 500), bytes(3000), dont_fragment=False).split(1500))
        self.assertEqual(Run("--every", "2").send(*pieces, small).delivered(), [small])
        self.assertEqual(Run("--limit", "1").send(*pieces, small).delivered(), pieces)

    def test_splitter(self):
        for rule, ports in (("natt", (1000, 4500)), ("odd", (1001, 500))):
            way = path.Path(path.parse(["--c", "third", "--c-takes", rule]))
            way.a2b = Run().side
            to_c, to_b = udp(A4, B4, ports, bytes(3000), dont_fragment=False), udp(A4, B4, (1000, 500), b"x")
            for packet in (*to_c.split(1500), to_b):
                way.to_b(packet, 0)
            self.assertEqual([end for _, _, end, _ in sorted(way.heap)], ["c", "c", "c", "b"])

    def test_loss_is_as_often_as_asked_and_the_same_for_a_seed(self):
        packets = [udp(A4, B4, (500, 500), struct.pack("!I", n)) for n in range(4000)]
        one, same, other = (Run("--loss", "20", "--seed", seed).send(*packets).delivered() for seed in ("1", "1", "2"))
        self.assertEqual(one, same)
        self.assertNotEqual(one, other)
        self.assertAlmostEqual(1 - len(one) / 4000, 0.20, delta=0.03)

    def test_bursts(self):
        packets = [udp(A4, B4, (500, 500), struct.pack("!I", n)) for n in range(20000)]
        run = Run("--burst", "5,25,80").send(*packets)
        # The bad state holds 5 / (5 + 25) of the time.
        self.assertAlmostEqual(run.side.counters["lost_burst"] / 20000, 0.8 * 5 / 30, delta=0.02)
        got, gaps, last = set(run.delivered()), collections.Counter(), 0
        for n, packet in enumerate(packets):
            if packet in got:
                gaps[n - last] += 1
                last = n + 1
        self.assertGreater(sum(count for gap, count in gaps.items() if gap >= 3), 100)

    def test_duplicates_and_reordering(self):
        packets = [udp(A4, B4, (500, 500), struct.pack("!I", n)) for n in range(100)]
        self.assertEqual(len(Run("--duplicate", "100").send(*packets).delivered()), 200)
        run = Run("--reorder", "30,5")
        for n, packet in enumerate(packets):
            run.send(packet, at=n / 1000)
        got = run.delivered()
        self.assertNotEqual(got, packets)
        self.assertEqual(set(got), set(packets))

    def test_rate_queue_and_delay(self):
        packets = [udp(A4, B4, (500, 500), bytes(972)) for _ in range(10)]
        run = Run("--rate", "800", "--queue", "4", "--delay", "20").send(*packets)
        times = [at for at, _, _ in run.out]
        self.assertEqual((len(times), run.side.counters["dropped_queue"]), (4, 6))
        for n, at in enumerate(times):
            self.assertAlmostEqual(at, 0.020 + 0.010 * (n + 1), places=6)

    def test_jitter_keeps_the_order(self):
        packets = [udp(A4, B4, (500, 500), struct.pack("!I", n)) for n in range(200)]
        run = Run("--delay", "10", "--jitter", "30").send(*packets)
        self.assertEqual(run.delivered(), packets)
        self.assertGreater(max(at for at, _, _ in run.out), 0.035)

    def test_drop_nth(self):
        packets = [udp(A4, B4, (500, 500), bytes([n])) for n in range(5)]
        self.assertEqual(Run("--drop-nth", "2,4").send(*packets).delivered(), packets[::2])


class IkeFragments(unittest.TestCase):
    def setUp(self):
        self.set = [udp(A4, B4, (500, 500), ike_fragment(n, 3)) for n in (1, 2, 3)]

    def test_lose(self):
        run = Run("--ike", "lose=2").send(*self.set)
        self.assertEqual(run.delivered(), [self.set[0], self.set[2]])
        self.assertEqual(run.send(*self.set).delivered()[2:], self.set)
        self.assertEqual(len(Run("--ike", "lose-total=4:2").send(*self.set).delivered()), 3)
        self.assertEqual(len(Run("--ike", "lose-total=3:2").send(*self.set).delivered()), 2)

    def test_order(self):
        self.assertEqual(Run("--ike", "reverse").send(*self.set).delivered(), self.set[::-1])
        self.assertEqual(Run("--ike", "double").send(*self.set).delivered(), [p for p in self.set for _ in range(2)])
        self.assertEqual(Run("--ike", "late").send(*self.set).delivered(), [*self.set, self.set[0]])
        self.assertEqual(Run("--ike", "b2a:reverse").send(*self.set).delivered(), self.set)

    def test_marker_and_other_messages(self):
        marked = [udp(A4, B4, (4500, 4500), ike_fragment(n, 3, marker=bytes(4))) for n in (1, 2, 3)]
        self.assertEqual(Run("--ike", "reverse").send(*marked).delivered(), marked[::-1])
        plain = udp(A4, B4, (500, 500), bytes(range(1, 17)) + struct.pack("!BBBBII", 46, 0x20, 35, 8, 1, 60) + bytes(32))
        self.assertEqual(Run("--ike", "lose=1,reverse").send(plain).delivered(), [plain])


if __name__ == "__main__":
    unittest.main()
