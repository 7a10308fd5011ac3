"""All measurements of speed, one after the other, as tables.

python -m benchmarks [--only NAME …]

Each is a module of its own (python -m benchmarks.NAME) and a process of its own. What it prints is
shown, and kept under var/benchmarks/: as it was printed (NAME.md), and its tables as data
(NAME.json), with the machine and how busy it was.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

NAMES = (
    "free_times",
    "next_free",
    "lists",
    "pages",
    "calendar_sync",
    "rates",
    "concurrent_bookings",
    "messages",
    "invoices",
    "memory",
)
KEPT = Path(__file__).resolve().parent.parent / "var" / "benchmarks"


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    chosen = parser.parse_args().only or NAMES
    KEPT.mkdir(parents=True, exist_ok=True)
    failed = [name for name in chosen if not _measure(name)]
    if failed:
        print(f"Not as it should be: {', '.join(failed)}.")
    return 1 if failed else 0


def _measure(name):
    """Run it and keep what it says; whether it was content."""
    before = os.getloadavg()[0]
    print(f"## {name}\n", flush=True)
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{name}"], stdout=subprocess.PIPE, text=True
    )
    said = ""
    for line in process.stdout or ():
        print(line, end="", flush=True)
        said += line
    is_right = process.wait() == 0
    machine = _machine() | {"load_before": before, "load_after": os.getloadavg()[0]}
    print(f"\n{_words(machine)}\n", flush=True)
    (KEPT / f"{name}.md").write_text(f"{said}\n{_words(machine)}\n")
    kept = {"name": name, "is_right": is_right, **machine, "tables": tables_in(said)}
    (KEPT / f"{name}.json").write_text(json.dumps(kept, indent=1))
    return is_right


def _machine():
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }


def _words(machine):
    return (
        f"{machine['cores']} cores ({machine['machine']}), Python {machine['python']}, load "
        f"{machine['load_before']:.1f} before and {machine['load_after']:.1f} after."
    )


def tables_in(text):
    """The Markdown tables of a text, each a list of rows by their headings."""
    tables, rows = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            headings, _, *body = rows
            tables.append([dict(zip(headings, row, strict=False)) for row in body])
            rows = []
    return tables


if __name__ == "__main__":
    sys.exit(main())
