"""The built-in site and the pages for operators."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
