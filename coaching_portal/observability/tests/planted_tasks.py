"""A task that goes wrong with what it was given: tests hand it to a real worker (`-I`)."""

import logging

from celery import shared_task

from coaching_portal.observability.tests.planted_errors import ERRORS


@shared_task
def go_wrong(kind, words):
    ERRORS[kind](words)


@shared_task
def give_back(words):
    logging.getLogger("planted").info("A task may say %s", {"what it has": words})
    return words
