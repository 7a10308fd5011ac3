"""What a whole portal takes of memory, and how long it takes to start: cold, then warm.

python -m benchmarks.memory

Runs `manage.py portal` in an empty folder (cold: database, migrations, static files, example data),
ends it, and runs it again there (warm). Memory is read once every page of a visitor has been opened
a few times: RSS counts pages that processes share in each of them, PSS divides them among them.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from pathlib import Path

WARM_STARTS, LONGEST = 3, 300
PAGES = ("/", "/coaching/", "/coaches/", "/courses/", "/leaders/", "/account/login/", "/terms/")


def main():
    home = Path(tempfile.mkdtemp(prefix="portal-benchmark-"))
    home.chmod(0o755)
    try:
        return _measure(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _measure(home):
    seconds, memory = [], {}
    for _ in range(1 + WARM_STARTS):
        portal = Portal(home)
        seconds.append(portal.seconds)
        _visit(portal.site)
        memory = _memory_of(portal.process.pid)
        portal.end()
    print("| start | seconds |\n| --- | ---: |")
    for number, each in enumerate(seconds):
        print(f"| {f'warm, {number}' if number else 'cold, with the example'} | {each:.1f} |")
    print("\n| processes | how many | RSS MB | PSS MB |\n| --- | ---: | ---: | ---: |")
    for name, sizes in memory.items():
        _show(name, sizes)
    _show("together", [size for sizes in memory.values() for size in sizes])
    return 0


def _show(name, sizes):
    rss, pss = (sum(each) / 1024 for each in zip(*sizes, strict=True))
    print(f"| {name} | {len(sizes)} | {rss:.0f} | {pss:.0f} |")


class Portal:
    """A portal that has said where it is."""

    def __init__(self, home):
        from coaching_portal.operations.embedded import free_port

        port = str(free_port())
        unset = dict.fromkeys(("DATABASE_URL", "REDIS_URL", "EMAIL_URL"), "")
        ours = {"VAR_DIR": str(home), "PORT": port, "SITE_URL": f"http://127.0.0.1:{port}"}
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "portal"],
            env=os.environ | unset | ours | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.site = self._wait(began + LONGEST)
        self.seconds = time.monotonic() - began

    def _wait(self, until):
        for line in self.process.stdout or ():
            if found := re.search(r"The portal is at (\S+)", line):
                return found[1]
            if time.monotonic() > until:
                break
        self.end()
        raise RuntimeError("The portal did not start.")

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


def _visit(site):
    for path in PAGES * 8:
        urllib.request.urlopen(site + path).read()  # noqa: S310  our own address


def _memory_of(parent):
    """{kind of process: [(RSS, PSS) in kB of each]} of a portal and all that it started."""
    found = defaultdict(list)
    for pid in (parent, *_descendants(parent)):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            continue  # it has ended
        sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB", rollup, re.M))
        found[_kind(words)].append((int(sizes["Rss"]), int(sizes["Pss"])))
    return dict(sorted(found.items()))


def _descendants(parent):
    for task in Path(f"/proc/{parent}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _descendants(int(child))


def _kind(words):
    kinds = {"granian": "web", " worker ": "worker", " beat ": "beat", "valkey": "Valkey"}
    kinds |= {"postgres": "PostgreSQL", "manage.py": "parent"}
    return next((name for part, name in kinds.items() if part in words), words[:40])


if __name__ == "__main__":
    sys.exit(main())
