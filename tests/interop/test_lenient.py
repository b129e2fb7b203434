#!/usr/bin/env python3
"""The lenient oracle without daemons: its reader, its changes and its judge, over what is recorded: `python3 tests/interop/test_lenient.py`."""

import itertools
import json
import random
import unittest

import framing
import lenient_judge
import mutants

BASES = json.loads((lenient_judge.DATA / "bases.json").read_text())["bases"]
ROWS = [json.loads(line) for path in lenient_judge.files() for line in path.read_text().splitlines()]


def taken(name):
    return mutants.Base(name, bytes.fromhex(BASES[name]["hex"]))


class Recorded(unittest.TestCase):
    def test_the_reader_reads_what_the_rows_say(self):
        self.assertGreater(len(ROWS), 1500)
        for row in ROWS:
            base = BASES[row["base"]]
            charon = any(name[0] == "c" for names in row["by"].values() for name in names.split())
            read = framing.reading(lenient_judge.message_of(row, base), charon)
            self.assertEqual(read, lenient_judge.wanted(row, base), row["name"])

    def test_every_row_was_taken_and_is_there_once(self):
        self.assertTrue(all(row["by"] for row in ROWS))
        for path in lenient_judge.files():
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            self.assertEqual(len({row["spi"] for row in rows}), len(rows), path)

    def test_what_is_chosen_stands_in_the_offer(self):
        for row in ROWS:
            _, offers = lenient_judge.wanted(row, BASES[row["base"]])
            numbers = {text.split(" ")[0] for offer in offers for text in offer}
            self.assertLessEqual(set(row["by"]), numbers, row["name"])


class Changes(unittest.TestCase):
    def test_every_octet_of_the_framing_is_changed(self):
        for name, told in BASES.items():
            base = taken(name)
            changed = {offset for change in mutants.octets_of(base) for offset, _ in change.writes}
            framed = set(range(8, 28)) | {part.start + place for part in base.payloads for place in range(4)}
            sa = base.payloads[0]
            framed |= set(range(sa.start, sa.end)) | set(range(sa.end, sa.end + 8))
            self.assertLessEqual(framed, changed, name)
            self.assertEqual([part.kind for part in base.payloads], told["payloads"])

    def test_an_edit_makes_what_it_says(self):
        base = taken("one")
        octets = base.octets
        longer = base.edit([mutants.put("sa-tail", "", base.proposals[-1].end, b"abc", base.payloads[0].around)])
        made = mutants.apply(octets, bytes(8), longer)
        self.assertEqual(made[8:24], octets[8:24])
        self.assertEqual(framing.number(made[24:28]), len(octets) + 3)
        self.assertEqual(framing.number(made[30:32]), 51)
        self.assertEqual((made[76:79], made[79:]), (b"abc", octets[76:]))
        # Two changes to one place are none; what a change leaves as it was is not told.
        twice = [mutants.write("octet", "", (40, [value])) for value in (1, 2)]
        self.assertIsNone(base.edit(twice))
        self.assertEqual(base.edit([mutants.write("octet", "", (40, [octets[40]]))]), [])

    def test_no_edit_touches_the_spi_and_offsets_rise(self):
        for name in BASES:
            base = taken(name)
            some = list(mutants.single(base))
            edits = [base.edit([change]) for change in some]
            drawn = mutants.randomly(random.Random(1), base, some)
            edits += [next(drawn)[2] for _ in range(500)]
            for edit in filter(None, edits):
                spans = [(offset, offset + removed) for offset, removed, _ in edit]
                self.assertGreaterEqual(spans[0][0], 8)
                self.assertTrue(all(end <= start for (_, end), (start, _) in itertools.pairwise(spans)), edit)

    def test_a_seed_gives_the_same_again_and_another_others(self):
        base = taken("many")
        some = list(mutants.single(base))

        def draw(seed):
            drawn = mutants.randomly(random.Random(seed), base, some)
            return [next(drawn) for _ in range(50)]

        self.assertEqual(draw(1), draw(1))
        self.assertNotEqual(draw(1), draw(2))


class Judged(unittest.TestCase):
    ROW = {"payloads": [33, 40], "sa": [["3 1 1.12.256.128 4.19", "4 1"]]}
    SHOWN = {
        "payloads": [
            {"type": 33, "proposals": [
                {"number": 3, "protocol": 1, "transforms": [
                    {"type": 1, "id": 12, "key_bits": 256, "attributes": [{"type": 14, "value": "0080"}, {"type": 99, "value": "00"}]},
                    {"type": 4, "id": 19, "key_bits": None, "attributes": []},
                ]},
                {"number": 4, "protocol": 1, "transforms": []},
            ]},
            {"type": 40},
            {"type": 200},
        ]
    }

    def lacks(self, shown):
        return lenient_judge.lacks(*lenient_judge.wanted(self.ROW, BASES["one"]), shown)

    def test_a_message_shown_whole_lacks_nothing(self):
        self.assertIsNone(self.lacks(self.SHOWN))

    def test_key_lengths_may_stand_in_another_order_and_once_more(self):
        shown = json.loads(json.dumps(self.SHOWN))
        shown["payloads"][0]["proposals"][0]["transforms"][0] = {
            "type": 1, "id": 12, "key_bits": 128, "attributes": [{"type": 14, "value": "0100"}, {"type": 14, "value": "0080"}],
        }
        self.assertIsNone(self.lacks(shown))

    def test_whatever_is_missing_is_missed(self):
        def but(change):
            shown = json.loads(json.dumps(self.SHOWN))
            change(shown["payloads"])
            return shown

        def transforms(payloads):
            return payloads[0]["proposals"][0]["transforms"]

        flawed = [
            but(lambda payloads: payloads.pop(0)),
            but(lambda payloads: payloads.pop(1)),
            but(lambda payloads: payloads.insert(0, {"type": 200})),
            but(lambda payloads: payloads[0].pop("proposals")),
            but(lambda payloads: payloads[0]["proposals"].pop()),
            but(lambda payloads: payloads[0]["proposals"].reverse()),
            but(lambda payloads: transforms(payloads).pop()),
            but(lambda payloads: transforms(payloads)[0]["attributes"].clear()),
            but(lambda payloads: transforms(payloads)[0].update(key_bits=None)),
            but(lambda payloads: transforms(payloads)[0].update(key_bits=128)),
            but(lambda payloads: transforms(payloads)[0]["attributes"].append({"type": 14, "value": "00c0"})),
            but(lambda payloads: transforms(payloads)[1].update(id=20)),
            but(lambda payloads: transforms(payloads)[1].update(key_bits=128)),
            None,
        ]
        for shown in flawed:
            self.assertIsNotNone(self.lacks(shown), shown)


if __name__ == "__main__":
    unittest.main()
