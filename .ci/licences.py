#!/usr/bin/env python3
"""What else is in a program of ours, and under which licences: every crate that is linked for a target, and the texts that come with it.

licences.py MANIFEST PACKAGE TARGET FILE..    FILE: licences of what is no crate, by themselves
"""

import json
import subprocess
import sys
from pathlib import Path

TEXTS = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")
LINE = "-" * 100


def cargo(*words: str) -> str:
    return subprocess.run(["cargo", *words], check=True, capture_output=True, text=True).stdout


def linked(manifest: str, package: str, target: str) -> set[tuple[str, str]]:
    """Name and version of what is linked, but for the packages of this repository."""
    kinds = ("--edges", "normal,no-proc-macro", "--target", target)
    tree = cargo("tree", "--locked", "--manifest-path", manifest, "-p", package, *kinds, "--prefix", "none", "--format", "{p}")
    rows = (row.split() for row in tree.splitlines() if row)
    return {(row[0], row[1].removeprefix("v")) for row in rows if not row[0].startswith("ikev2")}


def texts(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.iterdir() if path.is_file() and path.name.upper().startswith(TEXTS))
    return {path.name: path.read_text(errors="replace").strip() for path in found}


def crates(manifest: str, package: str, target: str) -> list[tuple[str, dict[str, str]]]:
    wanted = linked(manifest, package, target)
    found = []
    for entry in json.loads(cargo("metadata", "--locked", "--manifest-path", manifest, "--format-version", "1"))["packages"]:
        key = (entry["name"], entry["version"])
        if key not in wanted:
            continue
        wanted.remove(key)
        licence = entry["license"]
        if not licence:
            raise SystemExit(f"{key[0]} {key[1]} does not say its licence")
        found.append((f"{key[0]} {key[1]}: {licence}", texts(Path(entry["manifest_path"]).parent)))
    if wanted or len(found) < 50:
        raise SystemExit(f"{len(found)} crates were found, and not {wanted}")
    return sorted(found)


def main() -> None:
    manifest, package, target, *others = sys.argv[1:]
    found = crates(manifest, package, target)
    for path in map(Path, others):
        found.append((f"{path.parent.name}: no crate", {path.name: path.read_text(errors="replace").strip()}))
    print(f"{package} contains these works of others. A text that several have stands once, at the first.\n")
    seen: dict[str, str] = {}
    for head, files in found:
        print(f"{LINE}\n{head}")
        for name, text in files.items():
            here = f"{name} of {head.split(':')[0]}"
            # Apart from how its lines are broken.
            first = seen.setdefault(" ".join(text.split()), here)
            print(f"\n{text}\n" if first == here else f"{name}: the same as {first}")


if __name__ == "__main__":
    main()
