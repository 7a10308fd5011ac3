import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import bookings.models.hours
import bookings.models.programme_rules
import bookings.models.session_rules
import bookings.models.sessions


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("billing", "0001_initial"),
        ("profiles", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgreementText",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreement_texts",
                        to="profiles.coach",
                    ),
                ),
                (
                    "form",
                    models.CharField(
                        choices=[
                            ("SESSION", "Short form, for a single session"),
                            ("PROGRAMME", "Programme"),
                        ],
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveSmallIntegerField()),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("coach", "form", "version"),
                        name="bookings_agreement_text_version_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="bookings.agreementtext",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("terms", models.JSONField(default=dict)),
                (
                    "accepted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
                ("accepted_from", models.GenericIPAddressField(null=True)),
                ("wishes_to_start_early", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="BookingRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "coach",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="booking_rules",
                        to="profiles.coach",
                    ),
                ),
                ("accepts_bookings", models.BooleanField(default=True)),
                (
                    "lengths",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(),
                        default=bookings.models.hours.usual_lengths,
                        help_text="Minutes of a session, 60 to 120.",
                        size=None,
                    ),
                ),
                (
                    "offers_introduction",
                    models.BooleanField(
                        default=True, verbose_name="offers a free introduction of 30 minutes"
                    ),
                ),
                (
                    "grid_minutes",
                    models.PositiveSmallIntegerField(
                        default=30, verbose_name="a start every (minutes)"
                    ),
                ),
                (
                    "minimum_notice_minutes",
                    models.PositiveIntegerField(
                        default=1440, verbose_name="minimum notice (minutes)"
                    ),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(
                        default=90, verbose_name="can be booked ahead (days)"
                    ),
                ),
                (
                    "buffer_minutes",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="buffer after a session (minutes)"
                    ),
                ),
                ("most_sessions_a_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("most_minutes_a_day", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("cancellation_notice_hours", models.PositiveSmallIntegerField(default=48)),
                ("opens_on_bank_holidays", models.BooleanField(default=False)),
                ("offers_video", models.BooleanField(default=True)),
                ("offers_telephone", models.BooleanField(default=True)),
                (
                    "offers_practice",
                    models.BooleanField(
                        default=False, verbose_name="offers sessions at the practice"
                    ),
                ),
                (
                    "offers_workplace",
                    models.BooleanField(
                        default=False, verbose_name="offers sessions at the client's workplace"
                    ),
                ),
                ("video_room_url", models.URLField(blank=True, verbose_name="standing video link")),
                ("practice_directions", models.TextField(blank=True)),
            ],
            options={
                "verbose_name_plural": "booking rules",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("grid_minutes__gte", 5), ("grid_minutes__lte", 240)),
                        name="bookings_rules_grid_is_5_to_240_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("horizon_days__gte", 1), ("horizon_days__lte", 730)),
                        name="bookings_rules_horizon_is_1_to_730_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("buffer_minutes__lte", 240)),
                        name="bookings_rules_buffer_is_up_to_240_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BusyTime",
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
                        related_name="busy_times",
                        to="profiles.coach",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("source", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["coach", "ends_at"], name="bookings_busy_time_coach")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                        name="bookings_busy_time_starts_before_it_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DateOverride",
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
                        related_name="date_overrides",
                        to="profiles.coach",
                    ),
                ),
                ("date", models.DateField()),
                ("starts", models.TimeField(blank=True, null=True)),
                ("ends", models.TimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ends__isnull", True), ("starts__isnull", True)),
                            models.Q(
                                ("ends__isnull", False),
                                ("starts__isnull", False),
                                models.Q(
                                    ("starts__lt", models.F("ends")),
                                    ("ends", "00:00"),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="bookings_date_override_starts_before_it_ends",
                    ),
                    models.UniqueConstraint(
                        fields=("coach", "date", "starts"),
                        name="bookings_date_override_starts_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "subject",
                    models.CharField(
                        choices=[("TEAM", "Coaching for a team"), ("MESSAGE", "A message")],
                        default="MESSAGE",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="telephone")),
                ("organisation", models.CharField(blank=True, max_length=200)),
                (
                    "people",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="how many people"
                    ),
                ),
                ("message", models.TextField()),
                ("arrangements", models.TextField(blank=True, verbose_name="when and where")),
                ("received_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "enquiries",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", "TEAM"), _negated=True),
                            ("people__isnull", False),
                            _connector="OR",
                        ),
                        name="bookings_enquiry_team_has_people",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "coach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="profiles.coach",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("title", models.CharField(default="Individual coaching", max_length=120)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("AWAITING_APPROVAL", "Awaiting the sponsor's approval"),
                            ("DECLINED", "Declined"),
                            ("AGREED", "Agreed"),
                            ("IN_REVIEW", "In review"),
                            ("PAUSED", "Paused"),
                            ("COMPLETED", "Completed"),
                            ("ENDED", "Ended early"),
                        ],
                        default="PROPOSED",
                        max_length=17,
                    ),
                ),
                (
                    "sessions_agreed",
                    models.PositiveSmallIntegerField(verbose_name="number of sessions"),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=60, verbose_name="length of a session (minutes)"
                    ),
                ),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, verbose_name="rate for an hour, £"
                    ),
                ),
                ("cancellation_notice_hours", models.PositiveSmallIntegerField(default=48)),
                ("review_on", models.DateField(verbose_name="review date")),
                (
                    "review_set_on",
                    models.DateField(
                        editable=False,
                        help_text="When the review date was last set: no notice is due before.",
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
                ("purchase_order", models.CharField(blank=True, max_length=50)),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="bookings.agreementtext",
                    ),
                ),
                ("terms_version", models.PositiveSmallIntegerField(default=1)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="programmes",
                        to="bookings.agreement",
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sessions_agreed__gte", 1)),
                        name="bookings_programme_has_sessions",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0)),
                        name="bookings_programme_rate_is_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["PROPOSED", "AWAITING_APPROVAL", "DECLINED", "ENDED"]),
                            ("agreement__isnull", False),
                            _connector="OR",
                        ),
                        name="bookings_programme_agreed_has_its_agreement",
                    ),
                ],
            },
            bases=(bookings.models.programme_rules.ProgrammeRules, models.Model),
        ),
        migrations.CreateModel(
            name="CoachingSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("INTRODUCTION", "Introductory conversation"),
                            ("INDIVIDUAL", "Individual coaching"),
                            ("TEAM", "Team coaching"),
                        ],
                        default="INDIVIDUAL",
                        max_length=12,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("HELD", "Held"),
                            ("BOOKED", "Booked"),
                            ("COMPLETED", "Completed"),
                            ("CANCELLED", "Cancelled"),
                            ("CANCELLED_LATE", "Cancelled late"),
                            ("NO_SHOW", "Did not attend"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "coach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="profiles.coach",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        blank=True,
                        help_text="The person coached; empty for a team, and while a visitor holds the time.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="coaching_sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="bookings.programme",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who pays, where it is not the client.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="profiles.organisation",
                    ),
                ),
                ("purchase_order", models.CharField(blank=True, max_length=50)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("free_again_at", models.DateTimeField()),
                (
                    "held_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the time was held: the notice is judged then.",
                        null=True,
                    ),
                ),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                (
                    "visitor_key",
                    models.CharField(
                        blank=True,
                        help_text="Which browser holds the time: one hold per visitor.",
                        max_length=64,
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[
                            ("VIDEO", "Video call"),
                            ("TELEPHONE", "Telephone"),
                            ("PRACTICE", "At the practice"),
                            ("WORKPLACE", "At your workplace"),
                        ],
                        default="VIDEO",
                        max_length=10,
                    ),
                ),
                ("place_details", models.CharField(blank=True, max_length=300)),
                ("needs", models.TextField(blank=True, verbose_name="accessibility needs")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, verbose_name="rate for an hour, £"
                    ),
                ),
                (
                    "price",
                    models.DecimalField(decimal_places=2, max_digits=10, verbose_name="price, £"),
                ),
                ("cancellation_notice_hours", models.PositiveSmallIntegerField(default=48)),
                (
                    "agreement",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="bookings.agreement",
                    ),
                ),
                (
                    "sequence",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="iCalendar's SEQUENCE: goes up with each change told to calendars.",
                    ),
                ),
                ("booked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "booked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "confirmed_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When the coach (or three days' silence) settled it.",
                        null=True,
                    ),
                ),
                ("waived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("waiver_reason", models.CharField(blank=True, max_length=200)),
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
                    models.Index(
                        fields=["coach", "starts_at"], name="bookings_session_coach_start"
                    ),
                    models.Index(
                        fields=["client", "starts_at"], name="bookings_session_client_start"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__lte", models.F("free_again_at")),
                            ("starts_at__lt", models.F("ends_at")),
                        ),
                        name="bookings_session_starts_before_it_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "HELD"), _negated=True),
                            ("held_until__isnull", False),
                            _connector="OR",
                        ),
                        name="bookings_session_hold_has_an_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "HELD"),
                            ("kind", "TEAM"),
                            ("client__isnull", False),
                            _connector="OR",
                        ),
                        name="bookings_session_has_a_client_or_a_team",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)),
                        name="bookings_session_price_is_not_negative",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("status__in", ["HELD", "BOOKED", "COMPLETED"])),
                        expressions=[
                            (
                                bookings.models.sessions.TsTzRange(
                                    "starts_at",
                                    "free_again_at",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("coach", "="),
                        ],
                        name="bookings_coach_is_in_one_place",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("status__in", ["HELD", "BOOKED", "COMPLETED"])),
                        expressions=[
                            (
                                bookings.models.sessions.TsTzRange(
                                    "starts_at",
                                    "ends_at",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("client", "="),
                        ],
                        name="bookings_client_is_in_one_place",
                    ),
                ],
            },
            bases=(bookings.models.session_rules.SessionRules, models.Model),
        ),
        migrations.CreateModel(
            name="AgendaItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agenda",
                        to="bookings.coachingsession",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reviews",
                        to="bookings.programme",
                    ),
                ),
                ("due_on", models.DateField()),
                ("held_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("EXTEND", "Extend"), ("PAUSE", "Pause"), ("FINISH", "Finish")],
                        max_length=8,
                    ),
                ),
                ("sessions_added", models.PositiveSmallIntegerField(default=0)),
                ("new_review_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "EXTEND"), _negated=True),
                            models.Q(("new_review_on__isnull", False), ("sessions_added__gte", 1)),
                            _connector="OR",
                        ),
                        name="bookings_review_extension_adds_sessions_and_a_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SessionEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="bookings.coachingsession",
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("BOOKED", "Booked"),
                            ("MOVED", "Moved"),
                            ("CANCELLED", "Cancelled"),
                            ("CONFIRMED", "Confirmed"),
                            ("NO_SHOW", "Marked as not attended"),
                            ("WAIVED", "Charge waived"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(
                        help_text="The session's start after this event.", null=True
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="TimeOff",
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
                        related_name="time_off",
                        to="profiles.coach",
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=100)),
            ],
            options={
                "verbose_name_plural": "time off",
                "indexes": [
                    models.Index(fields=["coach", "ends_at"], name="bookings_time_off_coach")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                        name="bookings_time_off_starts_before_it_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WeeklyHours",
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
                        related_name="weekly_hours",
                        to="profiles.coach",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ]
                    ),
                ),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
            ],
            options={
                "verbose_name_plural": "weekly hours",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts__lt", models.F("ends")), ("ends", "00:00"), _connector="OR"
                        ),
                        name="bookings_weekly_hours_start_before_they_end",
                    ),
                    models.UniqueConstraint(
                        fields=("coach", "weekday", "starts"),
                        name="bookings_weekly_hours_start_once",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreementtext",
            trigger=pgtrigger.compiler.Trigger(
                name="bookings_agreement_text_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."coach_id" IS DISTINCT FROM (NEW."coach_id") OR OLD."form" IS DISTINCT FROM (NEW."form") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."body" IS DISTINCT FROM (NEW."body"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2a01b02dab395fcdff300ae29cf0eed615a48c23",
                    operation="UPDATE",
                    pgid="pgtrigger_bookings_agreement_text_is_kept_f779e",
                    table="bookings_agreementtext",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="bookings_agreement_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."text_id" IS DISTINCT FROM (NEW."text_id") OR OLD."sha256" IS DISTINCT FROM (NEW."sha256") OR OLD."terms" IS DISTINCT FROM (NEW."terms") OR OLD."accepted_by_id" IS DISTINCT FROM (NEW."accepted_by_id") OR OLD."accepted_at" IS DISTINCT FROM (NEW."accepted_at"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c34d630ae9433d9cdac95b1041c9ab9f3504816e",
                    operation="UPDATE",
                    pgid="pgtrigger_bookings_agreement_is_kept_6aab6",
                    table="bookings_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="bookings_programme_terms_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."agreement_id" IS NOT NULL AND (OLD."rate" IS DISTINCT FROM (NEW."rate") OR OLD."minutes" IS DISTINCT FROM (NEW."minutes") OR OLD."cancellation_notice_hours" IS DISTINCT FROM (NEW."cancellation_notice_hours") OR OLD."coach_id" IS DISTINCT FROM (NEW."coach_id") OR OLD."client_id" IS DISTINCT FROM (NEW."client_id") OR OLD."text_id" IS DISTINCT FROM (NEW."text_id") OR OLD."agreement_id" IS DISTINCT FROM (NEW."agreement_id")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="c655968df680120a404eefad01af02a5f0fb7aaa",
                    operation="UPDATE",
                    pgid="pgtrigger_bookings_programme_terms_are_frozen_72e74",
                    table="bookings_programme",
                    when="BEFORE",
                ),
            ),
        ),
    ]
