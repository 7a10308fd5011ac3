"""What a migration may do while the portal serves people, and while the version before it runs.

An upgrade migrates first and then replaces the web servers one by one (docs/operations.md), so
a migration must neither hold a lock that pages wait for nor take away what the running version
uses. The rules read the SQL that a migration would send, because that is what takes the locks:
https://www.postgresql.org/docs/current/explicit-locking.html says which, and
https://www.postgresql.org/docs/current/sql-altertable.html what reads or rewrites a whole table.

A migration that must break a rule says which and why:

    class Migration(migrations.Migration):
        allowed = {"drop-column": "No version since 2027.3 reads it."}
"""

import re
from dataclasses import dataclass

from django.db.migrations.operations import RunPython, RunSQL


@dataclass(frozen=True)
class Rule:
    """A kind of statement that is refused, and what to do instead."""

    name: str
    pattern: re.Pattern
    instead: str


def _rule(name, pattern, instead):
    return Rule(name, re.compile(pattern, re.IGNORECASE | re.DOTALL), instead)


# What stands between the table's name and the clause; no statement of Django's holds a semicolon.
_ALTER = r"^ALTER TABLE\b[^;]*"

RULES = [
    _rule(
        "add-not-null",
        rf"{_ALTER}\bADD COLUMN\b(?!.*\bDEFAULT\b).*\bNOT NULL\b",
        "Add the column with null=True or a db_default: rows that stand have no value.",
    ),
    _rule(
        "default-taken-back",
        rf"{_ALTER}\bALTER COLUMN\b.*\bDROP DEFAULT\b",
        "Use db_default: the running version does not fill the new column.",
    ),
    _rule(
        "rewrite",
        rf"{_ALTER}\bADD COLUMN\b.*\b(GENERATED|gen_random_uuid|clock_timestamp|random|serial)\b",
        "Add an empty column, fill it in small batches: this writes every row under a lock.",
    ),
    _rule(
        "alter-type",
        rf"{_ALTER}\bALTER COLUMN\b.*\bTYPE\b",
        "Add a second column, fill it, use it, and drop the first in a later version.",
    ),
    _rule(
        "set-not-null",
        rf"{_ALTER}\bALTER COLUMN\b.*\bSET NOT NULL\b",
        "Add a CHECK (… IS NOT NULL) with NOT VALID, then validate it in a migration of its own.",
    ),
    _rule(
        "drop-column",
        rf"{_ALTER}\bDROP COLUMN\b",
        "The version that runs may still use it: drop it one version after its last use.",
    ),
    _rule(
        "drop-table",
        r"^(DROP|TRUNCATE)( TABLE)?\b(?! (INDEX|TRIGGER|FUNCTION|CONSTRAINT))",
        "The version that runs may still use it: drop it one version after its last use.",
    ),
    _rule("rename", rf"{_ALTER}\bRENAME\b", "The version that runs knows the old name: keep it."),
    _rule(
        "check-validated",
        rf"{_ALTER}\bADD CONSTRAINT\b.*\b(CHECK|FOREIGN KEY)\b(?!.*\bNOT VALID\b)",
        "AddConstraintNotValid, then ValidateConstraint in a migration of its own.",
    ),
    _rule(
        "index-under-lock",
        rf"{_ALTER}\bADD CONSTRAINT\b.*\b(UNIQUE|EXCLUDE|PRIMARY KEY)\b(?!.*\bUSING INDEX\b)",
        "Build a unique index CONCURRENTLY, then add the constraint USING INDEX.",
    ),
    _rule(
        "index-not-concurrent",
        r"^(CREATE( UNIQUE)? INDEX|DROP INDEX)(?! CONCURRENTLY)\b",
        "AddIndexConcurrently or RemoveIndexConcurrently, with atomic = False.",
    ),
    _rule(
        "whole-table-lock",
        r"^(LOCK|VACUUM FULL|CLUSTER|REINDEX(?! .*CONCURRENTLY))\b",
        "Nobody can use the table meanwhile.",
    ),
]
ABOUT_OPERATIONS = {
    "cannot-be-reversed": "Give the operation a way back (migrations.RunPython.noop is one).",
    "data-with-schema": "Move the data in a migration of its own: it would keep the lock.",
}


def problems_with(migration, statements):
    """What is against the rules: lines of "rule: statement. What to do instead".

    `statements` are those that the migration would send (`MigrationLoader.collect_sql`).
    """
    allowed = getattr(migration, "allowed", {})
    found = [*_about_statements(statements), *_about_operations(migration)]
    return [f"{name}: {words}" for name, words in found if not allowed.get(name)]


def _about_statements(statements):
    sent = [_bare(statement) for statement in statements]
    made_here = {table for text in sent for table in re.findall(r'^CREATE TABLE "(\w+)"', text)}
    for text in sent:
        if not _is_about(made_here, text):
            yield from (
                (rule.name, f"{text[:120]} … {rule.instead}")
                for rule in RULES
                if rule.pattern.search(text)
            )


def _is_about(tables, text):
    """Whether a statement concerns a table that is made in this migration, and so is empty."""
    target = re.search(r'\b(?:TABLE(?: IF EXISTS)?|ON)(?: ONLY)? "(\w+)"', text)
    return bool(target) and target[1] in tables


def _bare(statement):
    """One line, without comments."""
    lines = [line for line in statement.splitlines() if not line.lstrip().startswith("--")]
    return " ".join(" ".join(lines).split())


def _about_operations(migration):
    operations = migration.operations
    for operation in operations:
        if isinstance(operation, (RunPython, RunSQL)) and not operation.reversible:
            yield "cannot-be-reversed", ABOUT_OPERATIONS["cannot-be-reversed"]
    moves = [operation for operation in operations if isinstance(operation, RunPython)]
    if moves and len(moves) < len(operations):
        yield "data-with-schema", ABOUT_OPERATIONS["data-with-schema"]
