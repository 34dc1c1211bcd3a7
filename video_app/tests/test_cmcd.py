"""CMCD, as strangers send it."""

import random
import string
from urllib.parse import quote

import pytest
from django.test import RequestFactory

from video_app.insight.cmcd import NOTHING, Told, told


def asked(query: str = "", **headers: str) -> Told:
    return told(RequestFactory().get(f"/000.ts?b=1{query}", headers=headers))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('br=3200,bs,d=4004,mtp=25400,sid="6e2fb550-c457"', Told("6e2fb550-c457", True)),
        ('sid="a,b"', NOTHING),
        ("bs=false", NOTHING),
        ("bs", Told(is_starved=True)),
        ("msd=850,v=2", Told(startup=0.85)),
        ("msd=99999999", NOTHING),
        ("msd=-1", NOTHING),
        ('cid="bs",ot=v', NOTHING),
        ('sid="<script>"', NOTHING),
        ("sid=" + '"' + "x" * 65 + '"', NOTHING),
        ("x" * 8000, NOTHING),
        ('sid="unclosed,bs', Told(is_starved=True)),
        ("", NOTHING),
    ],
)
def test_reads_what_it_uses(text: str, expected: Told):
    assert asked(f"&CMCD={quote(text)}") == expected


def test_reads_headers():
    headers = {"CMCD-Session": 'sid="one"', "CMCD-Status": "bs", "CMCD-Object": "br=1"}

    assert asked(**headers) == Told("one", True)


def test_fuzzed_values_stay_in_bounds():
    dice = random.Random(64)
    letters = string.printable + '",=;äß☃\\'
    for _ in range(1000):
        text = "".join(dice.choices(letters, k=dice.randint(0, 300)))
        found = asked(f"&CMCD={quote(text)}")
        assert len(found.session) <= 64
        assert found.startup is None or 0 <= found.startup <= 600
