import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0010_validate_dates_within_reach"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("ACCEPTED", "Accepted"),
                            ("DECLINED", "Declined"),
                            ("REPLACED", "Replaced"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="PROPOSED",
                        max_length=9,
                    ),
                ),
                ("sessions_added", models.PositiveSmallIntegerField()),
                ("new_review_on", models.DateField()),
                ("proposed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "agreement",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extension",
                        to="bookings.agreement",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="bookings.programme",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExtensionChange",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("ACCEPTED", "Accepted"),
                            ("DECLINED", "Declined"),
                            ("REPLACED", "Replaced"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="PROPOSED",
                        max_length=9,
                    ),
                ),
                ("sessions_added", models.PositiveSmallIntegerField()),
                ("new_review_on", models.DateField()),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="bookings.agreement",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="status_programme_sessions_added_new_review_on_agreement_events",
                        to="bookings.extension",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="bookings.programme",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(("sessions_added__gte", 1)),
                name="bookings_extension_adds_sessions",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "ACCEPTED"), _negated=True),
                    ("agreement__isnull", False),
                    _connector="OR",
                ),
                name="bookings_extension_accepted_has_its_agreement",
            ),
        ),
        migrations.AddConstraint(
            model_name="extension",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "PROPOSED")),
                fields=("programme",),
                name="bookings_programme_has_one_open_extension",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extension",
            trigger=pgtrigger.compiler.Trigger(
                name="bookings_extension_is_answered_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."sessions_added" IS DISTINCT FROM (NEW."sessions_added") OR OLD."new_review_on" IS DISTINCT FROM (NEW."new_review_on") OR (NOT (OLD."status" = \'PROPOSED\') AND (OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id"))))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="da1149fa24f1fa84147a1e576ee11ac7041b9687",
                    operation="UPDATE",
                    pgid="pgtrigger_bookings_extension_is_answered_once_a3fe3",
                    table="bookings_extension",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extension",
            trigger=pgtrigger.compiler.Trigger(
                name="created_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "bookings_extensionchange" ("agreement_id", "new_review_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "sessions_added", "status") VALUES (NEW."agreement_id", NEW."new_review_on", _pgh_attach_context(), NOW(), \'created\', NEW."id", NEW."programme_id", NEW."sessions_added", NEW."status"); RETURN NULL;',
                    hash="d200d7fbe732ff90843d59b4264c065e81dd6ed4",
                    operation="INSERT",
                    pgid="pgtrigger_created_insert_be429",
                    table="bookings_extension",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extension",
            trigger=pgtrigger.compiler.Trigger(
                name="changed_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id") OR OLD."new_review_on" IS DISTINCT FROM (NEW."new_review_on") OR OLD."programme_id" IS DISTINCT FROM (NEW."programme_id") OR OLD."sessions_added" IS DISTINCT FROM (NEW."sessions_added") OR OLD."status" IS DISTINCT FROM (NEW."status"))',
                    func='INSERT INTO "bookings_extensionchange" ("agreement_id", "new_review_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "sessions_added", "status") VALUES (NEW."agreement_id", NEW."new_review_on", _pgh_attach_context(), NOW(), \'changed\', NEW."id", NEW."programme_id", NEW."sessions_added", NEW."status"); RETURN NULL;',
                    hash="2f568b2039745d754d540434f9847e0c610dc714",
                    operation="UPDATE",
                    pgid="pgtrigger_changed_update_b93c3",
                    table="bookings_extension",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extension",
            trigger=pgtrigger.compiler.Trigger(
                name="deleted_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "bookings_extensionchange" ("agreement_id", "new_review_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "sessions_added", "status") VALUES (OLD."agreement_id", OLD."new_review_on", _pgh_attach_context(), NOW(), \'deleted\', OLD."id", OLD."programme_id", OLD."sessions_added", OLD."status"); RETURN NULL;',
                    hash="0a98e6e3fd005156ac639df9d3878772c03c2d91",
                    operation="DELETE",
                    pgid="pgtrigger_deleted_delete_90174",
                    table="bookings_extension",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="extensionchange",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="30019755c74f2e7be6f6889feb41811dcb0a9927",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ccbd0",
                    table="bookings_extensionchange",
                    when="BEFORE",
                ),
            ),
        ),
    ]
