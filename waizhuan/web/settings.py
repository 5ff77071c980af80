"""Django's settings, all derived from `config` (the environment)."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from waizhuan.kernel.words import say
from waizhuan.web import config

ENV = config.read()
ROOT: Path = config.ROOT
PRODUCTION: bool = ENV["PROFILE"] == "production"
DEBUG = False
SECRET_KEY = ENV["SECRET_KEY"] or "only for trying out: production refuses to start with it"
ALLOWED_HOSTS = ENV["HOSTS"]
BASE_URL = ENV["BASE_URL"]

# The keys of a try-out are public and the same everywhere, so that its database can be moved about.
FIELD_KEYS: list[str] = ENV["FIELD_KEYS"] or ["try:" + "5a" * 16]
INDEX_KEY: str = ENV["INDEX_KEY"] or "a5" * 32

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "captcha",
    "waizhuan.kernel.ui",
    "django.forms",  # after ui: its templates are what ours fall back on
    "waizhuan.shared.refdata",
    "waizhuan.shared.audit",
    "waizhuan.shared.flow",
    "waizhuan.shared.documents",
    "waizhuan.shared.letters",
    "waizhuan.shared.notify",
    "waizhuan.shared.help",
    "waizhuan.identity",
    "waizhuan.identity.registration",
    "waizhuan.identity.sign_in",
    "waizhuan.identity.second_factor",
    "waizhuan.identity.recovery",
    "waizhuan.identity.appeals",
    "waizhuan.identity.contact_change",
    "waizhuan.identity.realname",
    "waizhuan.identity.organisations",
    "waizhuan.identity.delegation",
    "waizhuan.identity.services",
    "waizhuan.identity.my_information",
    "waizhuan.identity.account_merges",
    "waizhuan.identity.operators",
    "waizhuan.identity.openid",
    "waizhuan.projects",
    "waizhuan.projects.departments",
    "waizhuan.projects.entry",
    "waizhuan.projects.unit_changes",
    "waizhuan.projects.handover",
    "waizhuan.projects.calls",
    "waizhuan.projects.applications",
    "waizhuan.projects.assignment",
    "waizhuan.projects.review",
    "waizhuan.projects.people",
    "waizhuan.projects.legacy",
    "waizhuan.projects.linking",
    "waizhuan.projects.unit_claims",
    "waizhuan.projects.merges",
    "waizhuan.projects.lookup",
    "waizhuan.web",
]

MIDDLEWARE = [
    "waizhuan.web.middleware.RequestId",
    "waizhuan.web.middleware.OnlyTls",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "waizhuan.web.middleware.Compression",
    "waizhuan.web.middleware.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "waizhuan.web.middleware.Errors",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "waizhuan.web.middleware.WhoActs",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "waizhuan.web.middleware.OnlyScreens",
]

ROOT_URLCONF = "waizhuan.web.urls"
WSGI_APPLICATION = "waizhuan.web.wsgi.application"
AUTH_USER_MODEL = "identity.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "waizhuan.web.shell.shell"],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "waizhuan.kernel.ui.templatetags.ui",
            ],
        },
    }
]
FORM_RENDERER = "waizhuan.kernel.ui.forms.Renderer"


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = Path(url.removeprefix("sqlite:///"))
        path = path if path.is_absolute() else ROOT / path
        path.parent.mkdir(parents=True, exist_ok=True)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            "CONN_MAX_AGE": None,  # else the PRAGMAs run on every request
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme == "postgresql":
        options = dict(parse_qsl(parts.query))
        # the pool belongs to one process; tests, which drop their databases, go without it: ?pool=off
        pool = {} if options.pop("pool", "") == "off" else {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": {**options, **pool},
        }
    raise config.WrongConfiguration(
        "WAIZHUAN_DATABASE_URL must begin with sqlite:/// or postgresql://, for example "
        "postgresql://waizhuan@127.0.0.1:5432/waizhuan"
    )


DATABASES = {"default": _database(ENV["DATABASE_URL"])}

CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV["REDIS_URL"]}
        if ENV["REDIS_URL"]
        # room for every counter of tries: Django's own 300 entries would throw some out while they still count
        else {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache_entries",
            "OPTIONS": {"MAX_ENTRIES": 50_000},
        }
    )
}

PASSWORD_HASHERS = ["waizhuan.identity.passwords.Argon2id"]
AUTHENTICATION_BACKENDS = ["waizhuan.identity.backend.AccountBackend"]
SESSION_ENGINE = "waizhuan.identity.sign_in.store"
SESSION_COOKIE_AGE = ENV["SESSION_MINUTES"] * 60
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"  # of a browser that an account has signed in with
CSRF_FAILURE_VIEW = "waizhuan.web.views.csrf_failure"
SECURE_SSL_REDIRECT = False  # `middleware.OnlyTls` sends pages there, and nothing else
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV["TRUSTED_PROXIES"] else None
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION  # of the product's own host name
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_AGE = 31536000
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
SERVICE_NAME = say("外国专家项目管理")

COLLECTED = ENV["STATIC"] == "collected"
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build" / "collected"
STATICFILES_DIRS = [("vendor", ROOT / "build" / "vendor")] if (ROOT / "build" / "vendor").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "waizhuan.web.storage.Hashed"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not COLLECTED
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

CAPTCHA_ON = ENV["CAPTCHA"] == "on"
RATE_LIMITS_ON = ENV["RATE_LIMITS"] == "on"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "waizhuan.web.logs.AddRequestId"}},
    "formatters": {"line": {"()": "waizhuan.web.logs.Json" if ENV["LOG"] == "json" else "waizhuan.web.logs.Line"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request"]}},
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {"django": {"level": "WARNING", "propagate": True}, "httpx": {"level": "WARNING"}},
}
