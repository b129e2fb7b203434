"""What `ike` is asked on every system. Names are relative to the repository's folder, in which it runs; what is made for it is in MADE."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

MADE = Path("target/windows/made")
# Where the programs write a page, or a folder of them; each in its turn.
PAGE = "{page}"
# Certificates are judged at this day, not at that of the run.
DAY = "2027-01-15"
NOTATIONS = "tests/data/notations"
PROFILE = f"{NOTATIONS}/windows-profile-ikev2.txt"
# Text as Windows writes it: ends of lines, byte order marks.
BOM = "\ufeff"
FORMS = {"crlf": ("", "utf-8"), "utf-8": (BOM, "utf-8"), "utf-16le": (BOM, "utf-16-le"), "utf-16be": (BOM, "utf-16-be")}
EVENT = (
    "Log Name:      Application\nSource:        RasClient\nDate:          3/14/2026 9:26:53 AM\n"
    "Event ID:      20227\nLevel:         Error\nDescription:\n"
    "CoId={5A1E4B1C-0000-0000-0000-000000000001}: The user CONTOSO\\carol has dialed a connection named Office "
    "which has failed. The error code returned on failure is 809.\n"
)


@dataclass(frozen=True)
class Question:
    args: tuple[str, ...]
    stdin: Path | None = None
    # How the names of files are spelled on Windows, where it is otherwise.
    spelled: tuple[tuple[str, str], ...] = ()
    # The system tells why a file cannot be opened, in its own words.
    system_words: bool = False
    # The answer is also that to another question.
    like: "Question | None" = None
    # What the answer is, where the systems could agree on a wrong one.
    status: int | None = None
    says: str = ""
    # What the page, or the list of files in the folder, begins with.
    begins: str = "<!doctype html>"

    def page(self) -> bool:
        return PAGE in self.args

    def __str__(self) -> str:
        return "ike " + " ".join(self.args) + (f" < {self.stdin}" if self.stdin else "")


def files(pattern: str) -> list[str]:
    """The files of a pattern; none would be a question that is not asked."""
    found = sorted(str(path) for path in Path().glob(pattern))
    if not found:
        raise SystemExit(f"no file {pattern}")
    return found


def make() -> None:
    """The files that are not in the repository."""
    for name in [*files(f"{NOTATIONS}/windows-*.txt"), f"{NOTATIONS}/strongswan-swanctl.txt"]:
        text = Path(name).read_text()
        for form in FORMS:
            write(f"{form}/{Path(name).name}", text, form)
    for form in FORMS:
        write(f"{form}/events.txt", EVENT, form)
    write("utf-16le/rsa2048.keys.json", Path("tests/captures/rsa2048.keys.json").read_text(), "utf-16le")
    (MADE / "events.txt").write_text(EVENT)
    folder = MADE / "Büro Wien"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "aufnahme één 試.pcap").write_bytes(Path("tests/captures/psk-v4.pcap").read_bytes())
    # The first buffer of an event trace: its size, and the mark of the header of the trace behind the 72 octets of its own.
    trace = bytearray(4096)
    trace[0:4] = (0x10000).to_bytes(4, "little")
    trace[72:76] = bytes([2, 0, 2, 0xC0])
    (MADE / "ike.etl").write_bytes(trace)
    (MADE / "events.evtx").write_bytes(b"ElfFile\0" + bytes(4088))
    (MADE / "questions.jsonl").write_bytes(b'{"offer":"windows10","local":"aes256-sha384-ecp384"}\r\n{"offer":"nonsense"}\r\n')


def write(name: str, text: str, form: str) -> None:
    mark, encoding = FORMS[form]
    path = MADE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((mark + text.replace("\r\n", "\n").replace("\n", "\r\n")).encode(encoding))


def captures() -> Iterator[Question]:
    """Every capture, with its keys where it has some."""
    for name in chain.from_iterable(files(f"tests/captures{which}/*.pcap*") for which in ("", "-diagnose", "-causes")):
        keys = [str(path) for ending in ("json", "txt") if (path := Path(name).with_suffix(f".keys.{ending}")).exists()]
        with_keys = ("--keys", keys[0]) if keys else ()
        yield Question(("inspect", "--json", *with_keys, name))
        yield Question(("diagnose", "--json", *with_keys, name))


def diagnosed() -> Iterator[Question]:
    """Texts and pages, and both ends together."""
    for name in files("tests/captures-diagnose/*.pcap*"):
        yield Question(("diagnose", "--html", PAGE, name))
        yield Question(("inspect", name))
    for name in files("tests/captures-causes/*-a.pcap"):
        other = name.removesuffix("-a.pcap") + "-b.pcap"
        if Path(other).exists():
            yield Question(("diagnose", "--json", name, other))
            yield Question(("diagnose", "--all", "--all-products", "--html", PAGE, name, other))
    yield Question(("diagnose", "--utc-offset", "+02:00", "--policy", "aes256-sha384-ecp384", "tests/captures/err-npc-init.pcap"), status=1)


def logs() -> Iterator[Question]:
    for name in files("tests/logs-causes/*.log"):
        yield Question(("diagnose", "--json", "--log", name))
    first = Question(("diagnose", "--log", str(MADE / "events.txt")), status=3, says="809")
    yield first
    for form in FORMS:
        name = str(MADE / form / "events.txt")
        yield Question(("diagnose", "--log", name), like=first, spelled=((name, first.args[-1]),))
        yield Question(("diagnose", name), status=3, says="809")


def texts() -> Iterator[Question]:
    """Configurations, as the repository has them and as Windows writes them."""
    for name in files(f"{NOTATIONS}/*.txt"):
        yield Question(("notation", name, "--json"))
    for name in files(f"{NOTATIONS}/windows-*.txt"):
        plain = Question(("notation", name), status=0)
        yield plain
        for form in FORMS:
            yield Question(("notation", str(MADE / form / Path(name).name)), like=plain)
    for profile in files(f"{NOTATIONS}/windows-profile-*.txt"):
        for swan in files(f"{NOTATIONS}/strongswan-swanctl.txt"):
            for json in ((), ("--json",)):
                yield Question(("negotiate", *json, profile, swan))
                yield Question(("negotiate", *json, str(MADE / "utf-16le" / Path(profile).name), str(MADE / "crlf" / Path(swan).name)))
    yield Question(("negotiate", "windows10", "aes256-sha384-ecp384"), status=1)
    yield Question(("negotiate", "--list"), status=0)
    yield Question(("negotiate", "--json"), stdin=MADE / "questions.jsonl")
    yield Question(("negotiate", "--pcap", "tests/captures/err-npc-init.pcap", "--local", "aes256-sha384-ecp384"), status=1)
    yield Question(("notation", "-"), stdin=MADE / "utf-16le" / Path(PROFILE).name, status=0)
    for to in ("windows", "strongswan", "fortigate", "cisco-ios", "azure"):
        yield Question(("notation", "--to", to, PROFILE))


def certificates() -> Iterator[Question]:
    for name in chain.from_iterable(files(f"tests/data/certificates-made/*.{ending}") for ending in ("pem", "cer", "p7b")):
        yield Question(("certificate", "--json", "--at", DAY, name))
    for name in files("tests/data/certificates-made/key-*.pem"):
        yield Question(("certificate", "--at", DAY, "--name", "vpn.example.net", name))


def names() -> Iterator[Question]:
    """Names of files in every spelling, standard input, and what is no capture."""
    plain = "tests/captures/psk-v4.pcap"
    spellings = ("tests\\captures\\psk-v4.pcap", "Z:\\src\\tests\\captures\\psk-v4.pcap", ".\\tests/captures\\..\\captures/psk-v4.pcap")
    foreign = str(MADE / "Büro Wien/aufnahme één 試.pcap")
    for command in ("inspect", "diagnose"):
        for json in ((), ("--json",)):
            for windows in spellings:
                yield Question((command, *json, plain), spelled=((plain, windows),), status=0)
            yield Question((command, *json, foreign), status=0, says="één 試" if command == "diagnose" else "")
            yield Question((command, *json, "-"), stdin=Path(plain), status=0)
            yield Question((command, *json, str(MADE / "ike.etl")), status=2, says="pktmon etl2pcap")
            yield Question((command, *json, str(MADE / "events.evtx")), status=2, says="Windows event log (.evtx)")
            yield Question((command, *json, "tests/captures/*.pcap"), status=2, says="patterns are not expanded")
            yield Question((command, *json, "tests/captures"), status=2, says="it is a folder")
            yield Question((command, *json, "nothing.pcap"), status=2, system_words=True)
    yield Question(("diagnose", "--log", str(MADE / "events.evtx")), status=2)
    bare = Question(("inspect", "--json", "--keys", "tests/captures/rsa2048.keys.json", "tests/captures/rsa2048.pcap"), status=0)
    yield Question(("inspect", "--json", "--keys", str(MADE / "utf-16le/rsa2048.keys.json"), "tests/captures/rsa2048.pcap"), like=bare)
    yield Question(("diagnose", "--html", "no/such/folder/page.html", plain), status=2, system_words=True)


def lines() -> Iterator[Question]:
    """The command line itself."""
    yield Question((), status=2)
    yield Question(("--version",), status=0)
    yield Question(("-h",), status=0)
    yield Question(("--help",), status=0)
    yield Question(("diagnos",), status=2)
    yield Question(("man",), status=0)
    yield Question(("completions", "powershell"), status=0)
    # Simulated times are sums of logarithms, which each system has from a library of its own.
    written = (f"{PAGE}/report.html", f"{PAGE}\\report.html")
    compare = ("compare", "--quick", "--out", PAGE)
    yield Question(compare, spelled=(written,), status=0, says="choose paced", begins="delivered-by-loss.png ")
    for command in ("diagnose", "inspect", "negotiate", "notation", "certificate", "handshake", "compare"):
        # Alone, compare begins to work.
        yield Question((command,) if command != "compare" else (command, "-h"))
        yield Question((command, "--help"), status=0)
        yield Question(("man", command), status=0)


def all_questions() -> list[tuple[str, list[Question]]]:
    kinds = [captures, diagnosed, logs, texts, certificates, names, lines]
    return [(kind.__name__, list(kind())) for kind in kinds]
