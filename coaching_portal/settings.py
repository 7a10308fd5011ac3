"""Settings, all from the environment (`.env.example` lists them).

Without DATABASE_URL or REDIS_URL the portal runs on embedded servers under `var/`;
no other module knows which. An embedded database means an example run on one machine:
plain http, a generated secret key, mail kept in files.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from coaching_portal.common.csv_files import Csv
from coaching_portal.observability import logs
from coaching_portal.operations import embedded, production
from coaching_portal.schedule import beat_schedule

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

# --- Where things are -------------------------------------------------------------------

RUNS_POSTGRES = not env("DATABASE_URL", default="")
RUNS_VALKEY = not env("REDIS_URL", default="")
DATABASE_URL = embedded.database_url(VAR_DIR) if RUNS_POSTGRES else env("DATABASE_URL")
# Of the role that owns the tables: preparation, backup and restore connect as it, nobody else.
MIGRATION_DATABASE_URL = env("MIGRATION_DATABASE_URL", default="") or (
    embedded.owners_database_url(VAR_DIR) if RUNS_POSTGRES else DATABASE_URL
)
REDIS_URL = embedded.redis_url(VAR_DIR) if RUNS_VALKEY else env("REDIS_URL")
# An example run, as opposed to an installation for real people (tests set the variable).
EMBEDDED = env.bool("PORTAL_EMBEDDED", default=RUNS_POSTGRES)

BIND = env("BIND", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
WORKER_PROCESSES = env.int("WORKER_PROCESSES", default=2)
LOG_TO_STDOUT = env.bool("LOG_TO_STDOUT", default=not EMBEDDED)
DEBUG = env.bool("DEBUG", default=False)

# --- Where it is reached ----------------------------------------------------------------

SITE_URL = env("SITE_URL", default="") or (f"http://localhost:{PORT}" if EMBEDDED else "")
SITE_URL = SITE_URL.rstrip("/")
SECRET_KEY = env("SECRET_KEY", default="") or (embedded.secret_key(VAR_DIR) if EMBEDDED else "")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
EMAIL_URL = env("EMAIL_URL", default="")

IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname or "", *env.list("ALLOWED_HOSTS", default=[])]
if EMBEDDED:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# How many proxies stand in front and add to X-Forwarded-For; only their words are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0 if EMBEDDED else 1)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Servers (host:port) to which calendars may connect though they are private. For tests only.
CONNECTIONS_ALSO_TO = env.list("CONNECTIONS_ALSO_TO", default=[])

if not EMBEDDED:
    production.insist(
        secret_key=SECRET_KEY,
        site_url=SITE_URL,
        email_url=EMAIL_URL,
        hosts=ALLOWED_HOSTS,
        proxies=TRUSTED_PROXIES,
        debug=DEBUG,
        metrics_token=env("METRICS_TOKEN", default=""),
        private_calendars=CONNECTIONS_ALSO_TO,
    )

# --- What it is made of -----------------------------------------------------------------

INSTALLED_APPS = [
    "coaching_portal",
    "coaching_portal.notifications",
    "coaching_portal.billing",
    "profiles",
    "bookings",
    "training",
    "coaching_portal.backoffice.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "template_partials",
    "pghistory",
    "pgtrigger",
    "import_export",
]

MIDDLEWARE = [
    "coaching_portal.observability.logs.logged",
    "coaching_portal.observability.metrics.counted",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of what says no-store: such pages get no ETag.
    "coaching_portal.common.middleware.ConditionalGetMiddleware",
    "coaching_portal.common.middleware.safety_headers",
    "coaching_portal.common.incoming.refuse_unreadable",
    "coaching_portal.common.middleware.reject_bad_requests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "coaching_portal.common.incoming.bound_bodies",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "coaching_portal.personal_data.audit.AuditContextMiddleware",
    "profiles.accounts.middleware.staff_idle",
    "profiles.accounts.middleware.second_factor_required",
    "profiles.accounts.middleware.remember_device",
]

ROOT_URLCONF = "coaching_portal.urls"
WSGI_APPLICATION = "coaching_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "coaching_portal.website.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
MIGRATION_DATABASE = env.db_url_config(MIGRATION_DATABASE_URL)
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
for _database in (DATABASES["default"], MIGRATION_DATABASE):
    _database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# Through PgBouncer in transaction mode two statements may meet two connections of the server.
DATABASE_IS_POOLED = env.bool("DATABASE_IS_POOLED", default=False)
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_IS_POOLED
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "coaching_portal.common.cache.FallbackRedisCache",
        "LOCATION": REDIS_URL,
        "VERSION": 2,  # entries of version 1 were pickles: they are left to run out, unread
        "OPTIONS": {
            "serializer": "coaching_portal.common.cache.JSONSerializer",
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },
    }
}

# --- People -----------------------------------------------------------------------------

AUTH_USER_MODEL = "profiles.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
REQUIRE_MFA = env.bool("REQUIRE_MFA", default=not EMBEDDED)
EXAMPLE_PASSWORD = env("EXAMPLE_PASSWORD", default="coaching-portal")
EXAMPLE_SUBJECTS = env.list("EXAMPLE_SUBJECTS", default=[])

ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_ADAPTER = "profiles.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "profiles.accounts.forms.SignInForm",
    "signup": "profiles.accounts.forms.SignUpForm",
    "add_email": "profiles.accounts.forms.ChangeEmailForm",
    "change_password": "profiles.accounts.forms.ChangePasswordForm",
    "set_password": "profiles.accounts.forms.SetPasswordForm",
    "reset_password": "profiles.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "profiles.accounts.forms.NewPasswordForm",
    "request_login_code": "profiles.accounts.forms.RequestCodeForm",
    "confirm_login_code": "profiles.accounts.forms.SignInCodeForm",
    "confirm_email_verification_code": "profiles.accounts.forms.ConfirmEmailForm",
    "reauthenticate": "profiles.accounts.forms.ConfirmPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# For accounts without a password, too: who has booked has proved an email and needs no more.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
MOST_BOOKINGS_AN_HOUR = env.int("MOST_BOOKINGS_AN_HOUR", default=20)
# Per account (key), per address (ip), and for everybody together.
ACCOUNT_RATE_LIMITS = {
    "login": None,  # as sign_in, for devices that are not known
    "sign_in": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    # More than this, all over: not refused, but each address and account has fewer attempts.
    "login_failed_anywhere": "1000/10m/key",
    "login_failed_slower": "3/10m/ip,3/10m/key",
    # A browser in which the person has signed in before: strangers do not use these up.
    "login_failed_known_device": "5/5m/key",
    "request_login_code": "10/m/ip,3/m/key,20/d/key",
    "signup": "10/m/ip,100/h/ip",
    "confirm_email": "6/m/key,20/d/key",
    "guess_email_code": "3/15m/key",
    "reset_password": "10/m/ip,3/m/key,20/d/key",
    "change_password": "10/10m/user",  # a stolen session is no place to guess the password
    "enquiry": "10/h/ip",
    "complaint": "10/h/ip",
    # Mail to addresses that somebody typed: to others' delegates, and for a place passed on.
    "name_delegates": "60/h/user,120/h/ip",
    "pass_on": "10/d/user,30/d/ip",
    "invite_assistant": "5/h/user,10/d/user,30/d/ip",
    # Codes to addresses that visitors typed, and guesses at them.
    "prove_email": "3/10m/key,10/d/key,30/h/ip",
    "guess_booking_code": "30/10m/ip",
    "hold": "10/10m/ip,20/h/ip",  # visitors; whoever has signed in holds one time
    "hold_signed_in": "60/10m/ip",
    # What sends mail to others each time it is done: the key is the client. Coaches are free.
    "book": f"{MOST_BOOKINGS_AN_HOUR}/h/key",
    "book_free": "6/h/key,12/d/key,30/h/ip",
    "move": f"{MOST_BOOKINGS_AN_HOUR}/h/key",
    "enrol": "20/h/user,40/d/user",
    "waiting_list": "6/h/user,12/d/user,60/h/ip",
    "my_data": "10/h/user",
    "embed": "300/m/ip",  # a hospital with thousands of browsers has one address
    "unknown_feed": "30/10m/ip",  # addresses that no calendar feed has
}
KNOWN_DEVICE_COOKIE_NAME = "known-device"
KNOWN_DEVICE_DAYS = env.int("KNOWN_DEVICE_DAYS", default=180)
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "profiles.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "profiles.accounts.forms.SecondFactorForm",
    "reauthenticate": "profiles.accounts.forms.ConfirmSecondFactorForm",
    "authenticate_webauthn": "profiles.accounts.forms.PasskeyForm",
    "login_webauthn": "profiles.accounts.forms.PasskeyAloneForm",
    "reauthenticate_webauthn": "profiles.accounts.forms.ConfirmWithPasskeyForm",
    "add_webauthn": "profiles.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "profiles.accounts.forms.RenamePasskeyForm",
    "activate_totp": "profiles.accounts.forms.ActivateAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers allow passkeys without https on localhost only; what is checked is the same.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED and not IS_HTTPS
MFA_RECOVERY_CODE_DIGITS = 10
MFA_TOTP_TOLERANCE = 1

# --- Safety -----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# A message outlives a repeated click: the session keeps it, not the answer that nobody saw.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Staff who have not used the portal for so long sign in again; clients stay signed in.
STAFF_IDLE_HOURS = env.int("STAFF_IDLE_HOURS", default=12)
SESSION_ENGINE = "coaching_portal.common.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if IS_HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_SSL_HOST = urlsplit(SITE_URL).netloc  # whatever name and port the request came with
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    KNOWN_DEVICE_COOKIE_NAME = "__Host-known-device"

# What is encrypted before it is stored; the first key encrypts, all of them decrypt.
# Without VAULT_KEYS the keys are derived from SECRET_KEY.
VAULT_KEYS = env.list("VAULT_KEYS", default=[])

# --- Words, times, files ----------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "coaching_portal.common.files.AtomicFileStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

EXPORT_FORMATS = [Csv]  # of django-import-export

# --- Mail -------------------------------------------------------------------------------

# An embedded run keeps each message as a file, which the outbox page of the admin opens.
MAIL_DIR = VAR_DIR / "mail"
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "coaching_portal.notifications.mail_files.EmailBackend"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Example Practice <practice@example.org>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Celery -----------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_TASK_TIME_LIMIT = 60
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
TICK_SECONDS = env.int("TICK_SECONDS", default=10)
CELERY_BEAT_SCHEDULE = beat_schedule(TICK_SECONDS)

# --- Log --------------------------------------------------------------------------------

LOGGING = logs.configuration(
    as_json=env.bool("LOG_JSON", default=not EMBEDDED), level=env("LOG_LEVEL", default="INFO")
)
# Who gets error emails.
ADMINS = [("", address) for address in env.list("ADMINS", default=[])]
DEFAULT_EXCEPTION_REPORTER = "coaching_portal.observability.error_mail.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "coaching_portal.observability.error_mail.Filter"

# --- Watching ---------------------------------------------------------------------------

# Prometheus shows it to read /metrics; without it there is no such page.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_DIR = Path(env("METRICS_DIR", default=str(VAR_DIR / "run" / "metrics")))
DISK_MIN_FREE_MB = env.int("DISK_MIN_FREE_MB", default=500)

# How many days each kind of data is kept, where it is not as usual (`manage.py retention`).
RETENTION_DAYS = env.dict("RETENTION_DAYS", default={})

# How many sessions outside programmes a client may have open at once; the coach can book more.
MOST_OPEN_SESSIONS = env.int("MOST_OPEN_SESSIONS", default=12)
MOST_OPEN_SESSIONS_AT_FIRST = env.int("MOST_OPEN_SESSIONS_AT_FIRST", default=3)
# A session that the coach has not confirmed counts as held this many days after its end.
UNCONFIRMED_COMPLETE_AFTER_DAYS = env.int("UNCONFIRMED_COMPLETE_AFTER_DAYS", default=3)

# How long a session's earlier time is kept for the first whose wish it suits; less near its start.
EARLIER_TIME_OFFER_MINUTES = max(15, env.int("EARLIER_TIME_OFFER_MINUTES", default=120))
# How long a place that came free is kept for the first in line; less near the start of the course.
WAITING_LIST_OFFER_HOURS = max(1, env.int("WAITING_LIST_OFFER_HOURS", default=48))

# Email addresses are unique in any letter case by a constraint on Lower("email").
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
