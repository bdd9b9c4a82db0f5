"""The sample shop's addresses."""
import time

from django.contrib import admin
from django.http import HttpResponse, JsonResponse
from django.urls import path


def home(request):
    return HttpResponse("Welcome to the shop\n", content_type="text/plain")


def echo(request):
    """Tells what arrived, so that a test can see what the front passed on."""
    return JsonResponse(
        {
            "method": request.method,
            "path": request.path,
            "host": request.get_host(),
            "scheme": request.scheme,
            "body": len(request.body),
            "address": request.META.get("REMOTE_ADDR"),
            "forwarded": request.META.get("HTTP_X_FORWARDED_FOR"),
        }
    )


def slow(request):
    time.sleep(2)
    return HttpResponse("done\n", content_type="text/plain")


urlpatterns = [
    path("", home),
    path("api/echo", echo),
    path("api/slow", slow),
    path("admin/", admin.site.urls),
]
