"""Large configurations and logs: python3 benches/captures/texts.py FOLDER [OCTETS] repeats those of the tests, each with other names."""

import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2] / "tests"


def main():
    folder, octets = pathlib.Path(sys.argv[1]), int(float(sys.argv[2])) if len(sys.argv) > 2 else 10_000_000
    folder.mkdir(parents=True, exist_ok=True)
    for name, word in [("strongswan-swanctl", "office"), ("fortigate-phases", "to-hq"), ("windows-profile-ikev2", "Always")]:
        text = (TESTS / "data/notations" / f"{name}.txt").read_text()
        times = octets // len(text)
        (folder / f"{name}.txt").write_text("".join(text.replace(word, f"{word}{number}") for number in range(times)))
    logs = [path for path in sorted((TESTS / "logs-causes").glob("*.log")) if "libreswan" not in path.name and "openiked" not in path.name]
    text = "".join(path.read_text(errors="replace") for path in logs)
    (folder / "charon.log").write_text((text * (octets // len(text) + 1))[:octets])


main()
