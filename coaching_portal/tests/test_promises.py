"""docs/promises.md says what keeps each promise and which tests show it: all of it exists."""

import ast
import importlib
import re
from functools import cache

import pytest
from django.conf import settings
from django.db import connection

DOCS = settings.BASE_DIR / "docs"
NAMED = re.compile(r"`([^`]+)`")
# Kept by a lock or a constraint, so that competing calls are what could break them.
RACED = {1, 2, 4, 5, 6, 7, 12}


def rows():
    """(number, guards, tests, controls, figure) of each row of the table."""
    for line in (DOCS / "promises.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdecimal():
            number, _promise, *named, figure = cells
            yield int(number), *(NAMED.findall(cell) for cell in named), figure


def promises():
    """The numbers of the promises in docs/architecture.md."""
    text = (DOCS / "architecture.md").read_text()
    section = text.split("## Promises, and what keeps each")[1].split("\n## ")[0]
    return {int(number) for number in re.findall(r"^\| (\d+) \|", section, re.M)}


@cache
def names_in(path):
    """What a module defines: a test is a function, or is bound to a name."""
    tree = ast.parse((settings.BASE_DIR / path).read_text())
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    bound = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    return functions | {target.id for target in bound if isinstance(target, ast.Name)}


def test_every_promise_has_a_row():
    assert {number for number, *_ in rows()} == promises()


def test_every_test_that_is_named_exists():
    named = {name for _, _, tests, controls, _ in rows() for name in tests + controls}

    missing = []
    for path, test in (name.split("::") for name in named):
        if test not in names_in(path):
            missing.append(f"{path}::{test}")

    assert len(named) > 40
    assert missing == []


def test_what_rivals_could_break_has_a_control_and_a_figure():
    bare = {number for number, *_, controls, figure in rows() if not (controls and figure)}

    assert bare & RACED == set()


@pytest.mark.django_db
def test_every_guard_that_is_named_exists():
    named = {name for _, guards, *_ in rows() for name in guards}

    missing = {name for name in named if not (_is_ours(name) or _is_in_the_database(name))}

    assert len(named) > 15
    assert missing == set()


def _is_ours(dotted):
    """`module.function`, such as bookings.actions.locking.lock_coach."""
    module, _, name = dotted.rpartition(".")
    return bool(module) and hasattr(importlib.import_module(module), name)


def _is_in_the_database(name):
    """A constraint or a unique index by its name, a trigger by what pgtrigger makes of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_constraint WHERE conname = %(name)s) "
            "OR EXISTS (SELECT FROM pg_class WHERE relname = %(name)s) "
            "OR EXISTS (SELECT FROM pg_trigger WHERE tgname ~ ('^pgtrigger_' || %(name)s || '_'))",
            {"name": name},
        )
        return cursor.fetchone()[0]
