"""Healthcare leaders as the public reads them, and their interviews. Never linked to a user:
a leader may also be a client, and nothing here could reveal it."""

import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from profiles.models.users import sort_key


class LeaderQuerySet(models.QuerySet):
    def public(self):
        return self.filter(state=Leader.State.PUBLISHED)

    def in_order(self):
        return self.order_by("position", "sort_name", "pk")


class Leader(models.Model):
    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        APPROVAL = "APPROVAL", "With the leader for approval"
        PUBLISHED = "PUBLISHED", "Published"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    approved_on = models.DateField(
        null=True, blank=True, help_text="When the leader approved this profile."
    )
    position = models.PositiveSmallIntegerField(
        default=100, help_text="Smaller comes first in lists."
    )
    name = models.CharField(max_length=150)
    sort_name = models.CharField(max_length=300, editable=False, db_index=True)
    role = models.CharField(max_length=150)
    organisation = models.CharField(max_length=200, blank=True)
    introduction = models.TextField(blank=True, help_text="Two or three sentences.")
    career = models.TextField(blank=True, help_text="In prose; entries with years go below.")
    leads_for = models.TextField("what they lead for", blank=True)
    thought = models.CharField(
        max_length=200, blank=True, help_text="One idea for the home page, in our words."
    )
    tried = models.TextField("what the organisation tried", blank=True)
    outcome = models.TextField("what came of it", blank=True)
    inspired_by = models.TextField("who inspired them", blank=True)

    objects = LeaderQuerySet.as_manager()

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("profiles:leader", args=[self.slug])


class Theme(models.Model):
    """Something that a leader's work keeps coming back to."""

    leader = models.ForeignKey(Leader, models.CASCADE, related_name="themes")
    title = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title


class InterviewQuerySet(models.QuerySet):
    def public(self):
        return self.filter(is_published=True, leader__state=Leader.State.PUBLISHED)

    def newest_first(self):
        """Those without a known date come last."""
        return self.order_by(models.F("published_on").desc(nulls_last=True), "-pk")


class Interview(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    leader = models.ForeignKey(Leader, models.CASCADE, related_name="interviews")
    slug = models.SlugField(max_length=80)
    is_published = models.BooleanField("published", default=True)
    title = models.CharField(max_length=200)
    podcast = models.CharField(max_length=200, blank=True)
    interviewer = models.CharField(max_length=150, blank=True)
    published_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    transcript = models.TextField(blank=True)
    audio = models.FileField(upload_to="interviews/", blank=True)
    audio_minutes = models.PositiveSmallIntegerField("length in minutes", null=True, blank=True)
    next_guest = models.CharField(max_length=200, blank=True)
    next_guest_note = models.CharField(
        max_length=300, blank=True, help_text="Who the next guest is, in a phrase."
    )

    objects = InterviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "slug"], name="profiles_interview_slug_once_per_leader"
            ),
            models.CheckConstraint(name="profiles_interview_has_a_title", condition=~Q(title="")),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("profiles:interview", args=[self.leader.slug, self.slug])

    @property
    def has_sound(self):
        """Whether there is a recording; its file may be missing after a restore without files."""
        return bool(self.audio) and self.audio.storage.exists(self.audio.name)
