"""What accounts keep about people."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.functions import Lower

from coaching_portal.notifications.privacy import forget_address
from coaching_portal.personal_data import privacy
from profiles.models import (
    AssistantInvitation,
    Consent,
    DataComplaint,
    DiaryDelegate,
    Membership,
    User,
)
from profiles.models.users import ERASED_ADDRESS

ERASED_NAME = "Erased person"


def register():
    privacy.keep(
        "account",
        what="Your account: name, email address, phone number, time zone. Before you have one: "
        "what your coach entered to book for you",
        why="To let you in, and to reach you.",
        how_long="As long as you have an account.",
        export=_account,
        erase=_erase_account,
    )
    privacy.keep(
        "needs",
        what="Accessibility needs that you gave us",
        why="You gave them so that we can meet them, and agreed that we keep them.",
        how_long="Until you withdraw your consent, here or under “Your details”.",
        export=lambda user: [{"needs": user.needs}] if user.needs else [],
        withdraw=lambda user, at: User.objects.filter(pk=user.pk).update(needs=""),
    )
    privacy.keep(
        "consents",
        what="What you agreed to, in which words, and when you withdrew it",
        why="To be able to show that we were allowed to.",
        how_long="Until six years after you withdrew it.",
        export=_consents,
        erase=lambda user, at: user.consents.end(at),
    )
    privacy.register_retention(
        "consents",
        days=6 * 365 + 2,
        what="Consents that were withdrawn",
        find=lambda before: Consent.objects.filter(withdrawn_at__lt=before),
    )
    privacy.keep(
        "complaints",
        what="Complaints about data protection that you sent us",
        why="The law asks us to acknowledge and answer them.",
        how_long="Two years after our answer, or until you erase your account after it.",
        export=_complaints,
        erase=_erase_complaints,
    )
    privacy.register_retention(
        "complaints",
        days=730,
        what="Complaints about data protection, after their answer",
        find=lambda before: DataComplaint.objects.filter(answered_at__lt=before),
    )
    privacy.keep(
        "signing in",
        what="Where you are signed in, and which second steps you use (never their secrets)",
        why="So that you can see and end it, and nobody else gets in.",
        how_long="Until you sign out, or remove them.",
        export=_signing_in,
    )
    privacy.keep(
        "relations",
        what="Your coaches, your organisations, your assistants and those you assist",
        why="They decide who sees what.",
        how_long="As long as you have an account.",
        export=_relations,
        erase=_erase_relations,
    )
    privacy.keep(
        "assistant invitations",
        what="Whom you invited to be your assistant, and who invited you",
        why="So that both can see what was agreed, and end it.",
        how_long="A year after the invitation, or until you erase your account.",
        export=_invitations,
        erase=lambda user, at: AssistantInvitation.objects.about(user).delete(),
    )
    privacy.register_retention(
        "assistant-invitations",
        days=365,
        what="Invitations of assistants",
        find=lambda before: AssistantInvitation.objects.filter(invited_at__lt=before),
    )
    privacy.register_retention(
        "unconfirmed-accounts",
        days=30,
        what="Accounts whose email address was never verified",
        find=lambda before: (
            User.objects.filter(
                date_joined__lt=before, last_login=None, is_staff=False, is_active=True
            )
            .exclude(emailaddress__verified=True)
            .filter(emailaddress__isnull=False, coach=None)
        ),
    )


def _account(user):
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    return [
        {
            "name": user.name,
            "email address": user.mail_address,
            "addresses": [address.email for address in addresses],
            "phone": user.phone,
            "time zone": user.time_zone,
            "account since": user.date_joined.isoformat(),
            "last signed in": user.last_login.isoformat() if user.last_login else "",
        }
    ]


def _consents(user):
    return [
        {
            "to": consent.get_purpose_display(),
            "words": consent.words,
            "given": consent.given_at.isoformat(),
            "withdrawn": consent.withdrawn_at.isoformat() if consent.withdrawn_at else "",
        }
        for consent in user.consents.order_by("pk")
    ]


def _signing_in(user):
    places = [
        {
            "signed in": place.created_at.isoformat(),
            "last seen": place.last_seen_at.isoformat(),
            "from": place.ip,
            "browser": place.user_agent,
        }
        for place in UserSession.objects.filter(user=user).order_by("pk")
    ]
    return places + [
        {"second step": factor.get_type_display(), "since": factor.created_at.isoformat()}
        for factor in Authenticator.objects.filter(user=user).order_by("pk")
    ]


def _relations(user):
    return [
        *({"coached by": str(each.coach)} for each in user.client_of.select_related("coach__user")),
        *(
            {"organisation": str(each.organisation), "as": each.get_role_display()}
            for each in user.memberships.select_related("organisation")
        ),
        *(
            {"your assistant": str(each.user)}
            for each in user.diary_delegates.select_related("user")
        ),
        *(
            {"you are the assistant of": str(each.client)}
            for each in user.diaries_kept.select_related("client")
        ),
    ]


def _invitations(user):
    return [
        {
            "client": str(each.client),
            "assistant": each.name,
            "email address": each.email,
            "invited": each.invited_at.isoformat(),
            "accepted": each.accepted_at.isoformat() if each.accepted_at else "",
            "ended": each.ended_at.isoformat() if each.ended_at else "",
        }
        for each in AssistantInvitation.objects.about(user).select_related("client").order_by("pk")
    ]


def _erase_relations(user, at):
    DiaryDelegate.objects.filter(Q(user=user) | Q(client=user)).delete()
    Membership.objects.filter(user=user).delete()


def _erase_account(user, at):
    """Nobody can sign in to it any more, and no row tells whose it was."""
    for address in filter(None, (user.email, user.unproved_email)):
        forget_address(address)
    for place in UserSession.objects.filter(user=user):
        place.end()
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk)
    ).update(object_repr=ERASED_NAME)
    user.name, user.email = ERASED_NAME, f"erased-{user.uuid}{ERASED_ADDRESS}"
    user.phone = user.needs = user.unproved_email = ""
    user.is_active, user.last_login = False, None
    user.set_unusable_password()
    user.groups.clear()
    user.user_permissions.clear()
    user.save()


def _complaints_of(user):
    # Not `iexact`, which compares in capitals: there a dotless ı is an I, and another person's.
    return DataComplaint.objects.alias(address=Lower("email")).filter(address=user.email)


def _erase_complaints(user, at):
    """One that is still to be answered stays, with when it was acknowledged: our mail goes."""
    _complaints_of(user).exclude(answered_at=None).delete()
    for complaint in _complaints_of(user).with_acknowledgement():
        complaint.acknowledged_at = complaint.acknowledged
        complaint.save(update_fields=["acknowledged_at"])


def _complaints(user):
    return [
        {
            "reference": complaint.reference,
            "received": complaint.received_at.isoformat(),
            "name": complaint.name,
            "complaint": complaint.message,
            "answered": complaint.answered_at.isoformat() if complaint.answered_at else "",
        }
        for complaint in _complaints_of(user).order_by("pk")
    ]
