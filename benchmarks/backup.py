"""Backups taken while people press; the last is restored on another server and compared.

python -m benchmarks.backup [rounds of load]

Serves a portal of its own with the example data. While clients book, learners enrol and admins
issue, archive after archive is written. The last one is restored into a second PostgreSQL and
compared, table by table, with what its snapshot held: where it is not equal, the exit code is 1.
"""

import contextlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from benchmarks import temporary_portal

ROUNDS = 5


def main(rounds=ROUNDS):
    with temporary_portal.running() as site:
        from django.core.management import call_command

        call_command("example_data", verbosity=0)
        taken, loads, seconds = _back_up_under_load(site, rounds)
        tables, rows, restored = _restore_elsewhere(taken[-1])
    print("| requests meanwhile | a second | 5xx | backups | slowest | size | restored in | |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    answers = sum(len(load.answers) for load in loads)
    faults = sum(load.faults for load in loads)
    slowest = max(each.seconds for each in taken)
    print(
        f"| {answers} | {answers / seconds:.0f} | {faults} | {len(taken)} | {slowest:.1f} s "
        f"| {taken[-1].size / 1e6:.1f} MB | {restored:.1f} s "
        f"| {tables} tables, {rows} rows: equal |"
    )
    return 1 if faults or not all(load.is_kept for load in loads) else 0


class Taken:
    """One archive, and how long it took."""

    def __init__(self, folder, at):
        from django.conf import settings

        from coaching_portal.operations.backup import steps

        began = time.monotonic()
        self.path = steps.back_up(settings.DATABASE_URL, folder, at=at)
        self.seconds, self.size = time.monotonic() - began, self.path.stat().st_size


def _back_up_under_load(site, rounds):
    """(archives, loads, seconds): one backup after the other until the load is over."""
    from django.conf import settings
    from django.utils import timezone

    folder, began, at = Path(settings.VAR_DIR, "backups"), time.monotonic(), timezone.now()
    taken = []
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(_press, site, rounds)
        while not load.done():
            # Archives are named by the second.
            taken.append(Taken(folder, at + timedelta(seconds=len(taken))))
        return taken, load.result(), time.monotonic() - began


def _press(site, rounds):
    from django.db import connection

    from benchmarks import concurrent_scenes

    try:
        return [scene(site, rounds) for scene in concurrent_scenes.SCENES]
    finally:
        connection.close()


def _restore_elsewhere(taken):
    """(tables, rows, seconds) of a restore into a second server; it raises where not equal."""
    from coaching_portal.operations.backup import steps
    from coaching_portal.operations.backup.archive import Reader

    with _another_server(taken.path.parent.parent) as url, Reader(taken.path) as archive:
        archive.check()
        began = time.monotonic()
        tables, rows = steps.load_database(archive, url)
        return tables, rows, time.monotonic() - began


@contextlib.contextmanager
def _another_server(folder):
    from coaching_portal.operations.embedded import children, free_port
    from coaching_portal.operations.embedded.postgres import Postgres

    server = Postgres(folder / "elsewhere", port=free_port(), password="elsewhere")  # noqa: S106
    process = server.start()
    try:
        yield server.url()
    finally:
        children.end(process, server.end_signal)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
