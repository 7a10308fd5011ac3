"""What many requests at the same moment answered, and whether each promise was kept."""

from dataclasses import dataclass, field
from statistics import median, quantiles

SECOND = 1000  # milliseconds
HEADINGS = (
    "| the load | rounds | requests | median ms | p95 ms | slowest ms | within 1 s | 5xx | kept |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
)


@dataclass
class ConcurrentLoad:
    """One kind of load: what its rounds answered, and what was broken in which round."""

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
