"""What happens when many people press at the same moment.

python -m benchmarks.rush [rounds]

Serves a portal of its own (PostgreSQL, Valkey, granian with two workers) and sends real forms
through HTTP, each browser with a session of its own. It tells how fast the answers came (the
target for bookings is a second), and whether each promise was kept; where one was not, the exit
code is 1.
"""

import sys
from dataclasses import dataclass, field
from statistics import median, quantiles

from benchmarks import portal_for_once

ROUNDS = 20
SECOND = 1000  # milliseconds
HEADINGS = (
    "| the rush | rounds | requests | median ms | p95 ms | slowest ms | within 1 s | 5xx | kept |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)


@dataclass
class Rush:
    """One kind of rush: what its rounds answered, and what was broken in which round."""

    name: str
    rounds: int = 0
    answers: list = field(default_factory=list)
    broken: list = field(default_factory=list)

    def add(self, answers, broken):
        """Take down a round; `broken` says what went against the promise, or is empty."""
        self.rounds += 1
        self.answers += answers
        if broken:
            self.broken.append(f"round {self.rounds}: {broken}")

    @property
    def faults(self):
        return sum(answer.status >= 500 for answer in self.answers)

    @property
    def times(self):
        return [answer.milliseconds for answer in self.answers]

    @property
    def is_kept(self):
        return not (self.broken or self.faults)

    def __str__(self):
        times = self.times
        soon = sum(time <= SECOND for time in times) / len(times)
        return (
            f"| {self.name} | {self.rounds} | {len(times)} | {median(times):.0f} "
            f"| {quantiles(times, n=20)[-1]:.0f} | {max(times):.0f} | {soon:.0%} | {self.faults} "
            f"| {'yes' if self.is_kept else 'NO'} |"
        )


def main(rounds=ROUNDS):
    with portal_for_once.running() as site:
        from benchmarks import rush_scenes

        print(HEADINGS, flush=True)
        found = []
        for scene in rush_scenes.SCENES:
            found.append(scene(site, rounds))
            print(found[-1], flush=True)
    for rush in found:
        for broken in rush.broken:
            print(f"{rush.name}, {broken}")
    return 0 if all(rush.is_kept for rush in found) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
