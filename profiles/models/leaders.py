"""Healthcare leaders as the public reads them, and their interviews. Never linked to a user:
a leader may also be a client, and nothing here could reveal it."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from profiles.models.public_basis import PublicBasis, basis_constraint, version_of
from profiles.models.users import sort_key

# What a page shows, and a leader approves.
PROFILE = (
    *("name", "role", "organisation", "introduction", "career", "leads_for", "thought"),
    *("tried", "outcome", "inspired_by"),
)
POST, THEME = ("years", "title", "organisation", "text"), ("title", "text")
INTERVIEW = (
    *("title", "podcast", "interviewer", "summary", "transcript", "next_guest"),
    "next_guest_note",
)


class LeaderQuerySet(models.QuerySet["Leader"]):
    def public(self) -> Self:
        return self.filter(state=Leader.State.PUBLISHED)

    def with_interview_to_publish(self) -> Self:
        """With one that was never approved, or has changed since."""
        waiting = self.filter(interviews__is_published=False)
        return waiting.exclude(state=Leader.State.WITHDRAWN).distinct()

    def in_order(self) -> Self:
        return self.order_by("position", "sort_name", "pk")


class Leader(PublicBasis):
    class State(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        APPROVAL = "APPROVAL", "With the leader for approval"
        PUBLISHED = "PUBLISHED", "Published"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    state = models.CharField("status", max_length=10, choices=State, default=State.DRAFT)
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

    class Meta:
        constraints = [
            basis_constraint("profiles_leader_is_public_on_a_basis", public=Q(state="PUBLISHED"))
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """A page that has changed since it was approved goes back to the leader."""
        self.sort_name = sort_key(self.name)
        if self.state == self.State.PUBLISHED and not self.has_basis:
            self.state = self.State.APPROVAL
        super().save(*args, **kwargs)

    def version(self) -> str:
        return version_of(texts_of_profile(self))

    def get_absolute_url(self):
        return reverse("profiles:leader", args=[self.slug])


def texts_of_profile(leader):
    """With its themes and posts, in the order of the page."""
    rows = [(THEME, leader.themes), (POST, leader.posts)] if leader.pk else []
    found = [
        list(row)
        for names, related in rows
        for row in related.order_by("position", "pk").values_list(*names)
    ]
    return [[getattr(leader, name) for name in PROFILE], *found]


def texts_of_interview(interview):
    return [getattr(interview, name) for name in INTERVIEW]


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


class InterviewQuerySet(models.QuerySet["Interview"]):
    def public(self) -> Self:
        return self.filter(is_published=True, leader__state=Leader.State.PUBLISHED)

    def newest_first(self) -> Self:
        """Those without a known date come last."""
        return self.order_by(models.F("published_on").desc(nulls_last=True), "-pk")


class Interview(PublicBasis):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    leader = models.ForeignKey(Leader, models.CASCADE, related_name="interviews")
    slug = models.SlugField(max_length=80)
    is_published = models.BooleanField("published", default=False)
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
            basis_constraint(
                "profiles_interview_is_public_on_a_basis", public=Q(is_published=True)
            ),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """One that has changed since it was approved waits for the leader again."""
        self.is_published = self.is_published and self.has_basis
        super().save(*args, **kwargs)

    def version(self) -> str:
        return version_of(texts_of_interview(self))

    def get_absolute_url(self):
        return reverse("profiles:interview", args=[self.leader.slug, self.slug])

    @property
    def has_sound(self) -> bool:
        """Whether there is a recording; its file may be missing after a restore without files."""
        name = self.audio.name
        return self.audio.storage.exists(name) if name else False
