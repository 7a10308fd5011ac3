"""The parent of all children: starts again those that die, and ends them, the first one last."""

import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from coaching_portal.operations.embedded import children
from coaching_portal.operations.progress import Steps

LONGEST_WAIT = 30
GOOD_LIFE = 60  # seconds after which an early death is forgotten


class Kind(Protocol):
    """A server or a program that can be started, and again."""

    name: str
    log: Path | None
    end_signal: signal.Signals
    is_program: bool

    def start(self) -> subprocess.Popen: ...


@dataclass
class Child:
    """One child: `kind` knows how to start it, `process` is the one that lives now."""

    kind: Kind
    process: subprocess.Popen | None = None
    deaths: int = 0
    started_at: float = 0.0
    due_at: float = 0.0  # when a dead one is started again

    def start(self, register):
        self.started_at = time.monotonic()
        self.process = self.kind.start()
        register.note(self.kind.name, self.process, self.kind.end_signal)

    def note_death(self):
        """Plan the next start: at once, then after 1, 2, 4 … seconds."""
        lived_well = time.monotonic() - self.started_at > GOOD_LIFE
        self.deaths = 1 if lived_well else self.deaths + 1
        wait = min(2 ** (self.deaths - 1) - 1, LONGEST_WAIT)
        self.due_at = time.monotonic() + wait
        self.process = None
        return wait


@dataclass
class Supervisor:
    """Runs children in the order in which they were started."""

    register: children.Register
    steps: Steps
    processes: list[Child] = field(default_factory=list)

    def start(self, kind):
        child = Child(kind)
        self.processes.append(child)
        child.start(self.register)
        return child.process

    def watch(self):
        """Keep them all alive until a signal raises KeyboardInterrupt."""
        while True:
            for child in self.processes:
                self._look_after(child)
            time.sleep(0.2)

    def end(self):
        """End the programs together, then the servers, the database last."""
        living = [(child.kind, child.process) for child in self.processes if child.process]
        programs = [(kind, process) for kind, process in living if kind.is_program]
        for kind, process in programs:
            process.send_signal(kind.end_signal)
        for _, process in programs:
            children.insist(process)
        for kind, process in reversed(living):
            if not kind.is_program:
                children.end(process, kind.end_signal)

    def _look_after(self, child):
        if child.process and child.process.poll() is not None:
            self._tell_death(child, child.process.returncode)
            children.end_group(child.process.pid)
            self._plan(child)
        if child.process is None and time.monotonic() >= child.due_at:
            self._start_again(child)

    def _start_again(self, child):
        try:
            child.start(self.register)
        except (OSError, RuntimeError) as error:
            self.steps.say(f"✗ {child.kind.name}: {error}")
            self._plan(child)
        else:
            self.steps.say(f"✓ {child.kind.name} started again")

    def _plan(self, child):
        if wait := child.note_death():
            self.steps.say(f"  It is started again in {wait} s.")

    def _tell_death(self, child, code):
        self.steps.say(f"✗ {child.kind.name} ended with {_in_words(code)}. Its last lines:")
        for line in children.last_lines(child.kind.log):
            self.steps.say(f"    {line}")


def _in_words(code):
    return f"signal {-code}" if code < 0 else f"code {code}"
