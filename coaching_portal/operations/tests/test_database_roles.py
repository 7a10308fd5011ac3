"""The portal's role reads and writes rows; it cannot touch what guards them."""

import contextlib
import os
from datetime import timedelta
from decimal import Decimal

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from coaching_portal.billing import actions
from coaching_portal.operations import database_roles
from coaching_portal.operations.backup import programs
from coaching_portal.operations.embedded import OWNER, PORTAL, password_of_portal
from coaching_portal.operations.portal import preparation
from coaching_portal.personal_data import retention
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY

GUARD = (
    "SELECT tgname FROM pg_trigger WHERE tgrelid = 'billing_invoice'::regclass"
    " AND tgname LIKE 'pgtrigger_issued_stays_%'"
)


def address_of_portal():
    """The address as the portal's role of this test's database."""
    owners = os.environ["TESTS_DATABASE_URL"]
    password = owners.partition(f"{OWNER}:")[2].partition("@")[0]
    theirs = owners.replace(f"{OWNER}:{password}@", f"{PORTAL}:{password_of_portal(password)}@")
    return programs.address_of(theirs, connection.settings_dict["NAME"])


@pytest.fixture
def portal(db):
    """A cursor of somebody who has signed in to the database as the portal does."""
    with contextlib.closing(psycopg2.connect(address_of_portal())) as signed_in:
        yield signed_in.cursor()


REFUSED = [
    "ALTER TABLE billing_invoice DISABLE TRIGGER ALL",
    "ALTER TABLE billing_invoice DISABLE TRIGGER {guard}",
    "DROP TRIGGER {guard} ON billing_invoice",
    "ALTER TRIGGER {guard} ON billing_invoice RENAME TO nothing",
    "CREATE TRIGGER mine BEFORE UPDATE ON billing_invoice EXECUTE FUNCTION {guard}()",
    "CREATE OR REPLACE FUNCTION {guard}() RETURNS trigger AS 'BEGIN RETURN OLD; END' "
    "LANGUAGE plpgsql",
    "ALTER FUNCTION {guard}() RESET ALL",
    "DROP FUNCTION {guard}() CASCADE",
    "CREATE FUNCTION public.mine() RETURNS int AS 'SELECT 1' LANGUAGE sql",
    "CREATE TABLE public.mine (id int)",
    "CREATE TEMP TABLE billing_invoice (id int)",
    "CREATE SCHEMA mine",
    "TRUNCATE billing_invoice CASCADE",
    "TRUNCATE bookings_coachingsession CASCADE",
    "DROP TABLE billing_invoice CASCADE",
    "ALTER TABLE billing_invoice DROP CONSTRAINT billing_invoice_is_a_draft_or_whole",
    "ALTER TABLE billing_invoice OWNER TO {portal}",
    "SET session_replication_role = replica",
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "GRANT {owner} TO {portal}",
    "ALTER ROLE {portal} SUPERUSER",
    "CREATE ROLE mine",
    "INSERT INTO django_migrations (app, name, applied) VALUES ('billing', '9999', now())",
    "SELECT setval('billing_invoice_id_seq', 1)",
    "COPY billing_invoice TO PROGRAM 'cat'",
    "SELECT pg_read_file('postgresql.conf')",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_portals_role_is_refused(portal, statement):
    portal.execute(GUARD)
    guard = portal.fetchone()[0]

    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        portal.execute(statement.format(guard=guard, owner=OWNER, portal=PORTAL))


def test_the_portals_role_is_neither_superuser_nor_owner(portal):
    portal.execute(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,"
        " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid),"
        " EXISTS (SELECT FROM pg_proc WHERE proowner = pg_roles.oid),"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = current_user"
    )
    assert portal.fetchone() == (False,) * 8


@pytest.fixture
def as_portal(db):
    """What follows is asked for with the rights of the portal's role."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {PORTAL}")


def test_the_portals_role_does_all_that_invoicing_asks(as_portal, client_user, admin_user):
    ledger.set_up_practice()
    invoice = ledger.issue_to(client_user, (1, "100.00"), by=admin_user)
    came = {"payer": invoice.payer, "amount": Decimal(100), "received_on": TODAY, "by": admin_user}
    pay = {**came, "method": "CASH", "allocate_to": [(invoice, Decimal(100))], "at": NOW}

    payment = actions.record_payment(**pay)
    actions.credit_in_full(invoice=invoice, reason="Wrong", by=admin_user, at=NOW)
    actions.reverse_payment(payment=payment, reason="Bounced", by=admin_user, at=NOW)

    assert ledger.with_balances(invoice).outstanding == 0


def test_the_portals_role_forgets_what_is_old_enough(as_portal, client_user):
    forgotten = retention.forget_everything_due(NOW + timedelta(days=365 * 30))

    assert forgotten["trail-user"]


def test_the_portals_role_rotates_keys(as_portal, capsys):
    call_command("rotate_keys")

    assert "Under the first key now" in capsys.readouterr().out


# The owner migrates, and gives the rights.


@pytest.fixture
def two_roles(monkeypatch):
    """Settings as of a real server with two addresses; the tests' connection is the owner's."""
    monkeypatch.setitem(settings.DATABASES["default"], "USER", PORTAL)


def revoke(cursor):
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {PORTAL}")
    cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {PORTAL}")
    cursor.execute(f"REVOKE USAGE ON SCHEMA public FROM {PORTAL}, PUBLIC")
    cursor.execute(f"GRANT CREATE ON SCHEMA public TO {PORTAL}")


def may(cursor, right, table="billing_invoice"):
    cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [PORTAL, table, right])
    return cursor.fetchone()[0]


def test_rights_that_are_missing_are_given_and_no_others(db, two_roles):
    with connection.cursor() as cursor:
        revoke(cursor)
        assert not may(cursor, "SELECT")

        database_roles.give_rights()

        assert all(may(cursor, right) for right in ("SELECT", "INSERT", "UPDATE", "DELETE"))
        assert not any(may(cursor, right) for right in ("TRUNCATE", "TRIGGER", "REFERENCES"))
        assert may(cursor, "SELECT", "django_migrations")
        assert not may(cursor, "INSERT", "django_migrations")
        cursor.execute(
            "SELECT has_schema_privilege(%(role)s, 'public', 'USAGE'),"
            " has_schema_privilege(%(role)s, 'public', 'CREATE')",
            {"role": PORTAL},
        )
        assert cursor.fetchone() == (True, False)


def test_a_role_that_is_missing_is_made_by_an_owner_who_may(db, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "USER", "portal_made_here")
    monkeypatch.setitem(settings.DATABASES["default"], "PASSWORD", "it's secret")

    database_roles.give_rights()

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = 'portal_made_here'")
        assert cursor.fetchone() == (False,)


def test_a_role_that_is_missing_is_asked_for_where_the_owner_may_not(db, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "USER", "portal_made_here")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {PORTAL}")

    with pytest.raises(database_roles.RoleIsMissing, match="CREATE ROLE"):
        database_roles.give_rights()


def test_one_role_for_all_works_and_is_told(db):
    assert preparation.migrate() == 0
    assert "it can switch off" in database_roles.warning()


def test_two_roles_are_as_they_should_be(db, two_roles):
    assert database_roles.warning() == ""


def test_the_connection_is_the_owners_for_a_while(transactional_db, monkeypatch):
    """Migrating on a server with two roles: what is asked before and after is the portal's."""

    def who():
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            return cursor.fetchone()[0]

    owners, ours = dict(connection.settings_dict), connection.settings_dict
    theirs = psycopg2.extensions.parse_dsn(address_of_portal())
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(ours, "USER", PORTAL)
        patch.setitem(ours, "PASSWORD", theirs["password"])
        patch.setattr(settings, "MIGRATION_DATABASE", owners)

        with database_roles.as_owner():
            assert who() == OWNER
        assert who() == PORTAL
        call_command("migrate", verbosity=0)
        assert who() == PORTAL
        connection.close()
