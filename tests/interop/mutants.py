"""Changes to an IKE_SA_INIT request: every octet of its framing one by one, lengths, what may follow each part, and random ones of all kinds together.

A change is told as tests/data/lenient/README.md says: [[offset, octets removed, octets put there], ..]. The initiator's SPI is never changed: every
request that is sent has one of its own.
"""

import dataclasses
import itertools
import struct

from framing import KE, SA, number

NAMES = {33: "sa", 34: "ke", 40: "nonce", 41: "notify", 43: "vendor"}
HEADER = ["first", "version", "exchange", "flags", *(f"message_id{n}" for n in range(4)), *(f"length[{n}]" for n in range(4))]
GENERIC = ["next", "reserved", "length[0]", "length[1]"]
PROPOSAL = ["last", "reserved", "length[0]", "length[1]", "number", "protocol", "spi_size", "count"]
TRANSFORM = ["last", "reserved", "length[0]", "length[1]", "type", "reserved2", "id0", "id1"]
ATTRIBUTE = ["attribute.type0", "attribute.type1", "attribute.value0", "attribute.value1"]
# The fixed part of a body. Of what stands behind it, which frames nothing, the first and the last octet are changed, but for the public value of KE.
BODY = {34: ["method0", "method1", "reserved0", "reserved1"], 40: [], 41: ["protocol", "spi_size", "type0", "type1"], 43: []}
ALONE = (0, 1, 2, 3, 255)
# Attributes that nobody asked for: key lengths in both forms, an unknown one in both, and one that is cut short.
ATTRIBUTES = ["800e0080", "800e0000", "000e00020080", "000e000400000080", "80630001", "0063000400000007", "006300", "80"]
PAYLOADS = [1, 32, 35, 36, 37, 39, 41, 42, 43, 44, 48, 49, 53, 54, 127, 128, 200, 255]


@dataclasses.dataclass(frozen=True)
class Change:
    """Octets written over those of the base, and others put before an offset, for which the lengths around them grow."""

    family: str
    name: str
    writes: tuple = ()
    inserts: tuple = ()


@dataclasses.dataclass
class Part:
    """A payload, proposal or transform: where it is, and the offsets of the lengths around what stands in it."""

    name: str
    start: int
    end: int
    around: tuple
    kind: int = 0


class Base:
    """A request, taken apart. It is well-formed, and no list in it is empty."""

    def __init__(self, name, octets):
        self.name, self.octets = name, octets
        self.fields, self.payloads, self.proposals, self.transforms = [], [], [], []
        self.name_all(8, "header", [f"spi_r{n}" for n in range(8)] + HEADER)
        counted, kind, at = {}, octets[16], 28
        while kind:
            counted[kind] = counted.get(kind, 0) + 1
            word = NAMES[kind] + (str(counted[kind]) if kind in (41, 43) else "")
            part = Part(word, at, at + number(octets[at + 2 : at + 4]), (24, at + 2), kind)
            self.payloads.append(part)
            self.name_all(at, word, GENERIC)
            if kind == SA:
                self.take_sa(part)
            else:
                self.take_body(part)
            kind, at = octets[at], part.end
        self.lengths = [offset for name, offset in self.fields if name.endswith("length[0]")]

    def name_all(self, at, prefix, words):
        self.fields += [(f"{prefix}.{word}", at + place) for place, word in enumerate(words)]

    def take_body(self, part):
        self.name_all(part.start + 4, part.name, BODY[part.kind])
        first = part.start + 4 + len(BODY[part.kind])
        if first < part.end and part.kind != KE:
            self.fields += [(f"{part.name}.data0", first), (f"{part.name}.data-last", part.end - 1)]

    def pieces(self, word, at, end, around):
        for place in itertools.count(1):
            if at == end:
                return
            part = Part(f"{word}{place}", at, at + number(self.octets[at + 2 : at + 4]), (*around, at + 2))
            yield part
            at = part.end

    def take_sa(self, part):
        for proposal in self.pieces("proposal", part.start + 4, part.end, part.around):
            self.proposals.append(proposal)
            self.name_all(proposal.start, proposal.name, PROPOSAL)
            for transform in self.pieces(f"{proposal.name}.transform", proposal.start + 8, proposal.end, proposal.around):
                self.transforms.append(transform)
                self.name_all(transform.start, transform.name, TRANSFORM + ATTRIBUTE[: transform.end - transform.start - 8])

    def length_size(self, offset):
        return 4 if offset == 24 else 2

    def length(self, offset):
        return number(self.octets[offset : offset + self.length_size(offset)])

    def edit(self, changes):
        """The edit of several changes together; None when two of them are about the same octets."""
        writes, inserts, grown = {}, {}, {}
        for change in changes:
            for offset, octets in change.writes:
                for place, octet in enumerate(octets, offset):
                    if writes.setdefault(place, octet) != octet:
                        return None
            for offset, octets, around in change.inserts:
                if offset in inserts:
                    return None
                inserts[offset] = octets
                for length in around:
                    grown[length] = grown.get(length, 0) + len(octets)
        for offset, more in grown.items():
            size = self.length_size(offset)
            span = range(offset, offset + size)
            value = self.length(offset) + more
            if any(place in writes for place in span) or value >> 8 * size:
                return None
            writes.update(zip(span, value.to_bytes(size, "big"), strict=True))
        return self.told(writes, inserts)

    def told(self, writes, inserts):
        edit = []
        for offset in sorted({*writes, *inserts}):
            # What stays as it was is no change.
            written = offset in writes and writes[offset] != self.octets[offset]
            put = inserts.get(offset, b"") + (bytes([writes[offset]]) if written else b"")
            if not put:
                continue
            if edit and edit[-1][0] + edit[-1][1] == offset and written and edit[-1][1]:
                edit[-1] = [edit[-1][0], edit[-1][1] + 1, edit[-1][2] + put.hex()]
            else:
                edit.append([offset, int(written), put.hex()])
        return edit


def apply(octets, spi, edit):
    """The request that a row of tests/data/lenient stands for."""
    octets = spi + octets[8:]
    for offset, removed, put in reversed(edit):
        octets = octets[:offset] + bytes.fromhex(put) + octets[offset + removed :]
    return octets


def write(family, name, *places):
    return Change(family, name, tuple((offset, bytes(octets)) for offset, octets in places))


def put(family, name, offset, octets, around):
    return Change(family, name, (), ((offset, octets, around),))


def octets_of(base):
    for name, offset in base.fields:
        was = base.octets[offset]
        for value in dict.fromkeys(((was - 1) & 255, (was + 1) & 255, *ALONE, was ^ 0x80)):
            if value != was:
                yield write("length-octet" if "length[" in name else "octet", f"{name}={value}", (offset, [value]))


def length_to(base, offset, value, family, name):
    size = base.length_size(offset)
    return write(family, name, (offset, (value % (1 << 8 * size)).to_bytes(size, "big")))


def lengths_of(base):
    names = {offset: name.removesuffix("[0]") for name, offset in base.fields}
    for offset in base.lengths:
        for by in (-4, -1, 1, 4):
            yield length_to(base, offset, base.length(offset) + by, "length", f"{names[offset]}{by:+}")
    ends = [part.end for part in base.payloads]
    for value in (0, 1, 4, 27, 28, 29, 32, *ends[:-1], len(base.octets) + 100, 65535, 1 << 31, (1 << 32) - 1):
        yield length_to(base, 24, value, "header-length", f"header.length={value}")


TAILS = {f"{size} of {octet}": bytes([octet]) * size for size in (1, 2, 3, 4, 7, 8, 12) for octet in (0, 255)}


def tails_of(base):
    end = len(base.octets)
    for word, octets in TAILS.items():
        yield put("tail", f"{word} outside Length", end, octets, ())
        yield put("tail", f"{word} inside Length", end, octets, (24,))
        yield put("sa-tail", f"{word} after the last proposal", base.proposals[-1].end, octets, base.payloads[0].around)
        for part in base.proposals:
            yield put("proposal-tail", f"{word} after the last transform of {part.name}", part.end, octets, part.around)
        for part in base.transforms[:4]:
            yield put("transform-tail", f"{word} in {part.name}", part.end, octets, part.around)
        for part in base.payloads[1:]:
            yield put("payload-tail", f"{word} in {part.name}", part.end, octets, part.around)


def ends_of(base):
    """The last payload announces one more, of which there is none, less than a header, or a header."""
    last, end = base.payloads[-1], len(base.octets)
    for kind in PAYLOADS:
        announced = (last.start, bytes([kind]))
        for octets in ("", "000000", "00000004", "0000000461", "0000000861626364", "00000000", "ffffffff"):
            for where, around in (("inside", (24,)), ("outside", ())):
                inserts = ((end, bytes.fromhex(octets), around),) if octets else ()
                yield Change("chain-end", f"last payload announces {kind}, {len(octets) // 2} octets {octets} {where} Length", (announced,), inserts)


def all_of(base):
    """One field of every proposal, or of every transform, at once."""
    for value in (0, 1, 2, 3, 255):
        yield write("last", f"Last of all proposals {value}", *((part.start, [value]) for part in base.proposals))
        yield write("last", f"Last of all transforms {value}", *((part.start, [value]) for part in base.transforms))
        yield write("count", f"count of all proposals {value}", *((part.start + 7, [value]) for part in base.proposals))
        yield write("reserved", f"every reserved octet of proposals and transforms {value}", *reserved(base, value))
    for first, step in itertools.product((0, 1, 2, 3, 7, 255), (-1, 0, 1, 2, 3)):
        numbers = [(part.start + 4, [(first + step * place) & 255]) for place, part in enumerate(base.proposals)]
        yield write("number", f"numbers from {first} by {step:+}", *numbers)


def behind_of(base):
    """Every such offer, behind the end that Length names or across it."""
    for value, change in itertools.product((28, 32), all_of(base)):
        length = length_to(base, 24, value, "", "")
        yield Change("behind", f"header.length={value} {change.name}", length.writes + change.writes, change.inserts)


def reserved(base, value):
    return [(part.start + 1, [value]) for part in (*base.proposals, *base.transforms)] + [(part.start + 5, [value]) for part in base.transforms]


def extra_of(base):
    """A payload more, a copy of a proposal or transform, an attribute."""
    for (place, part), kind, bit in itertools.product(enumerate(base.payloads), PAYLOADS, (0, 0x80)):
        yield inserted(base, place, kind, bit, b"abcd", "extra", f"payload {kind} critical {bit:#x} before {part.name}")
    for place, part in enumerate(base.payloads):
        yield inserted(base, place, part.kind, 0, base.octets[part.start + 4 : part.end], "duplicate", f"{part.name} twice")
    for part in (*base.proposals, *base.transforms):
        yield put("duplicate", f"{part.name} twice", part.start, base.octets[part.start : part.end], part.around[:-1])
    for part in base.transforms:
        for text in ATTRIBUTES:
            where = {part.start + 8, part.end}
            for offset in sorted(where):
                yield put("attribute", f"{text} at {offset - part.start} of {part.name}", offset, bytes.fromhex(text), part.around)


def inserted(base, place, kind, bit, body, family, name):
    """A payload before another; what announced that one announces this one."""
    part = base.payloads[place]
    octets = struct.pack("!BBH", part.kind, bit, 4 + len(body)) + body
    announces = base.payloads[place - 1].start if place else 16
    return Change(family, name, ((announces, bytes([kind])),), ((part.start, octets, (24,)),))


def single(base):
    """Every change there is to one place."""
    for kinds in (octets_of, lengths_of, tails_of, ends_of, all_of, behind_of, extra_of):
        yield from kinds(base)


def chance(rng, base, known):
    """A change to one place: as often as not one that is not among `known`, those of `single`."""
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(known)
    name, offset = rng.choice(base.fields)
    if kind < 0.7:
        value = rng.randrange(256)
        return write("octet", f"{name}={value}", (offset, [value]))
    octets = rng.choice([rng.randbytes(rng.randint(1, 40)), bytes(rng.randint(1, 40)), piece(rng, base)])
    part = rng.choice([*base.payloads, *base.proposals, *base.transforms])
    if kind < 0.8:
        return put("inside", f"{octets.hex()} at the end of {part.name}", part.end, octets, part.around)
    if kind < 0.9:
        return put("before", f"{octets.hex()} before {part.name}", part.start, octets, part.around[:-1])
    offset = rng.choice(base.lengths)
    value = rng.choice([base.length(offset) + rng.randint(-12, 12), rng.randrange(1 << 16), rng.randrange(64)])
    return length_to(base, offset, value, "length", f"length at {offset}={value % (1 << 8 * base.length_size(offset))}")


def piece(rng, base):
    part = rng.choice([*base.payloads, *base.proposals, *base.transforms])
    return base.octets[part.start : part.end]


def randomly(rng, base, known):
    """(family, name, edit) without end: one to three changes together."""
    known = list(known)
    while True:
        changes = [chance(rng, base, known) for _ in range(rng.choice([1, 2, 2, 3]))]
        edit = base.edit(changes)
        if edit:
            family = ("random", "pair", "triple")[len(changes) - 1]
            yield family, " ".join(change.name for change in changes), edit
