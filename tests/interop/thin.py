"""thin.py KEEP < accepted.jsonl: fewer lines of a recording, by one rule.

Of the lines of one base and family that the same daemons took under the same number, and whose names differ in numbers only, the first KEEP stay: of a
sweep over an octet's values or a payload's places, that is. What changes made at random are called does not count, but whether other payloads
or proposals are to be seen than in the base.
"""

import json
import re
import sys

RANDOM = ("random", "pair", "triple")


def kind(row):
    if row["family"] in RANDOM:
        return row["base"], row["family"], tuple(row["by"].values()), "payloads" in row, "sa" in row
    name = re.sub(r"0x[0-9a-f]+|\d+", "#", row["name"].split("=")[0])
    return row["base"], row["family"], tuple(row["by"].items()), name


def thin(rows, keep):
    count = {}
    for row in rows:
        key = kind(row)
        count[key] = count.get(key, 0) + 1
        if count[key] <= keep:
            yield row


def main():
    for row in thin(map(json.loads, sys.stdin), int(sys.argv[1])):
        print(json.dumps(row, separators=(",", ":")))


if __name__ == "__main__":
    main()
