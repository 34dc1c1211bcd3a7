import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def complete_extras(apps, schema_editor):
    """Films that were complete before have all that they will get."""
    Build = apps.get_model("video_app", "Build")
    Build.objects.filter(state="complete").update(extras_at=F("finished_at"))


LEASE = [
    ("lease_worker", lambda: models.UUIDField(editable=False, null=True, verbose_name="the worker that holds it")),
    ("retry_at", lambda: models.DateTimeField(editable=False, null=True)),
    ("setback", lambda: models.CharField(blank=True, db_default="", default="", editable=False, max_length=300, verbose_name="the last fault of a machine, for people")),
    ("setbacks", lambda: models.PositiveSmallIntegerField(db_default=0, default=0, editable=False)),
]


class Migration(migrations.Migration):

    dependencies = [("video_app", "0012_films_in_a_bucket")]

    operations = [
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("host", models.CharField(max_length=255)),
                ("queues", models.JSONField(default=list)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(db_index=True)),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="why it takes no jobs")),
            ],
        ),
        *[
            migrations.AddField(model, name, field())
            for model in ("video", "build", "chunk")
            for name, field in LEASE
        ],
        migrations.AddField(
            "build",
            "extras_at",
            models.DateTimeField(help_text="Since when its MP4s and storyboard are there, or given up.", null=True),
        ),
        migrations.RunPython(complete_extras, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            "chunk",
            models.Index(condition=models.Q(("state", "due")), fields=["index", "build"], name="chunk_due"),
        ),
        # Only a name in the code: the release before goes on with the same table.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Discarded", "Tombstone"),
                migrations.AlterModelOptions("tombstone", options={}),
                migrations.AlterModelTable("tombstone", "video_app_discarded"),
            ]
        ),
    ]
