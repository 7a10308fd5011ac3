"""One and two web groups, one and two workers, on one database behind PgBouncer.

python -m benchmarks.scale [rounds]

Everything runs on this one machine, so that twice the processes are no twice as fast; what is
shown is that the promises hold when the competing requests are spread over all of them. The exit
code is 1 where one was broken. PgBouncer must be installed.
"""

import contextlib
import itertools
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from statistics import median, quantiles

from benchmarks import temporary_portal
from benchmarks.concurrent_bookings import ROUNDS
from benchmarks.concurrent_load import HEADINGS
from benchmarks.scale_pool import SERVER_CONNECTIONS, pooled

VISITORS, VISITS, MESSAGES = 16, 20, 500
PAGES = (
    "| web groups | requests | a second | median ms | p95 ms |\n| --- | ---: | ---: | ---: | ---: |"
)
MAIL = "| workers | messages | lost | doubled | a minute |\n| ---: | ---: | ---: | ---: | ---: |"
ALL_USERS_ONE_BY_ONE = """
import django; django.setup()
from profiles.models import User
list(User.objects.iterator(chunk_size=1))
"""


def main(rounds=ROUNDS // 2):
    with temporary_portal.running() as straight, contextlib.ExitStack() as parts:
        from django.conf import settings

        home = settings.VAR_DIR
        address = parts.enter_context(pooled(settings.DATABASE_URL, home / "pool"))
        _lead_children_to(address, settings)
        sites = [_web(parts, home / name) for name in ("web-a", "web-b")]
        kept = _load(sites, rounds)
        kept &= _cursors_survive()
        _pages({"1, straight": [straight], "1, pooled": sites[:1], "2, pooled": sites})
        kept &= _mail(straight)
    return 0 if kept else 1


def _lead_children_to(address, settings):
    """From here on, what is started goes through the pool; this process does not."""
    shared = {"DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL}
    os.environ.update(shared, DATABASE_IS_POOLED="true")


def _web(parts, var_dir):
    """A web group as another machine would run it: `manage.py portal --only web`."""
    from django.conf import settings

    from coaching_portal.operations.embedded import children, free_port

    port = free_port()
    shutil.copytree(settings.STATIC_ROOT, var_dir / "static")
    shutil.copytree(settings.VAR_DIR / "embedded", var_dir / "embedded", ignore=_clusters)
    process = children.spawn(
        [sys.executable, "manage.py", "portal", "--only", "web"],
        log=var_dir / "portal.log",
        env=os.environ | {"VAR_DIR": str(var_dir), "PORT": str(port)},
        cwd=settings.BASE_DIR,
    )
    parts.callback(children.end, process)
    _wait_until_it_says(var_dir / "portal.log", "Ctrl-C", process)
    return f"http://127.0.0.1:{port}"


def _clusters(folder, names):
    """Another machine has the secret key, and no servers of its own."""
    return [name for name in names if name != "state.json"]


def _wait_until_it_says(log, words, process):
    from coaching_portal.operations.embedded import children

    deadline = time.monotonic() + 120
    while words not in log.read_text():
        if process.poll() is not None or time.monotonic() > deadline:
            raise children.DidNotStart("A web group", log)
        time.sleep(0.1)


def _load(sites, rounds):
    """The scenes of benchmarks.concurrent_bookings, each browser at the next web group."""
    from benchmarks import concurrent_scenes
    from benchmarks.browsers import Browser

    next_site = itertools.cycle(sites)

    class Spread(Browser):
        def __init__(self, _, user):
            super().__init__(next(next_site), user)

    concurrent_scenes.Browser = Spread  # type: ignore[misc, assignment]  # a class in its place
    print(f"Two web groups, one database, {SERVER_CONNECTIONS} connections to it:\n\n{HEADINGS}")
    found = []
    for scene in concurrent_scenes.SCENES:
        found.append(scene("", rounds))
        print(found[-1], flush=True)
    for load in found:
        for broken in load.broken:
            print(f"{load.name}, {broken}")
    return all(load.is_kept for load in found)


def _cursors_survive():
    """Reading row by row through the pool, and the control: without the setting it fails."""
    kept = {is_told: _reads_row_by_row(is_told) for is_told in ("true", "false")}
    print(f"\nRows read one by one: {kept['true']}; without DATABASE_IS_POOLED: {kept['false']}\n")
    return kept == {"true": True, "false": False}


def _reads_row_by_row(is_told):
    program = [sys.executable, "-c", ALL_USERS_ONE_BY_ONE]
    environment = os.environ | {"DATABASE_IS_POOLED": is_told}
    return not subprocess.run(program, env=environment, capture_output=True, check=False).returncode


def _pages(groups):
    print(PAGES)
    for name, sites in groups.items():
        began = time.perf_counter()
        with ThreadPoolExecutor(VISITORS) as visitors:
            where = itertools.islice(itertools.cycle(sites), VISITORS)
            times = [took for each in visitors.map(_visit, where) for took in each]
        a_second = len(times) / (time.perf_counter() - began)
        slow = quantiles(times, n=20)[-1]
        print(f"| {name} | {len(times)} | {a_second:.0f} | {median(times):.0f} | {slow:.0f} |")
    print(flush=True)


def _visit(site):
    from benchmarks.faults_pages import open_page

    times = []
    for _ in range(VISITS):
        status, took = open_page(site, "/coaches/")
        if status != 200:
            raise RuntimeError(f"{site} answered {status}")
        times.append(took)
    return times


def _mail(site):
    from benchmarks import outbox_failures
    from profiles.models import Coach, User

    calm = outbox_failures.Plan("", MESSAGES, kills=0, broker_suffers=False, refuse_one_in=0)
    plans = [replace(calm, name=str(each), workers=each) for each in (1, 2)]
    print(MAIL)
    found = []
    for sent in outbox_failures.break_out(plans, site, Coach.objects.first(), User.objects.last()):
        found.append(sent)
        a_minute = MESSAGES / sent.seconds * 60
        print(f"| {sent.plan.name} | {MESSAGES} | {sent.lost} | {sent.doubled} | {a_minute:.0f} |")
    return all(sent.is_kept for sent in found)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
