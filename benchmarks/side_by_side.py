"""Whether this tree is faster than an earlier one: both served and measured in one run, in turn.

python -m benchmarks.side_by_side [--against REVISION] [--rounds N] [--only KIND …]

Two portals of their own, one of them from a worktree of REVISION. Short rounds go from one to the
other and back, so that what else the machine does falls on both; of each the median counts.
Processor time is that of the web server's processes and PostgreSQL's, from /proc.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent.parent
BEFORE = "c44be19"  # the last before free times were kept
KINDS = {
    "book": ["book 1", "book 8", "book 24"],
    "page": ["page home", "page picker"],
    "search": ["search"],
}


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.side_by_side", description=__doc__)
    parser.add_argument("--against", default=BEFORE, metavar="REVISION")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND")
    chosen = parser.parse_args()
    with _worktree(chosen.against) as earlier, _serving(earlier) as old, _serving(HERE) as new:
        for kind in chosen.only:
            print("\n" + HEADINGS[kind])
            for asked in KINDS[kind]:
                found = [(_ask(old, asked), _ask(new, asked)) for _ in range(chosen.rounds + 1)][
                    1:
                ]  # the first warms up
                print(ROWS[kind](asked, *zip(*found, strict=True)), flush=True)
    return 0


@contextlib.contextmanager
def _worktree(revision):
    with tempfile.TemporaryDirectory(prefix="earlier-tree-") as home:
        tree = f"{home}/tree"
        _git("worktree", "add", "-q", "--detach", tree, revision)
        try:
            Path(home).chmod(0o755)
            yield Path(tree)
        finally:
            _git("worktree", "remove", "--force", tree)


def _git(*words):
    subprocess.run(["git", *words], cwd=HERE, check=True)  # noqa: S607  (the developer's own)


@contextlib.contextmanager
def _serving(tree):
    process = subprocess.Popen(
        [sys.executable, "-P", str(HERE / "benchmarks" / "one_side.py")],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _answer(process)
        yield process
    finally:
        if process.stdin:
            process.stdin.close()
        process.wait()


def _ask(process, asked):
    print(asked, file=process.stdin, flush=True)
    return _answer(process)


def _answer(process):
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("The portal has ended: see above.")
    return json.loads(line)


def _bookings(asked, old, new):
    before, after = (
        {key: median(each[key] for each in side) for key in side[0]} for side in (old, new)
    )
    clients, ratio = asked.partition(" ")[2], after["rate"] / before["rate"]
    times = " | ".join(
        f"{side[part]:.1f}" for part in ("web", "database") for side in (before, after)
    )
    waits = f"{before['median']:.0f} | {after['median']:.0f}"
    rates = f"{before['rate']:.1f} | {after['rate']:.1f} | **{ratio:.2f}**"
    return f"| {clients} | {rates} | {waits} | {times} | {len(old)} |"


def _milliseconds(asked, old, new):
    before, after = (
        median(each for found in side for each in found["milliseconds"]) for side in (old, new)
    )
    queries = " | ".join(str(side[0].get("queries", "")) for side in (old, new))
    return f"| {asked} | {before:.2f} | {after:.2f} | **{after / before:.2f}** | {queries} |"


HEADINGS = {
    "book": """| clients | a second, before | after | ratio | median ms, before | after \
| web ms a booking, before | after | database ms, before | after | rounds |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |""",
    "page": """| processor time | ms before | after | ratio | queries before | after |
| --- | ---: | ---: | ---: | ---: | ---: |""",
    "search": """| time | ms before | after | ratio | | |
| --- | ---: | ---: | ---: | ---: | ---: |""",
}
ROWS = {"book": _bookings, "page": _milliseconds, "search": _milliseconds}

if __name__ == "__main__":
    sys.exit(main())
