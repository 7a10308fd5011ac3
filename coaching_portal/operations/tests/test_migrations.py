"""No migration after the first of its app holds up the pages; planted faults are seen."""

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
)
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.models import Q

from coaching_portal.operations.tests.migration_rules import problems_with

OURS = ["coaching_portal", "notifications", "billing", "profiles", "bookings", "training"]
LEADER = "leader"

pytestmark = pytest.mark.django_db(transaction=True)  # indexes are built outside of one


def later_migrations():
    """Those after the first of each app: the ones that run on tables with rows."""
    disk = MigrationLoader(None).disk_migrations.values()
    later = [each for each in disk if each.app_label in OURS and not each.initial]
    return sorted(later, key=str)


def statements_of(migration):
    loader = MigrationLoader(connection)
    return loader.collect_sql([(migration, False)])


@pytest.mark.parametrize("migration", later_migrations(), ids=str)
def test_no_migration_holds_up_the_pages(migration):
    assert problems_with(migration, statements_of(migration)) == []


def planted(*operations, is_atomic=True, **allowed):
    """What the rules say of a migration of `profiles` that does this."""
    migration = migrations.Migration("planted", "profiles")
    migration.operations, migration.atomic = list(operations), is_atomic
    migration.allowed = {name.replace("_", "-"): reason for name, reason in allowed.items()}
    loader = MigrationLoader(connection)
    state = loader.project_state()
    with connection.schema_editor(collect_sql=True, atomic=is_atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    return problems_with(migration, editor.collected_sql)


def names(problems):
    return {problem.partition(":")[0] for problem in problems}


SLUG_INDEX = models.Index(fields=["slug"], name="planted_slug")
SHORT = models.CheckConstraint(condition=Q(slug__lt="zz"), name="planted_short")
ONCE = models.UniqueConstraint(fields=["organisation_name"], name="planted_once")
TEXT = models.CharField(max_length=20)


def add(field):
    return migrations.AddField(LEADER, "planted", field)


def sql(statement):
    return migrations.RunSQL(statement, "")


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        (add(models.CharField(max_length=20, default="")), "ban-drop-default"),
        (sql("ALTER TABLE x ADD COLUMN y int NOT NULL"), "adding-required-field"),
        (
            sql("ALTER TABLE x ADD COLUMN y uuid DEFAULT gen_random_uuid()"),
            "adding-field-with-default",
        ),
        (migrations.AlterField(LEADER, "slug", models.TextField()), "changing-column-type"),
        (sql("ALTER TABLE x ALTER COLUMN y SET NOT NULL"), "adding-not-nullable-field"),
        (migrations.RemoveField(LEADER, "slug"), "ban-drop-column"),
        (sql("SELECT 1; ALTER TABLE x DROP y"), "ban-drop-column"),
        (migrations.DeleteModel(LEADER), "ban-drop-table"),
        (migrations.RenameField(LEADER, "slug", "address"), "renaming-column"),
        (migrations.AddConstraint(LEADER, SHORT), "constraint-missing-not-valid"),
        (sql("ALTER TABLE x ADD UNIQUE (z)"), "disallowed-unique-constraint"),
        (migrations.AddIndex(LEADER, SLUG_INDEX), "require-concurrent-index-creation"),
        (sql("DROP INDEX x"), "require-concurrent-index-deletion"),
        (sql("LOCK TABLE x"), "whole-table-lock"),
        (sql("SELECT 1; TRUNCATE x"), "whole-table-lock"),
        (migrations.RunPython(lambda apps, editor: None), "cannot-be-reversed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_control_what_locks_or_breaks_is_refused(operation, name):
    assert name in names(planted(operation))


def test_control_what_cannot_be_read_is_not_passed_over():
    assert "syntax-error" in names(planted(sql("ALTER TABLE x ADD COLUMN COLUMN")))


def test_data_and_schema_do_not_travel_together():
    move = migrations.RunPython(migrations.RunPython.noop, migrations.RunPython.noop)

    assert names(planted(add(models.TextField(null=True)), move)) == {"data-with-schema"}
    assert planted(move) == []


@pytest.mark.parametrize(
    "operation",
    [
        add(models.CharField(max_length=20, null=True)),
        add(models.CharField(max_length=20, db_default="")),
        add(models.ForeignKey("profiles.User", models.CASCADE, null=True, db_index=False)),
        AddConstraintNotValid(LEADER, SHORT),
        migrations.CreateModel(
            "Planted", [("id", models.BigAutoField(primary_key=True)), ("x", TEXT)]
        ),
    ],
    ids=["null", "db_default", "key", "not valid", "new table"],
)
def test_what_neither_locks_nor_breaks_is_allowed(operation):
    assert planted(operation) == []


def test_an_index_that_is_built_beside_the_work_is_allowed():
    assert planted(AddIndexConcurrently(LEADER, SLUG_INDEX), is_atomic=False) == []


def test_what_is_against_a_rule_needs_a_reason():
    drop = migrations.RemoveField(LEADER, "slug")

    assert planted(drop, ban_drop_column="No version since 2027.3 reads it.") == []
    assert names(planted(drop, ban_drop_column="")) == {"ban-drop-column"}
