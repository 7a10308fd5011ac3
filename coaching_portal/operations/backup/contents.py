"""What a database holds, table by table, so that two can be compared.

Each table is counted, and its rows are added up: the sum of a 64-bit digest of every row, which
does not depend on their order. A row that is missing, doubled or changed changes the sum.
"""

from contextlib import contextmanager

import psycopg2
from psycopg2 import sql

# How values are written as text must not depend on the server or the session.
SAME_WORDS = """
    SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET search_path = public
"""
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""
ADDED_UP = """
    SELECT count(*),
           coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint), 0)::text
    FROM {table} t
"""
SERIES_BEHIND = """
    SELECT t.relname || '.' || a.attname, t.relname, a.attname, s.oid::regclass::text
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S' AND t.relnamespace = 'public'::regnamespace
"""


@contextmanager
def snapshot(url):
    """(cursor, name of the snapshot): one moment of the database, for as long as this lasts."""
    connection = connected(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(SAME_WORDS)
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            yield cursor, cursor.fetchone()[0]
    finally:
        connection.close()


def connected(url):
    return psycopg2.connect(url, connect_timeout=10, application_name="portal backup")


def tables(cursor):
    """The names of our tables; none in an empty database."""
    cursor.execute(TABLES)
    return [name for (name,) in cursor.fetchall()]


def contents(cursor):
    """{table: {"rows": …, "sum": …}} of everything that is there."""
    return {table: _added_up(cursor, table) for table in tables(cursor)}


def _added_up(cursor, table):
    cursor.execute(sql.SQL(ADDED_UP).format(table=sql.Identifier(table)))
    rows, digest = cursor.fetchone()
    return {"rows": rows, "sum": digest}


def differences(expected, found):
    """What is not the same, a line a table; nothing when both are equal."""
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        here, there = expected.get(table), found.get(table)
        if here is None or there is None:
            lines.append(f"{table}: only in the {'database' if here is None else 'archive'}")
        elif here["rows"] != there["rows"]:
            lines.append(f"{table}: {here['rows']} rows in the archive, {there['rows']} found")
        elif here["sum"] != there["sum"]:
            lines.append(f"{table}: {here['rows']} rows, but not the same ones")
    return lines


def series_that_lag(cursor):
    """Columns whose next number is one that a row already has: the next INSERT would fail."""
    cursor.execute(SERIES_BEHIND)
    return [name for name, *where in cursor.fetchall() if _lags(cursor, *where)]


def _lags(cursor, table, column, series):
    cursor.execute(
        sql.SQL(
            "SELECT coalesce(max({column}), 0) > (SELECT last_value FROM {series}) FROM {table}"
        ).format(
            column=sql.Identifier(column),
            table=sql.Identifier(table),
            series=sql.SQL(series),
        )
    )
    return cursor.fetchone()[0]
