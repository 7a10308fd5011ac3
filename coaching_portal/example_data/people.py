"""The people of the example: each can sign in, and nobody but the coach and the leader is real."""

from functools import cache

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from profiles.models import Coach, DiaryDelegate, Membership, Organisation, User

SIGN_INS = {
    "client": "Clara Example",
    "coach": "Tracy Ruthven",
    "coach2": "Owen Example",
    "admin": "Amira Example",
    "learner": "Leo Example",
    "trainer": "Tess Example",
    "assessor": "Asif Example",
    "moderator": "Mona Example",
    "contact": "Connie Example",
    "sponsor": "Sid Example",
    "delegate": "Dee Example",
}


@cache
def _password():
    """Hashed once: it is slow on purpose, and the example has many people."""
    return make_password(settings.EXAMPLE_PASSWORD)


def person(handle, name=""):
    """The user handle@example.org, made on first use, with the example password."""
    user = User.objects.filter(email=f"{handle}@example.org").first()
    if user is None:
        user = User.objects.create_user(
            email=f"{handle}@example.org",
            name=name or SIGN_INS.get(handle) or f"{handle.title()} Example",
        )
        user.password = _password()
        user.save(update_fields=["password"])
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def organisation(name="Example Hospitals NHS Trust", **fields):
    return Organisation.objects.get_or_create(name=name, defaults=fields)[0]


def coach(handle="coach"):
    user = person(handle)
    slug = "tracy-ruthven" if handle == "coach" else "owen-example"
    return Coach.objects.get_or_create(user=user, defaults={"slug": slug, "is_public": True})[0]


def load(at):
    """Everybody, and what they are to each other."""
    for handle in SIGN_INS:
        person(handle)
    User.objects.filter(email="admin@example.org").update(is_staff=True, is_superuser=True)
    coach("coach")
    coach("coach2")
    trust = organisation(
        address="1 Example Road\nExampleton\nEX1 1EX",
        payables_email="payables@example.org",
        requires_purchase_order=True,
        purchase_order_example="PO-118203",
        purchase_order_mask="PO-999999",
        purchase_order_hint="PO- and six digits",
    )
    roles = Membership.Role
    for handle, role in (
        ("contact", roles.TRAINING_CONTACT),
        ("sponsor", roles.SPONSOR),
        ("client", roles.MEMBER),
        ("learner", roles.MEMBER),
    ):
        Membership.objects.get_or_create(user=person(handle), organisation=trust, role=role)
    DiaryDelegate.objects.get_or_create(user=person("delegate"), client=person("client"))
