"""A kind of message for the outbox's own tests: what it announces is what the test says."""

import uuid
from types import SimpleNamespace

import pytest

from coaching_portal.notifications import kinds, outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.tests import smtp
from coaching_portal.testing.plugin import NINE


@pytest.fixture
def news(monkeypatch, make_user):
    """news.post(): queue a message of the kind "news"; news.is_true and news.render may be set."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    news = SimpleNamespace(is_true=True, due_at=NINE, recipient=make_user("reader@example.org"))

    def render(message):
        return Email(f"News {message.occasion}", "Some news.", "<p>Some news.</p>")

    def post(occasion="", **fields):
        thing = SimpleNamespace(uuid=fields.pop("uuid", None) or uuid.uuid4())
        fields = {"recipient": news.recipient, "due_at": news.due_at} | fields
        outbox.queue("news", about=thing, occasion=occasion, **fields)
        return OutgoingMessage.objects.order_by("-pk").first()

    news.render, news.post = render, post
    outbox.register(
        "news",
        render=lambda message: news.render(message),
        is_still_valid=lambda message, at: news.is_true,
        can_unsubscribe=True,
        label="News now and then",
    )
    return news


@pytest.fixture
def smtp_sink(settings):
    """A real SMTP server that the portal sends to: see `smtp.Sink`."""
    with smtp.running() as (sink, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield sink
