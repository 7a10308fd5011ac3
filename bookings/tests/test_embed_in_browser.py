"""Chromium shows the frame on the site that a coach names, and refuses it on another."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bookings.models import EmbedOrigin
from bookings.views import embedding
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.testing.races import without_constraints

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def other_site():
    """other_site(html): a server beside the portal; gives its port. One page, two host names."""
    servers = []

    def serve(html):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(html.encode())

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_named_site_shows_the_frame_and_another_does_not(
    coach, browse, live_server, other_site, monkeypatch
):
    open_hours(coach)
    port = other_site(f'<h1>Elsewhere</h1><iframe src="{live_server.url}/embed/una-umber/">')
    named, unnamed = (f"http://{host}:{port}" for host in ("127.0.0.1", "localhost"))
    # For tests only: sites without https are what a machine has.
    monkeypatch.setattr(embedding, "is_origin", lambda origin: True)
    page = browse(width=390)

    with without_constraints(EmbedOrigin, "bookings_site_is_an_https_origin"):
        EmbedOrigin.objects.create(coach=coach, origin=named)

        page.goto(named)
        frame = page.frame_locator("iframe")
        frame.get_by_role("heading", name="Free times with Una Umber").wait_for()
        with page.expect_popup() as popup:
            frame.locator("dd a").first.click()
        popup.value.wait_for_url("**/book/una-umber/details/**")
        assert popup.value.evaluate("opener") is None
        assert page.complaints == []

        page.goto(unnamed)
        page.get_by_role("heading", name="Elsewhere").wait_for()
        page.wait_for_function("document.readyState === 'complete'")
        assert page.frame_locator("iframe").get_by_role("heading", level=1).count() == 0
        assert any("frame-ancestors" in each for each in page.complaints)


def test_the_snippet_is_copied_by_a_button_and_stands_there_without_script(coach, browse):
    open_hours(coach)
    page = browse(user=coach.user)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/calendar/embed/")

    page.get_by_role("button", name="Copy").nth(1).click()

    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith("<iframe src=")
    plain = browse(user=coach.user, script=False)
    plain.goto("/calendar/embed/")
    assert plain.get_by_label("HTML for the site").input_value().startswith("<iframe src=")
    assert plain.get_by_role("button", name="Copy").count() == 0
