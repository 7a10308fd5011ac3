import uuid
from decimal import Decimal

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("billing", "0001_initial"),
        ("profiles", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=120)),
                (
                    "summary",
                    models.CharField(help_text="One or two sentences, for lists.", max_length=300),
                ),
                ("for_whom", models.CharField(blank=True, max_length=200)),
                (
                    "outcomes",
                    models.TextField(
                        blank=True,
                        help_text="One a line, after “You will be able to”.",
                        verbose_name="learning outcomes",
                    ),
                ),
                ("syllabus", models.TextField(blank=True, help_text="One subject a line.")),
                (
                    "cpd_hours",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0"),
                        max_digits=5,
                        verbose_name="CPD hours",
                    ),
                ),
                ("accrediting_body", models.CharField(blank=True, max_length=120)),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, verbose_name="price for a delegate, £"
                    ),
                ),
                (
                    "group_price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="At the customer's place. Empty where it is not offered.",
                        max_digits=10,
                        null=True,
                        verbose_name="price for a whole group, £",
                    ),
                ),
                ("is_published", models.BooleanField(default=False)),
                (
                    "trainers",
                    models.ManyToManyField(
                        blank=True, related_name="courses_taught", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("price__gte", 0),
                            models.Q(
                                ("group_price", None), ("group_price__gte", 0), _connector="OR"
                            ),
                        ),
                        name="training_course_prices_are_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cpd_hours__gte", 0)),
                        name="training_course_cpd_hours_are_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Cohort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohorts",
                        to="training.course",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="Leave empty for a new one.",
                        max_length=12,
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("DRAFT", "Draft"),
                            ("OPEN", "Open for enrolment"),
                            ("CANCELLED", "Cancelled"),
                            ("FINISHED", "Finished"),
                        ],
                        default="DRAFT",
                        max_length=10,
                    ),
                ),
                ("capacity", models.PositiveSmallIntegerField(verbose_name="places")),
                (
                    "taken",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="places taken"
                    ),
                ),
                (
                    "enrolment_closes_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When empty, the start of the first teaching session.",
                        null=True,
                    ),
                ),
                (
                    "setting",
                    models.CharField(
                        choices=[("VENUE", "At a venue"), ("ONLINE", "Online")],
                        default="VENUE",
                        max_length=6,
                    ),
                ),
                ("venue", models.CharField(blank=True, max_length=120)),
                ("address", models.TextField(blank=True)),
                (
                    "room_url",
                    models.URLField(
                        blank=True,
                        help_text="Shown to learners only.",
                        verbose_name="link of the online room",
                    ),
                ),
                ("joining_instructions", models.TextField(blank=True)),
                (
                    "sequence",
                    models.PositiveIntegerField(
                        default=0,
                        editable=False,
                        help_text="How often dates or place have changed.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("taken__gte", 0), ("taken__lte", models.F("capacity"))),
                        name="training_cohort_has_no_more_learners_than_places",
                        violation_error_message="There cannot be fewer places than are taken.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(unique=True)),
                ("body", models.TextField()),
                (
                    "schedule",
                    models.JSONField(
                        default=list,
                        help_text="Which percentage of the price cancelling costs, from how many days before the first teaching day.",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "enrolment terms",
                "verbose_name_plural": "enrolment terms",
            },
        ),
        migrations.CreateModel(
            name="CourseBooking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="training.cohort",
                    ),
                ),
                (
                    "booked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="course_bookings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("booked_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who pays, where it is not the person who booked.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="course_bookings",
                        to="profiles.organisation",
                    ),
                ),
                ("purchase_order", models.CharField(blank=True, max_length=50)),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, verbose_name="price for a place, £"
                    ),
                ),
                (
                    "terms",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="training.enrolmentterms",
                    ),
                ),
                ("terms_sha256", models.CharField(max_length=64)),
                ("schedule", models.JSONField(help_text="What cancelling costs, as accepted.")),
                ("accepted_from", models.GenericIPAddressField(blank=True, null=True)),
                (
                    "cancelled_at",
                    models.DateTimeField(
                        blank=True, help_text="When its last place was cancelled.", null=True
                    ),
                ),
                (
                    "invoice_line",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="billing.invoiceline",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["booked_by", "booked_at"], name="training_booked_by")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)),
                        name="training_booking_price_is_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "booking",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="training.coursebooking",
                    ),
                ),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="training.cohort",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("ENROLLED", "Enrolled"),
                            ("CANCELLED", "Cancelled"),
                            ("SUBSTITUTED", "Passed on"),
                        ],
                        default="ENROLLED",
                        max_length=11,
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty until somebody signs up with this e-mail address.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150)),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="e-mail address"),
                ),
                ("named_at", models.DateTimeField(blank=True, null=True)),
                (
                    "named_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "substitute_for",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="substitute",
                        to="training.enrolment",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "fee",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=10,
                        verbose_name="fee for cancelling, £",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.db.models.functions.text.Lower("email"),
                        name="training_enrolment_email",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "ENROLLED")),
                        fields=("cohort", "learner"),
                        name="training_learner_is_in_a_cohort_once",
                    ),
                    models.UniqueConstraint(
                        models.F("cohort"),
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(
                            ("status", "ENROLLED"), models.Q(("email", ""), _negated=True)
                        ),
                        name="training_address_is_in_a_cohort_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("email", ""), ("learner", None), ("name", "")),
                            models.Q(
                                models.Q(("name", ""), _negated=True),
                                models.Q(("email", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="training_enrolment_is_named_with_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fee__gte", 0)),
                        name="training_enrolment_fee_is_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeachingSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="teaching_sessions",
                        to="training.cohort",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                        name="training_teaching_session_starts_before_it_ends",
                        violation_error_message="A teaching session ends after it starts.",
                    ),
                    models.UniqueConstraint(
                        fields=("cohort", "starts_at"), name="training_teaching_session_starts_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingListPlace",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_list",
                        to="training.cohort",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="waiting_list_places",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="profiles.organisation",
                    ),
                ),
                ("places", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("ENROLLED", "Enrolled since"),
                            ("LEFT", "Left the list"),
                        ],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "WAITING")),
                        fields=("cohort", "user"),
                        name="training_one_is_in_a_line_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("places__gte", 1)),
                        name="training_waiting_is_for_at_least_one",
                    ),
                ],
            },
        ),
    ]
