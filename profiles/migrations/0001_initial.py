import uuid
from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leader",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("APPROVAL", "With the leader for approval"),
                            ("PUBLISHED", "Published"),
                            ("WITHDRAWN", "Withdrawn"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                (
                    "approved_on",
                    models.DateField(
                        blank=True, help_text="When the leader approved this profile.", null=True
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="Smaller comes first in lists."
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("sort_name", models.CharField(db_index=True, editable=False, max_length=300)),
                ("role", models.CharField(max_length=150)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("introduction", models.TextField(blank=True, help_text="Two or three sentences.")),
                (
                    "career",
                    models.TextField(
                        blank=True, help_text="In prose; entries with years go below."
                    ),
                ),
                ("leads_for", models.TextField(blank=True, verbose_name="what they lead for")),
                (
                    "thought",
                    models.CharField(
                        blank=True,
                        help_text="One idea for the home page, in our words.",
                        max_length=200,
                    ),
                ),
                ("tried", models.TextField(blank=True, verbose_name="what the organisation tried")),
                ("outcome", models.TextField(blank=True, verbose_name="what came of it")),
                ("inspired_by", models.TextField(blank=True, verbose_name="who inspired them")),
            ],
        ),
        migrations.CreateModel(
            name="Interview",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="interviews",
                        to="profiles.leader",
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
                ("is_published", models.BooleanField(default=True, verbose_name="published")),
                ("title", models.CharField(max_length=200)),
                ("podcast", models.CharField(blank=True, max_length=200)),
                ("interviewer", models.CharField(blank=True, max_length=150)),
                ("published_on", models.DateField(blank=True, null=True)),
                ("summary", models.TextField(blank=True)),
                ("transcript", models.TextField(blank=True)),
                ("audio", models.FileField(blank=True, upload_to="interviews/")),
                (
                    "audio_minutes",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="length in minutes"
                    ),
                ),
                ("next_guest", models.CharField(blank=True, max_length=200)),
                (
                    "next_guest_note",
                    models.CharField(
                        blank=True, help_text="Who the next guest is, in a phrase.", max_length=300
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("leader", "slug"), name="profiles_interview_slug_once_per_leader"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True),
                        name="profiles_interview_has_a_title",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("sort_name", models.CharField(db_index=True, editable=False, max_length=400)),
                ("address", models.TextField(blank=True)),
                (
                    "payables_email",
                    models.EmailField(
                        blank=True,
                        help_text="Invoices go here.",
                        max_length=254,
                        verbose_name="accounts payable e-mail",
                    ),
                ),
                ("payment_terms_days", models.PositiveSmallIntegerField(default=30)),
                ("requires_purchase_order", models.BooleanField(default=False)),
                (
                    "purchase_order_pattern",
                    models.CharField(
                        blank=True,
                        help_text="A regular expression that a whole purchase order number must match, such as PO-[0-9]{6}.",
                        max_length=100,
                    ),
                ),
                (
                    "purchase_order_hint",
                    models.CharField(
                        blank=True,
                        help_text="The same in words: “PO- and six digits”.",
                        max_length=100,
                    ),
                ),
                ("e_invoice_address", models.CharField(blank=True, max_length=100)),
                (
                    "is_checked",
                    models.BooleanField(
                        default=True,
                        help_text="Untick for one that a client named and nobody has checked yet.",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True),
                        name="profiles_organisation_has_a_name",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="themes",
                        to="profiles.leader",
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField(blank=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="full name")),
                ("sort_name", models.CharField(db_index=True, editable=False, max_length=300)),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                (
                    "needs",
                    models.TextField(
                        blank=True,
                        help_text="Told once; your coach sees it.",
                        verbose_name="accessibility needs",
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/London", max_length=64)),
                ("is_active", models.BooleanField(default=True)),
                ("is_staff", models.BooleanField(default=False, verbose_name="may use the admin")),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"),
                        name="profiles_user_email_is_unique_in_any_case",
                        violation_error_message="Someone already signs in with this e-mail address.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Coach",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coach",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("is_public", models.BooleanField(default=False, verbose_name="has a public page")),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="Smaller comes first in lists."
                    ),
                ),
                ("time_zone", models.CharField(default="Europe/London", max_length=64)),
                (
                    "hourly_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("75.00"),
                        max_digits=10,
                        verbose_name="rate for an hour, £",
                    ),
                ),
                (
                    "headline",
                    models.CharField(
                        blank=True, help_text="What the coach is, in one line.", max_length=120
                    ),
                ),
                (
                    "introduction",
                    models.TextField(blank=True, help_text="About four lines, shown in lists too."),
                ),
                (
                    "approach",
                    models.TextField(
                        blank=True, help_text="How the coach works. Empty lines part it."
                    ),
                ),
                (
                    "teaches",
                    models.TextField(blank=True, help_text="Courses and training, in words."),
                ),
                ("accreditation", models.CharField(blank=True, max_length=200)),
                ("accredited_until", models.DateField(blank=True, null=True)),
                (
                    "coaching_hours",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="hours of coaching given"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "coaches",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hourly_rate__gte", 0)),
                        name="profiles_coach_rate_is_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CareerEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "coach",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="career",
                        to="profiles.coach",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to="profiles.leader",
                    ),
                ),
                (
                    "years",
                    models.CharField(
                        blank=True, help_text="1997, 2005/6, since 2011 …", max_length=20
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("organisation", models.CharField(blank=True, max_length=200)),
                ("text", models.TextField(blank=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "career entries",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("coach__isnull", True), ("leader__isnull", True), _connector="XOR"
                        ),
                        name="profiles_career_entry_is_of_a_coach_or_a_leader",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Client",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="client_of",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "coach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clients",
                        to="profiles.coach",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "coach"), name="profiles_client_once_per_coach"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiaryDelegate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diaries_kept",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="diary_delegates",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "client"), name="profiles_diary_delegate_once_per_client"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("user", models.F("client")), _negated=True),
                        name="profiles_diary_delegate_is_somebody_else",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="profiles.organisation",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("MEMBER", "Member of staff"),
                            ("TRAINING_CONTACT", "Training contact"),
                            ("SPONSOR", "Sponsor of coaching"),
                            ("FINANCE", "Accounts payable"),
                        ],
                        default="MEMBER",
                        max_length=20,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "organisation", "role"),
                        name="profiles_membership_once_per_role",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "coach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="publications",
                        to="profiles.coach",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=250)),
                ("published_in", models.CharField(blank=True, max_length=200)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("text", models.TextField(blank=True)),
                ("address", models.URLField(blank=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("published_in", ""), ("title", ""), _negated=True),
                        name="profiles_publication_has_a_title_or_a_journal",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "coach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="qualifications",
                        to="profiles.coach",
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("awarded_by", models.CharField(blank=True, max_length=200)),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True, help_text="Distinction, for example.", max_length=60
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
    ]
