"""What docs/deployment gives to a real server: nginx, systemd, containers, each as far as it runs.

nginx is run where it is installed, in front of the real web server, with a certificate of our own;
where it is not, those tests are skipped.
"""

import contextlib
import http.client
import http.server
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import load_command_class
from django.db import connection

from coaching_portal.operations import embedded

HOST = "portal.example.org"
TOKEN = "a-token-of-at-least-thirty-two-letters"
BASE = Path(settings.BASE_DIR)
DEPLOYMENT = BASE / "docs" / "deployment"
UNITS = DEPLOYMENT / "systemd"

needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd is not installed"
)


def wait_until(is_so, process, log, seconds=180):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def answers(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


# --- nginx ---


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it was sent."""

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Nginx:
    """The configuration of docs/deployment with ports, folders and certificate of this test."""

    def __init__(self, home, upstream):
        self.home, self.upstream = home, upstream
        self.http, self.https = embedded.free_port(), embedded.free_port()
        self.certificate, self.log = home / "fullchain.pem", home / "said"

    def write(self):
        words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={HOST} -addext"
        alternative = f"subjectAltName=DNS:{HOST}"
        files = ["-keyout", self.home / "key.pem", "-out", self.certificate]
        command = ["openssl", *words.split(), alternative, *files]
        subprocess.run(command, check=True, capture_output=True)
        site = (DEPLOYMENT / "nginx.conf").read_text()
        for old, new in {
            "127.0.0.1:8000": f"127.0.0.1:{self.upstream}",
            "/etc/ssl/portal": str(self.home),
            "/var/log/nginx": str(self.home),
        }.items():
            assert old in site
            site = site.replace(old, new)
        site = re.sub(r"listen \[::\].*\n", "", site)
        site = site.replace("listen 80", f"listen 127.0.0.1:{self.http}")
        site = site.replace("listen 443", f"listen 127.0.0.1:{self.https}")
        user = "user root;" if os.getuid() == 0 else ""  # the folder is private
        (self.home / "nginx.conf").write_text(
            f"{user} pid {self.home}/pid; error_log stderr; daemon off; worker_processes 1;\n"
            f"events {{}}\nhttp {{\nclient_body_temp_path {self.home}/body;\n"
            f"proxy_temp_path {self.home}/proxy;\n{site}}}\n"
        )
        return self

    @property
    def command(self):
        return ["nginx", "-p", str(self.home), "-c", str(self.home / "nginx.conf")]

    @contextlib.contextmanager
    def running(self):
        with open(self.log, "wb") as log:
            process = subprocess.Popen(self.command, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_until(lambda: answers(self.https), process, self.log)
            yield self
        finally:
            process.terminate()
            process.wait(20)

    def ask(self, path, *, method="GET", body=None, source="127.0.0.1", **headers):
        """Status, headers and body of an answer over https, as the certificate's name."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        raw = socket.create_connection(
            ("127.0.0.1", self.https), timeout=30, source_address=(source, 0)
        )
        connection = http.client.HTTPConnection(HOST)
        connection.sock = context.wrap_socket(raw, server_hostname=HOST)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=named)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("nginx")


@pytest.fixture
def echo(home):
    """nginx in front of a program that repeats what it was sent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Nginx(home, server.server_port).write().running() as nginx:
        yield nginx
    server.shutdown()


@needs_nginx
def test_what_a_client_claims_about_itself_does_not_reach_the_portal(echo):
    claims = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example.org",
        "X_Forwarded_Port": "1",
        "X_Real_IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "X_Request_ID": "somebody-elses-id",
    }

    _, _, body = echo.ask("/", **claims)

    told = json.loads(body)
    assert told["host"] == HOST
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert re.fullmatch("[0-9a-f]{32}", told["x-request-id"])
    assert not told.keys() & {"x-forwarded-host", "x-forwarded-port", "x-real-ip", "forwarded"}


@needs_nginx
def test_bodies_are_small_but_for_the_admins_recordings(echo):
    body = b"x" * 3_000_000

    status = {path: echo.ask(path, body=body)[0] for path in ("/contact/", "/admin/")}

    assert status == {"/contact/": 413, "/admin/": 200}


@needs_nginx
@pytest.mark.parametrize("path", ["/readyz", "/metrics"])
def test_figures_are_for_monitoring_only(echo, path):
    assert echo.ask(path)[0] == 200
    assert echo.ask(path, source="127.0.0.2")[0] == 403


@needs_nginx
def test_http_leads_to_https_and_other_names_are_not_answered(echo):
    plain = http.client.HTTPConnection("127.0.0.1", echo.http, timeout=10)
    plain.request("GET", "/coaches/?q=1", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/coaches/?q=1")

    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", echo.https)) as raw:
        ssl.create_default_context().wrap_socket(raw, server_hostname="other.example.org")
    other = http.client.HTTPConnection("127.0.0.1", echo.http, timeout=10)
    other.request("GET", "/", headers={"Host": "other.example.org"})
    with pytest.raises(http.client.RemoteDisconnected):
        other.getresponse()


@needs_nginx
def test_nginx_logs_no_address(echo):
    echo.ask("/quotes/heron-token/?secret=heron-query")

    logged = (echo.home / "portal.log").read_text()
    assert re.search(r"127\.0\.0\.1 GET 200 \d+ [\d.]+ [0-9a-f]{32}\n", logged)
    assert "heron" not in logged + echo.log.read_text()


# --- nginx, the web server, the portal ---


@pytest.fixture(scope="module")
def installed(django_db_setup, django_db_blocker, tmp_path_factory):
    """The web server as an installation starts it; (port, its log, where it keeps things)."""
    home, port = tmp_path_factory.mktemp("installed"), embedded.free_port()
    with django_db_blocker.unblock():
        database = connection.settings_dict["NAME"]
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": os.environ["TESTS_DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}",
        "REDIS_URL": os.environ["TESTS_REDIS_URL"] + "/62",
        "SITE_URL": f"https://{HOST}",
        "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "METRICS_TOKEN": TOKEN,
        "VAR_DIR": str(home),
        "PORT": str(port),
    }
    log = home / "said"
    with open(log, "wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "portal", "--only", "preparation", "web"],
            cwd=BASE,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "Stop with" in log.read_text(), process, log)
        yield port, log
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def site(installed, tmp_path_factory):
    port, _ = installed
    with Nginx(tmp_path_factory.mktemp("site"), port).write().running() as nginx:
        yield nginx


def lines_of(log):
    lines = [line for line in log.read_text().splitlines() if line.startswith("{")]
    return [json.loads(line) for line in lines]


@needs_nginx
@pytest.mark.servers
def test_the_portal_answers_over_https_through_nginx(site):
    status, headers, body = site.ask("/account/login/")

    assert status == 200
    assert b"Sign in" in body
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert headers["Set-Cookie"].startswith("__Host-csrf=")
    assert "Secure" in headers["Set-Cookie"]


@needs_nginx
@pytest.mark.servers
def test_one_id_leads_from_nginx_to_the_portals_log(site, installed):
    status, headers, _ = site.ask("/coaches/?q=heron-query", X_Request_ID="somebody-elses-id")

    asked = headers["X-Request-ID"]
    [line] = [each for each in lines_of(installed[1]) if each.get("request_id") == asked]
    assert (status, line["path"], line["logger"]) == (200, "/coaches/", "portal.requests")
    assert asked in (site.home / "portal.log").read_text()
    assert "heron-query" not in installed[1].read_text()


@needs_nginx
@pytest.mark.servers
def test_static_files_come_compressed_and_are_kept_for_ever(site):
    page = site.ask("/account/login/")[2].decode()
    style = re.search(r'href="(/static/[^"]+\.css)"', page)[1]

    status, headers, _ = site.ask(style, Accept_Encoding="gzip")

    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in headers["Cache-Control"]


@pytest.mark.servers
def test_requests_are_added_up_over_the_processes_of_the_web_server(installed):
    port, log = installed

    def ask(path, **headers):
        """A connection of its own, so that it may meet any of the processes."""
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        with contextlib.closing(asked):
            asked.request(
                "GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"} | headers
            )
            return asked.getresponse().read().decode()

    def counted():
        text = ask("/metrics", Authorization=f"Bearer {TOKEN}")
        found = re.search(r'requests_total\{method="GET",route="healthz",status="2xx"\} (.*)', text)
        return float(found[1])

    ask("/healthz")
    before = counted()
    for _ in range(40):
        ask("/healthz")

    assert {counted() - before for _ in range(6)} == {40.0}
    files = list((log.parent / "run" / "metrics").glob("*/counter_*.db"))
    assert len(files) == 2, "one process answered all of them: nothing was shown"


# --- systemd ---


def verified(folder, **changes):
    """What systemd says about our units, with the programs of this machine."""
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    for unit in filter(Path.is_file, folder.rglob("*")):
        text = unit.read_text().replace("/srv/portal/.venv/bin/python", f'"{sys.executable}"')
        text = text.replace("/srv/portal", str(BASE))
        for old, new in changes.items():
            text = text.replace(old, new)
        unit.write_text(text)
    units = sorted(filter(Path.is_file, folder.iterdir()))
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units],
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in result.stderr.splitlines() if "portal" in line]


@needs_systemd
def test_systemd_understands_the_units(tmp_path):
    assert verified(tmp_path) == []


@needs_systemd
def test_control_systemd_sees_a_misspelt_wish(tmp_path):
    said = verified(tmp_path, NoNewPrivileges="NoNewPriviledges")

    assert any("Unknown key 'NoNewPriviledges'" in line for line in said)


def commands_of(text):
    """What the units have manage.py do."""
    return [shlex.split(found) for found in re.findall(r"manage\.py ([^'\"\n]+)", text)]


def test_units_and_containers_run_what_there_is():
    texts = [path.read_text() for path in UNITS.glob("*.service")]
    services = yaml.safe_load((BASE / "compose.yaml").read_text())["services"].values()
    texts += [" ".join(each["command"]) for each in services if "build" in each]
    commands = [words for text in texts for words in commands_of(text)]

    assert len(commands) == 10
    for name, *words in commands:
        command = load_command_class("coaching_portal", name)
        command.create_parser("manage.py", name).parse_args(words)  # or CommandError


# --- Settings and containers ---


def settings_read():
    text = (BASE / "coaching_portal" / "settings.py").read_text()
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', text))


def test_every_setting_is_explained_and_nothing_else():
    explained = set(re.findall(r"^#([A-Z_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))

    assert explained == settings_read() - {"PORTAL_EMBEDDED"}


def test_what_containers_and_units_set_are_settings():
    compose = yaml.safe_load((BASE / "compose.yaml").read_text())
    set_there = set(compose["services"]["web"]["environment"])
    image = re.search(r"^ENV (.*)$", (BASE / "Dockerfile").read_text(), re.MULTILINE)[1]
    set_there |= {word.split("=")[0] for word in image.split()}
    common = (UNITS / "portal-.service.d" / "50-portal.conf").read_text()
    set_there |= {
        word.split("=")[0] for word in re.search(r"^Environment=(.*)$", common, re.M)[1].split()
    }

    others = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DATABASE_PASSWORD"}
    assert set_there - others <= settings_read()


def test_containers_start_in_order_with_the_least_rights():
    services = yaml.safe_load((BASE / "compose.yaml").read_text())["services"]
    ours = {name: each for name, each in services.items() if "build" in each}

    assert set(ours) == {"preparation", "web", "worker", "beat"}
    for name, service in ours.items():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]
        assert service["command"][-1] == name
        if name != "preparation":
            first = service["depends_on"]["preparation"]
            assert first["condition"] == "service_completed_successfully"
        knows_the_owner = "MIGRATION_DATABASE_URL" in service["environment"]
        assert knows_the_owner == (name == "preparation")
        assert service["environment"]["DATABASE_PASSWORD"] == ""
    assert [port for each in services.values() for port in each.get("ports", [])] == [
        "127.0.0.1:8000:8000"
    ]


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secrets():
    lines = (BASE / "Dockerfile").read_text().splitlines()
    ignored = (BASE / ".dockerignore").read_text().split()

    base = next(line for line in lines if line.startswith("ARG PYTHON="))
    assert re.fullmatch(r"ARG PYTHON=python:\d+\.\d+\.\d+-slim-\w+", base)
    assert lines.index("USER 10001") > lines.index("COPY . .")
    assert {".env", "var", ".git"} <= set(ignored)
