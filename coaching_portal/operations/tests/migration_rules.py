"""What a migration may do while the portal serves people, and while the version before it runs.

An upgrade migrates first and then replaces the web servers one by one (docs/operations.md), so
a migration must neither hold a lock that pages wait for nor take away what the running version
uses. Squawk reads the SQL that a migration would send, because that is what takes the locks;
https://squawkhq.com/docs/rules says what each of its rules is for, and what to do instead.

A migration that must break a rule says which and why:

    class Migration(migrations.Migration):
        allowed = {"ban-drop-column": "No version since 2027.3 reads it."}
"""

import json
import re
import subprocess
import sysconfig
from pathlib import Path

from django.db import connection
from django.db.migrations.operations import RunPython, RunSQL

SQUAWK = Path(sysconfig.get_path("scripts"), "squawk")
# Django chooses the types and writes the statements, and `manage.py portal` limits how long a
# statement waits for a lock. A key that comes with its own empty column is not validated at all;
# one that is added apart is told of by "constraint-missing-not-valid".
NOT_ASKED = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-robust-stmts",
    "prefer-text-field",
    "require-lock-timeout",
    "require-statement-timeout",
    "adding-foreign-key-constraint",
)
# What squawk has no rule for.
WHOLE_TABLE = re.compile(r"(?:^|;)\s*(LOCK|VACUUM FULL|CLUSTER|TRUNCATE)\b", re.IGNORECASE)
ABOUT_OPERATIONS = {
    "cannot-be-reversed": "Give the operation a way back (migrations.RunPython.noop is one).",
    "data-with-schema": "Move the data in a migration of its own: it would keep the lock.",
}


def problems_with(migration, statements):
    """What is against the rules: lines of "rule: statement. What is wrong with it".

    `statements` are those that the migration would send (`MigrationLoader.collect_sql`).
    """
    allowed = getattr(migration, "allowed", {})
    found = [*_about_statements(statements, migration.atomic), *_about_operations(migration)]
    return [f"{name}: {words}" for name, words in found if not allowed.get(name)]


def _about_statements(statements, is_atomic):
    made_here = set(re.findall(r'^CREATE TABLE "(\w+)"', "\n".join(statements), re.MULTILINE))
    sent = [each.rstrip().rstrip(";") for each in statements if not _is_about(made_here, each)]
    for text in sent:
        if WHOLE_TABLE.search(text):
            yield "whole-table-lock", f"{text[:120]} … Nobody can use the table meanwhile."
    yield from _found_by_squawk("".join(f"{text}\n;\n" for text in sent), is_atomic)


def _found_by_squawk(script, is_atomic):
    """(rule, words) of each of its findings."""
    words = ["--reporter=json", f"--exclude={','.join(NOT_ASKED)}"]
    words += [f"--pg-version={connection.pg_version // 10_000}"]
    words += ["--assume-in-transaction"] if is_atomic else []
    said = subprocess.run(
        [SQUAWK, *words], input=script, capture_output=True, text=True, check=False
    ).stdout
    lines = script.splitlines()
    for each in json.loads(said):
        line = lines[each["line"]].strip()[:120]
        yield each["rule_name"], f"{line} … {each['message']} {each['help'] or ''}"


def _is_about(tables, statement):
    """Whether a statement concerns a table that is made in this migration, and so is empty."""
    target = re.search(r'\b(?:TABLE(?: IF EXISTS)?|ON)(?: ONLY)? "(\w+)"', statement)
    return bool(target) and target[1] in tables


def _about_operations(migration):
    operations = migration.operations
    for operation in operations:
        if isinstance(operation, (RunPython, RunSQL)) and not operation.reversible:
            yield "cannot-be-reversed", ABOUT_OPERATIONS["cannot-be-reversed"]
    moves = [operation for operation in operations if isinstance(operation, RunPython)]
    if moves and len(moves) < len(operations):
        yield "data-with-schema", ABOUT_OPERATIONS["data-with-schema"]
