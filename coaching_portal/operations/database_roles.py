"""Two roles of the database: its owner, who migrates, and the portal's, which uses the rows.

Whoever owns a table can drop its triggers, and whoever is superuser passes them by; so web server
and worker connect as neither. Where one address is all there is, one role does both, and the
preparation says so.
"""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection
from psycopg2 import sql

ADDRESS = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Written by migrations only.
ONLY_READ = ("django_migrations",)
# What is asked, and what is done where the answer is yes.
ON_DATABASE = {
    "NOT has_schema_privilege(%(role)s, 'public', 'USAGE')": (
        "GRANT USAGE ON SCHEMA public TO {role}"
    ),
    "has_schema_privilege(%(role)s, 'public', 'CREATE')": (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}"
    ),
    "has_database_privilege(%(role)s, current_database(), 'TEMPORARY')": (
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}"
    ),
}
OWNS_TABLES = """
    SELECT EXISTS (
        SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND pg_has_role(%s, relowner, 'MEMBER')
    )
"""
TOO_MIGHTY = """The role {role} of DATABASE_URL owns the tables or is superuser,
  and so it can switch off what guards money and documents. Give the owner's address as
  MIGRATION_DATABASE_URL to preparation, backup and restore, and that of another role as
  DATABASE_URL to all (docs/deployment.md)."""


def has_two_roles():
    return settings.DATABASES["default"]["USER"] != settings.MIGRATION_DATABASE["USER"]


def warning():
    """Words for the admin where the portal's role may more than use the rows; "" where not."""
    role = settings.DATABASES["default"]["USER"]
    with connection.cursor() as cursor:
        cursor.execute(OWNS_TABLES, [role])
        return TOO_MIGHTY.format(role=role) if cursor.fetchone()[0] else ""


@contextmanager
def as_owner():
    """The connection is the owner's meanwhile; where it is already, it stays as it is."""
    if connection.settings_dict["USER"] == settings.MIGRATION_DATABASE["USER"]:
        yield
        return
    ours = connection.settings_dict
    owners = {key: settings.MIGRATION_DATABASE.get(key, "") for key in ADDRESS}
    _connect_as(ours | owners)
    try:
        yield
    finally:
        _connect_as(ours)


def _connect_as(address):
    connection.close()
    connection.settings_dict = address


class RoleIsMissing(RuntimeError):
    """Nobody has made the portal's role, and the owner may not."""


def give_rights():
    """Let the portal's role read and write rows, and no more; called as the owner."""
    if has_two_roles():
        ours = settings.DATABASES["default"]
        with connection.cursor() as cursor:
            _insist_on_role(cursor, ours["USER"], ours["PASSWORD"])
            grant_rows(cursor, ours["USER"])


def _insist_on_role(cursor, role, password):
    """Make the portal's role where the owner may, and say what to do where not."""
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
    if cursor.fetchone()[0]:
        return
    cursor.execute("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise RoleIsMissing(
            f"The role {role} of DATABASE_URL is missing. As an administrator of PostgreSQL: "
            f"CREATE ROLE \"{role}\" LOGIN PASSWORD '…'."
        )
    cursor.execute(
        sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
            sql.Identifier(role), sql.Literal(password)
        )
    )


MISSING = """
    SELECT relname, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S') AND NOT CASE
        WHEN relkind = 'S' THEN has_sequence_privilege(%(role)s, oid, 'USAGE')
        WHEN relname = ANY (%(only_read)s) THEN has_table_privilege(%(role)s, oid, 'SELECT')
        ELSE has_table_privilege(%(role)s, oid, 'SELECT')
            AND has_table_privilege(%(role)s, oid, 'INSERT')
            AND has_table_privilege(%(role)s, oid, 'UPDATE')
            AND has_table_privilege(%(role)s, oid, 'DELETE')
        END
    ORDER BY relname
"""


def grant_rows(cursor, role):
    """What the role lacks to read and write the rows of every table of `public`."""
    words = {"role": sql.Identifier(role), "database": sql.Identifier(_name_of_database(cursor))}
    for right, statement in ON_DATABASE.items():
        cursor.execute(f"SELECT {right}", {"role": role})
        if cursor.fetchone()[0]:
            cursor.execute(sql.SQL(statement).format(**words))
    cursor.execute(MISSING, {"role": role, "only_read": list(ONLY_READ)})
    for name, kind in cursor.fetchall():
        what = sql.SQL("SEQUENCE {}" if kind == "S" else "TABLE {}").format(
            sql.Identifier("public", name)
        )
        right = sql.SQL(", ".join(_rights_on(name, kind)))
        cursor.execute(sql.SQL("GRANT {} ON {} TO {role}").format(right, what, **words))


def _rights_on(name, kind):
    if kind == "S":
        return ("USAGE",)
    return ("SELECT",) if name in ONLY_READ else ROWS


def _name_of_database(cursor):
    cursor.execute("SELECT current_database()")
    return cursor.fetchone()[0]
