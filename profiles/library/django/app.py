"""The sample application of the django pack: a site in one module, with a route for each part of Django that makes
system calls of its own. Every route answers with something that only the work done can have produced."""

import gc
import io
import logging.handlers
import os
import subprocess
import threading

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

HERE = os.path.dirname(os.path.abspath(__file__))

settings.configure(
    SECRET_KEY="not a secret: this is a test",
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF="app",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "site.db", "OPTIONS": {"timeout": 20}}},
    CACHES={"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "cache"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [os.path.join(HERE, "templates")]}],
    EMAIL_BACKEND="django.core.mail.backends.filebased.EmailBackend",
    EMAIL_FILE_PATH="mail",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    FILE_UPLOAD_PERMISSIONS=0o640,
    MEDIA_ROOT="media",
    STATIC_ROOT="static",
    STATIC_URL="/static/",
    STATICFILES_DIRS=[os.path.join(HERE, "assets")],
    LANGUAGES=[("en", "English"), ("de", "German")],
    TIME_ZONE="UTC",
)
django.setup()

from django.contrib.auth import authenticate, get_user_model  # noqa: E402  (needs the settings)
from django.core.cache import cache  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.core.mail import send_mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import FileResponse, HttpResponse, StreamingHttpResponse  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone, translation  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


def migrate():
    """Done once, before the site starts."""
    call_command("migrate", verbosity=0)
    with open("large.bin", "wb") as large:
        large.write(b"y" * 3_000_000)


def hello(request):
    return HttpResponse("hello\n")


def page(request):
    with translation.override("de"):
        return render(request, "page.html", {"time": timezone.now(), "names": ["a", "b"]})


def visits(request):
    """A session in the database: written in a transaction."""
    request.session["visits"] = request.session.get("visits", 0) + 1
    return HttpResponse(f"visit {request.session['visits']}\n")


def users(request):
    """Made, found and removed through the object-relational mapper."""
    model = get_user_model()
    name = f"user-{os.getpid()}"
    with transaction.atomic():
        model.objects.create_user(name, password="secret")
        model.objects.bulk_create(model(username=f"{name}-{n}") for n in range(100))
    known = authenticate(request, username=name, password="secret")
    made = model.objects.filter(username__startswith=name).count()
    model.objects.filter(username__startswith=name).delete()
    return HttpResponse(f"made {made}, known {known is not None}\n")


def backup(request):
    """The database is shrunk and copied while the site runs, then the tables are written out."""
    with connection.cursor() as cursor:
        cursor.execute("vacuum")
        cursor.execute("pragma integrity_check")
        whole = cursor.fetchone()[0]
    text = io.StringIO()
    call_command("dumpdata", "contenttypes", stdout=text)
    return HttpResponse(f"whole {whole}, tables {text.getvalue().count('contenttypes.contenttype')}\n")


@csrf_exempt
def upload(request):
    """More than 2.5 MB go to a temporary file, which the storage then moves into its place."""
    name = default_storage.save("uploads/file.bin", request.FILES["file"])
    size = default_storage.size(name)
    default_storage.delete(name)
    return HttpResponse(f"stored {size}\n")


def file(request):
    return FileResponse(open("large.bin", "rb"))


def stream(request):
    return StreamingHttpResponse(b"x" * 1000 for _ in range(1000))


def cached(request):
    cache.set("key", {"value": 1}, 60)
    value = cache.get("key")["value"]
    cache.delete("key")
    cache.clear()
    return HttpResponse(f"cached {value}\n")


def mail(request):
    sent = send_mail("subject", "text", "a@localhost", ["b@localhost"])
    return HttpResponse(f"sent {sent}\n")


def assets(request):
    text = io.StringIO()
    call_command("collectstatic", interactive=False, clear=True, stdout=text)
    return HttpResponse(text.getvalue())


def logs(request):
    handler = logging.handlers.WatchedFileHandler("site.log")
    logger = logging.Logger("site")
    logger.addHandler(handler)
    logger.warning("first")
    os.rename("site.log", "site.log.1")
    logger.warning("second")
    handler.close()
    with open("site.log", encoding="utf-8") as lines:
        return HttpResponse(lines.read())


def collect(request):
    for _ in range(5):
        ring = [{"payload": "x" * 2000} for _ in range(2000)]
        for here, there in zip(ring, ring[1:]):
            here["next"], there["previous"] = there, here
        del ring, here, there
        gc.collect()
    return HttpResponse(f"uncollectable {len(gc.garbage)}\n")


def run(request):
    return HttpResponse(subprocess.check_output("cat large.bin | wc -c", shell=True))


def background(request):
    said = []
    thread = threading.Thread(target=lambda: said.append("done"))
    thread.start()
    thread.join()
    return HttpResponse(f"thread {said[0]}\n")


urlpatterns = [
    path("", hello),
    path("page", page),
    path("visits", visits),
    path("users", users),
    path("backup", backup),
    path("upload", upload),
    path("file", file),
    path("stream", stream),
    path("cached", cached),
    path("mail", mail),
    path("assets", assets),
    path("logs", logs),
    path("collect", collect),
    path("run", run),
    path("background", background),
]
application = get_wsgi_application()

# A worker comes here when it has its signal handlers: from now on it can be told to stop.
with open("loaded", "a", encoding="utf-8") as loaded:
    loaded.write(f"{os.getpid()}\n")
