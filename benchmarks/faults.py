"""What becomes of the portal's pages and messages while its parts die.

python -m benchmarks.faults [faster]

Serves a portal of its own with real Celery workers, beats and a mail server. What was sent is
counted where it arrives. `faster` (6) shortens lease and waits, which are minutes, to that part;
1 leaves them as installed. The exit code is 1 where a promise was broken or a control saw nothing.
"""

import io
import sys

from benchmarks import temporary_portal

KILLS = 10
PAGES = (
    "| meanwhile | requests | answered | 503 | other | median ms | p95 ms | slowest ms |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)
STORMS = (
    "| the storm | messages | workers killed | refused at first | arrived | lost | doubled "
    "| seconds | slowest page ms |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def main(faster=6):
    with temporary_portal.running() as site:
        from benchmarks import faults_servers, outbox_failures

        coach, client = _people()
        pages = _printed(PAGES, faults_servers.tell(site, coach, client))
        storms = _printed(STORMS, outbox_failures.break_out(_plans(faster), site, coach, client))
    *kept, careless, greedy = storms
    as_expected = all(each.is_kept for each in pages + kept)
    return 0 if as_expected and careless.lost and greedy.doubled > KILLS else 1


def _people():
    """A coach with free times and a client with a password."""
    from django.core.management import call_command

    from coaching_portal.example_data.people import coach, person

    call_command("example_data", "people", "hours", stdout=io.StringIO())
    return coach("coach"), person("client")


def _printed(headings, rows):
    print(headings, flush=True)
    found = []
    for row in rows:
        found.append(row)
        print(row, flush=True)
    print()
    return found


def _plans(faster):
    from benchmarks.outbox_failures import Plan

    return [
        Plan("2 workers, 2 beats, broker killed, then frozen", 500, KILLS, faster),
        Plan("2 workers, 2 beats, broker killed, then frozen", 3000, KILLS, faster),
        Plan("control: settled before sending", 300, 3, faster, "sent_before_sending", False),
        Plan("control: nothing claimed", 300, 3, faster, "sent_without_claiming", False),
    ]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
