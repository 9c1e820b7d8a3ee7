"""All settings, read once from the environment through typed helpers that fail loudly.

`MODE` decides how strict they are: `production` (the default) refuses to start with debug, a default
secret or demo accounts; `development` is what `bin/run` uses; `test` is what `bin/test` uses.
"""

from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.catalogues import languages_in

django_stubs_ext.monkeypatch()  # lets generic classes of Django be written as types
env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent

MODES = ("production", "development", "test")
MODE: str = env.str("MODE", default="production")
if MODE not in MODES:
    raise ImproperlyConfigured(f"MODE is {MODE!r}; it must be one of {', '.join(MODES)}.")
IS_PRODUCTION = MODE == "production"


def required(name: str, *, outside_production: str) -> str:
    """Return the variable `name`; only outside production may it fall back to a fixed value."""
    value: str = env.str(name, default="" if IS_PRODUCTION else outside_production)
    if not value:
        raise ImproperlyConfigured(f"{name} must be set in production.")
    return value


DEBUG: bool = env.bool("DEBUG", default=False)
DEMO: bool = env.bool("DEMO", default=False)
SECRET_KEY = required("SECRET_KEY", outside_production="only-for-development-and-tests-" + "x" * 32)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
SITE_URL = required("SITE_URL", outside_production="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["127.0.0.1", "localhost", "testserver"]
)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))
PRODUCT_NAME = "Common Thread"
# A site is reminded so many days before a non-compliance is due.
DUE_REMINDER_DAYS: list[int] = env.list("DUE_REMINDER_DAYS", cast=int, default=[14, 3])

if IS_PRODUCTION:
    for forbidden, name in ((DEBUG, "DEBUG"), (DEMO, "DEMO")):
        if forbidden:
            raise ImproperlyConfigured(f"{name} can never be on in production.")
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("only-for-development"):
        raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters in production.")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts this installation serves.")

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_filters",
    "django_structlog",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "web",
    "ledger",
    "documents",
    "organisations",
    "sourcing",
    "schemes",
    "forum",
    "findings",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.HeadersMiddleware",
    "config.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "documents.receiving.ReceivingMiddleware",
    "config.middleware.ArrivalMiddleware",
    "organisations.views.middleware.ViewerMiddleware",
    "web.writing.WritingMiddleware",
    "config.errors.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.shell",
            ],
            "builtins": ["web.templatetags.thread"],
        },
    }
]
FORM_RENDERER = "web.renderer.Renderer"

# ---------------------------------------------------------------- database
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url(
        "DATABASE_URL", default="postgresql://common_thread_app@127.0.0.1:5432/common_thread"
    )
}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
if MODE == "test":  # bin/test prepares a migrated database to copy
    DATABASES["default"]["TEST"] = {"TEMPLATE": env.str("TEST_DATABASE_TEMPLATE", default="") or None}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 3,
    # Lists end after a page: compiling, or a cache for as many rows as there could be, costs more than the page.
    "options": "-c jit=off -c enable_memoize=off -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s"
    f" -c statement_timeout={env.str('STATEMENT_TIMEOUT', default='30s')}",
}
# Who may do what in the database; see ledger/rowsecurity.py.
DB_ROLES: dict[str, str] = {
    "owner": env.str("DB_ROLE_OWNER", default="common_thread_owner"),
    "app": env.str("DB_ROLE_APP", default="common_thread_app"),
    "job": env.str("DB_ROLE_JOB", default="common_thread_job"),
}

# ---------------------------------------------------------------- broker, cache
BROKER_URL = required("BROKER_URL", outside_production="memory://")
CACHE_URL: str = env.str("CACHE_URL", default="")
CACHES: dict[str, dict[str, Any]] = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {  # the queue "system" is worked as the role job
    "ledger.*": {"queue": "system"},
    "documents.sweep": {"queue": "system"},
    "sourcing.sweep": {"queue": "system"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "unacked_restore_limit": 1000,
    "max_retries": 1,  # without it, a page waits six seconds for a broker that is down
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False  # the tick sweeps; a request never waits for the broker
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "ledger.tick", "schedule": 60.0, "options": {"queue": "system", "expires": 50}},
    "documents": {"task": "documents.sweep", "schedule": 60.0, "options": {"queue": "system", "expires": 50}},
    "imports": {"task": "sourcing.sweep", "schedule": 60.0, "options": {"queue": "system", "expires": 50}},
}
CELERY_TIMEZONE = "UTC"

# ---------------------------------------------------------------- people and sign-in
AUTH_USER_MODEL = "organisations.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "config.accounts.GuessableValidator"},
]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up, so that an invitation goes on
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PRODUCTION else "http"
USERSESSIONS_TRACK_ACTIVITY = (
    False  # organisations/views/sessions.py notes it once a minute instead of each time
)
ALLAUTH_TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)
REQUIRE_MFA: bool = env.bool("REQUIRE_MFA", default=IS_PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
MFA_TOTP_ISSUER = PRODUCT_NAME
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None  # guardian would otherwise add a person who is nobody
# Guardian holds the rows of exceptional shares (findings/models/share.py). Who may do what is asked of our own
# permissions, never of `has_perm`, so its authentication backend stays out, knowingly.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS: int = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
INVITATION_HOURS = 72
# How many days before evidence expires its owner is reminded.
EVIDENCE_REMINDER_DAYS: list[int] = env.list("EVIDENCE_REMINDER_DAYS", cast=int, default=[60, 30, 7])
SITE_ID = None

# ---------------------------------------------------------------- headers
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrf"
    if env.bool("BEHIND_TLS_PROXY", default=True):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []
FILE_UPLOAD_HANDLERS = ["documents.receiving.BoundedUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# ---------------------------------------------------------------- files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGE_URL: str = env.str("STORAGE_URL", default=f"file://{DATA_DIR / 'files'}")


def documents_storage(url: str) -> dict[str, Any]:
    """Translate `file:///folder` or `s3://key:secret@endpoint/bucket` into a Django storage."""
    from urllib.parse import parse_qs, unquote, urlsplit

    split = urlsplit(url)
    if split.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": unquote(split.path),
                "base_url": None,
                "file_permissions_mode": 0o640,
                "directory_permissions_mode": 0o750,
            },
        }
    if split.scheme == "s3":
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        secure = query.get("tls", "on") != "off"
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": split.path.strip("/"),
                "access_key": unquote(split.username or "") or None,
                "secret_key": unquote(split.password or "") or None,
                "endpoint_url": f"{'https' if secure else 'http'}://{split.netloc.rpartition('@')[2]}",
                "region_name": query.get("region"),
                "default_acl": None,
                "file_overwrite": False,
                "querystring_expire": 60,
            },
        }
    raise ImproperlyConfigured(f"STORAGE_URL must begin with file:// or s3://, not {split.scheme}://.")


STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "tmp"},
    },
    "documents": documents_storage(STORAGE_URL),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if MODE == "test"
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"

# ---------------------------------------------------------------- mail
# The third slash: the helper takes one off the path.
EMAIL_CONFIG: dict[str, Any] = env.email_url(
    "EMAIL_URL", default="memorymail://" if MODE == "test" else f"filemail:///{DATA_DIR / 'mail'}"
)
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Common Thread <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "en-gb"
# Catalogues in LOCALE_DIR add their languages: docs/languages.md.
LOCALE_DIR = Path(env.str("LOCALE_DIR", default=str(BASE_DIR / "locale")))
LANGUAGES: list[tuple[str, Any]] = [("en-gb", _("English")), *languages_in(LOCALE_DIR)]
if not IS_PRODUCTION:
    LANGUAGES += [("en-xa", "Pseudo English"), ("ar-xb", "Pseudo right-to-left")]
# What people may write in; the product's own words are in LANGUAGES. Codes are BCP 47 tags.
WRITING_LANGUAGES = [
    "en", "am", "ar", "bn", "my", "zh-hans", "zh-hant", "nl", "fil", "fr", "de", "el", "gu", "he", "hi", "id", "it",
    "ja", "kn", "km", "ko", "lo", "ms", "ml", "mr", "ne", "fa", "pl", "pt", "pa", "ro", "ru", "sr", "si", "so", "es",
    "sw", "ta", "te", "th", "tr", "uk", "ur", "vi",
]  # fmt: skip
LOCALE_PATHS = [LOCALE_DIR]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "organisations.api.authentication.TokenAuthentication",
        "organisations.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["organisations.api.authentication.HasViewer"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["web.json_body.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "config.schema.Operation",
    "EXCEPTION_HANDLER": "config.problems.problem",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Common Thread API",
    "DESCRIPTION": "Labour conditions in supply chains, worked on together.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.schema.describe",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AuditStateEnum": "config.schema.AUDIT_STATES",
        "AuditImportStateEnum": "findings.models.audit_import.AuditImport.State",
        "CertificateStatusEnum": "schemes.models.certificate.CertificateStatus",
        "EditionShapeEnum": "schemes.models.definition.Shape",
        "EditionStateEnum": "config.schema.EDITION_STATES",
        "EvidenceRequestStateEnum": "config.schema.REQUEST_STATES",
        "EvidenceStateEnum": "config.schema.EVIDENCE_STATES",
        "SchemeSubjectEnum": "schemes.models.definition.Subject",
        "PlanRhythmEnum": "findings.models.plan.ActionPlan.Rhythm",
        "StepStateEnum": "config.schema.STEP_STATES",
        "VarianceStateEnum": "config.schema.VARIANCE_STATES",
        "AuditKindEnum": "findings.models.audit.Audit.Kind",
        "FindingKindEnum": "findings.models.finding.Finding.Kind",
        "ResponseKindEnum": "findings.models.plan.PlanResponse.Kind",
        "ReassessmentResultEnum": "findings.models.finding.Reassessment.Result",
        "SiteKindEnum": "sourcing.models.site.Site.Kind",
        "VerificationResultEnum": "findings.models.corrective.Verification.Result",
    },
}

# ---------------------------------------------------------------- logs
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "config.logs.formatter", "json": IS_PRODUCTION},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="INFO" if IS_PRODUCTION else "WARNING"),
    },
    "loggers": {
        "django_structlog": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}

# ---------------------------------------------------------------- the field's own periods
# A placeholder that an operator sets: how long after a full audit the next one is expected.
FULL_AUDIT_MONTHS = env.int("FULL_AUDIT_MONTHS", default=24)
