"""What happens when many people press at the same moment.

python -m benchmarks.concurrent_bookings [rounds]

Serves a portal of its own (PostgreSQL, Valkey, granian with two workers) and sends real forms
through HTTP, each browser with a session of its own. It tells how fast the answers came (the
target for bookings is a second), and whether each promise was kept; where one was not, the exit
code is 1.
"""

import sys

from benchmarks import temporary_portal
from benchmarks.concurrent_load import HEADINGS

ROUNDS = 20


def main(rounds=ROUNDS):
    with temporary_portal.running() as site:
        from benchmarks import concurrent_scenes

        print(HEADINGS, flush=True)
        found = []
        for scene in concurrent_scenes.SCENES:
            found.append(scene(site, rounds))
            print(found[-1], flush=True)
    for load in found:
        for broken in load.broken:
            print(f"{load.name}, {broken}")
    return 0 if all(load.is_kept for load in found) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
