#!/usr/bin/env python3
"""What probe.py makes of lines and of captures, without daemons: `python3 tests/interop/test_probe.py`."""

import json
import pathlib
import struct
import tempfile
import unittest

import path
import probe_cases
import probe_judge
import probe_manners
import probe_policy
from test_path import A4, A6, B4, B6, udp

THERE = "192.0.2.2"
NAME = b"ikev2 probe: checks the way"


def chain(payloads):
    """(first type, octets) of a payload chain."""
    kinds = [kind for kind, _ in payloads] + [0]
    octets = b"".join(struct.pack("!BBH", following, 0, 4 + len(body)) + body for following, (_, body) in zip(kinds[1:], payloads, strict=True))
    return kinds[0], octets


def request(spi, offered, method, name=NAME, size=0, marker=b""):
    """An IKE_SA_INIT request; its KE payload is of `method`."""
    sa = probe_policy.offer([(1, 12, 256), (3, 12, None), (2, 5, None), (4, offered, None)])
    payloads = [(33, sa), (34, struct.pack("!HH", method, 0) + bytes(32)), (40, bytes(32)), (43, name + bytes(size))]
    first, octets = chain(payloads)
    return marker + struct.pack("!QQBBBBII", spi << 56, 0, first, 0x20, 34, 8, 0, 28 + len(octets)) + octets


def sent(data, at=0.0, port=500, target=THERE):
    return probe_manners.Datagram(at, "192.0.2.1", target, (1000, port), 28 + len(data), data)


def capture(timed, folder):
    file = pathlib.Path(folder) / "ours.pcap"
    lines = [struct.pack("<IIII", int(at), round(at % 1 * 1e6), len(packet.octets), len(packet.octets)) + packet.octets for at, packet in timed]
    file.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101) + b"".join(lines))
    return file


class Manners(unittest.TestCase):
    def test_a_good_guest(self):
        requests = [sent(request(number, 14, 1), number * 0.112) for number in range(1, 81)]
        self.assertEqual(probe_manners.problems(requests, [THERE]), [])

    def test_too_many(self):
        requests = [sent(request(number, 14, 1), number * 0.112) for number in range(1, 142)]
        self.assertEqual(probe_manners.problems(requests[:81], [THERE]), [f"81 datagrams to {THERE}, of which 80 are allowed"])
        self.assertEqual(probe_manners.problems(requests[:140], [THERE], policy=True), [])
        self.assertEqual(probe_manners.problems(requests, [THERE], policy=True), [f"141 datagrams to {THERE}, of which 140 are allowed"])

    def test_too_fast(self):
        requests = [sent(request(number, 14, 1), number * 0.09) for number in range(1, 20)]
        self.assertEqual(probe_manners.problems(requests, [THERE]), ["11 datagrams in a second"])

    def test_slower_after_a_cookie(self):
        requests = [sent(request(number, 14, 1), number * 0.112) for number in range(1, 20)]
        first, octets = chain([(41, struct.pack("!BBH", 0, 0, 16390))])
        asked = sent(b"\1" * 16 + struct.pack("!BBBBII", first, 0x20, 34, 0x20, 0, 28 + len(octets)) + octets, 1.0)
        self.assertEqual(probe_manners.first_cookie([*requests, asked]), 1.0)
        self.assertIsNone(probe_manners.first_cookie(requests))
        self.assertEqual(probe_manners.problems(requests, [THERE], cookie=1.0), ["9 datagrams in a second, after a cookie was asked for"])
        self.assertEqual(probe_manners.problems(requests[::2], [THERE], cookie=1.0), [])

    def test_openings(self):
        copies = [sent(request(7, 14, 14), at) for at in (0, 1, 2)] + [sent(request(7, 14, 14, marker=bytes(4)), 3, 4500)]
        self.assertEqual(probe_manners.problems(copies, [THERE]), [])
        self.assertEqual(probe_manners.problems([*copies, sent(request(8, 14, 14), 59)], [THERE]), [f"3 requests to {THERE} within 60 s that can leave state"])
        self.assertEqual(probe_manners.problems([*copies, sent(request(8, 14, 14), 60)], [THERE]), [])

    def test_each_address_has_its_own(self):
        requests = [sent(request(number, 14, 14), number, target=target) for number in (1, 2) for target in (THERE, "192.0.2.3")]
        self.assertEqual(probe_manners.problems(requests, [THERE, "192.0.2.3"]), [])
        self.assertIn("a datagram went to 192.0.2.3", probe_manners.problems(requests, [THERE])[0])

    def test_name_and_size(self):
        self.assertEqual(probe_manners.problems([sent(request(1, 14, 1, name=b"x"))], [THERE]), ["1 datagrams without a Vendor ID that names the tool"])
        self.assertEqual(probe_manners.problems([sent(request(1, 14, 1, size=2900))], [THERE]), [f"a datagram of {len(request(1, 14, 1, size=2900)) + 28} octets"])

    def test_ip_fragments_are_put_together(self):
        data = request(1, 14, 1, size=2500)
        for source, target, whole in ((A4, B4, udp(A4, B4, (1000, 500), data, dont_fragment=False)), (A6, B6, None)):
            pieces = list(whole.split(1500)) if whole else pieces6(source, target, data)
            with tempfile.TemporaryDirectory() as folder:
                [found] = probe_manners.datagrams(capture([(1.5, piece) for piece in pieces], folder))
            self.assertEqual((found.data, found.ports, found.time), (data, (1000, 500), 1.5))
            self.assertEqual(found.size, len(data) + (28 if whole else 48))

    def test_announcements(self):
        first, octets = chain([(33, b""), (34, b""), (40, b""), (41, struct.pack("!BBH", 0, 0, 16430))])
        answer = b"\1" * 16 + struct.pack("!BBBBII", first, 0x20, 34, 0x20, 0, 28 + len(octets)) + octets
        self.assertEqual(probe_manners.notifies([sent(answer), sent(request(1, 14, 1))]), {"192.0.2.1": {16430}})


def pieces6(source, target, data):
    """As a kernel makes IPv6 fragments."""
    body = udp(source, target, (1000, 500), data).octets[40:]
    for at in range(0, len(body), 1448):
        piece = body[at : at + 1448]
        head = struct.pack("!BBHI", 17, 0, at | (at + 1448 < len(body)), 77)
        yield path.Packet(struct.pack("!IHBB", 6 << 28, 8 + len(piece), 44, 64) + source + target + head + piece)


def lines(verdict=None, **changes):
    """What a tool says of a way where all is well."""
    rows = []
    for question in probe_judge.QUESTIONS:
        if question in probe_judge.ON_REQUEST and question not in changes:
            continue
        result = probe_cases.WELL.get(question, "yes")
        value = {"mtu": 1500, "product": "strongSwan", "capabilities": []}.get(question)
        row = {"kind": "answer", "question": question, "address": THERE, "result": result, "value": value, "confidence": "high", "datagrams": 1, "text": "It is."}
        rows.append({**row, **changes.get(question, {})})
    said = {"kind": "verdict", "state": "fit", "codes": [], "windows_error": None, "text": "Good.", "sent": {"datagrams": 0, "octets": 0}}
    return "\n".join(json.dumps(row) for row in [*rows, {**said, **(verdict or {})}])


def judged(text, truth=None, status=0, sent=(), announced=frozenset({16430})):
    return probe_judge.judge(text, status, truth or probe_cases.truth("strongswan"), [THERE], list(sent), {THERE: set(announced)})[0]


class Verdicts(unittest.TestCase):
    def test_all_is_well(self):
        self.assertEqual(judged(lines()), [])

    def test_unknown_is_never_wrong_but_where_it_is_due(self):
        self.assertEqual(judged(lines(fragments_from={"result": "unknown"})), [])
        self.assertEqual(judged(lines(mtu={"result": "unknown", "value": 1200})), [f"mtu at {THERE}: unknown"])

    def test_wrong_answers(self):
        self.assertIn("it is yes", judged(lines(fragments_to={"result": "no"}))[0])
        self.assertIn("1499, and it is 1500", judged(lines(mtu={"value": 1499}))[0])
        self.assertIn("libreswan, and it is strongswan", judged(lines(product={"value": "libreswan"}))[0])
        truth = probe_cases.truth("strongswan", nat="yes", sides=("client",))
        self.assertIn("['server'], and it is ['client']", judged(lines(nat={"result": "yes", "value": ["server"]}), truth)[0])
        self.assertEqual(judged(lines(nat={"result": "yes", "value": ["client"]}), truth), [])

    def test_states_and_codes(self):
        truth = probe_cases.unfit("strongswan", "A|B", may=("C",))
        good = {"state": "unfit", "codes": ["B", "C"], "windows_error": 809}
        self.assertEqual(judged(lines(good), truth, status=1), [])
        self.assertEqual(judged(lines(good), truth, status=0), ["exit status 0 with the state unfit"])
        self.assertIn("without A|B", judged(lines({**good, "codes": ["C"]}), truth, status=1)[0])
        self.assertIn("['D'] are wrong", judged(lines({**good, "codes": ["A", "D"]}), truth, status=1)[0])
        self.assertIn("windows_error is 800", judged(lines({**good, "windows_error": 800}), truth, status=1)[0])
        self.assertIn("the state is unfit, and not fit", judged(lines(good), status=1)[0])

    def test_what_was_sent(self):
        data = request(1, 14, 1)
        self.assertEqual(judged(lines({"sent": {"datagrams": 1, "octets": len(data)}}), sent=[sent(data)]), [])
        self.assertEqual(len(judged(lines(), sent=[sent(data)])), 2)

    def test_announcements_are_those_on_the_path(self):
        some = {"value": ["USE_PPK (16435)"]}
        self.assertEqual(judged(lines(capabilities=some), announced={16430, 16435}), [])
        self.assertIn("USE_PPK (16435) was not announced", judged(lines(capabilities=some))[0])
        self.assertIn("fragmentation", judged(lines(), announced=set())[0])

    def test_form(self):
        self.assertEqual(judged(""), ["exit status 0", "0 verdicts"])
        self.assertIn("is no JSON", judged(lines() + "\nnoise")[0])
        self.assertIn("comes after the verdict", judged(lines() + "\n" + json.dumps({"kind": "answer"}))[0])
        self.assertIn("'maybe'", judged(lines(nat={"result": "maybe"}))[0])
        self.assertIn("is answered twice", judged(lines(nat={"question": "mtu"}))[0])


class Policies(unittest.TestCase):
    def test_the_same_seed_draws_the_same(self):
        for daemon in probe_cases.DAEMONS:
            one, same, other = (probe_policy.draw(daemon, seed).text for seed in ("1/1", "1/1", "1/2"))
            self.assertEqual(one, same)
            self.assertNotEqual(one, other)

    def test_names_of_cases(self):
        names = [case.name for case in probe_cases.every()]
        self.assertEqual(len(names), len(set(names)))

    def test_suites(self):
        suites = dict(probe_policy.suites())
        self.assertEqual(suites["aes256-sha256-prfsha256-x25519"], [(1, 12, 256), (3, 12, None), (2, 5, None), (4, 31, None)])
        self.assertEqual(suites["aes256gcm16-prfsha384-ecp384"], [(1, 20, 256), (2, 6, None), (4, 20, None)])


if __name__ == "__main__":
    unittest.main()
