"""A real mail server for tests: it keeps what it accepts, and refuses on demand."""

import asyncio
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from coaching_portal.embedded import free_port


class Sink:
    """An aiosmtpd handler. `refuse_recipient` and `refuse_data` are answers such as "550 No"."""

    def __init__(self):
        self.accepted = []
        self.refuse_recipient = self.refuse_data = None
        self.seconds_each = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if self.refuse_recipient:
            return self.refuse_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuse_data:
            return self.refuse_data
        await asyncio.sleep(self.seconds_each)
        self.accepted.append(envelope.content)
        return "250 OK"

    @property
    def mails(self):
        return [message_from_bytes(content, policy=policy.default) for content in self.accepted]

    @property
    def message_ids(self):
        return Counter(mail["Message-ID"] for mail in self.mails)


@contextmanager
def running():
    """(the sink, its port)"""
    sink, port = Sink(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, port
    finally:
        controller.stop()
