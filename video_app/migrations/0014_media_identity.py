import uuid

from django.db import migrations, models


def give_identity(apps, schema_editor):
    """The media are marked with it when they are first looked at, if they are this database's."""
    apps.get_model("video_app", "Installation").objects.get_or_create(pk=1)


class Migration(migrations.Migration):

    dependencies = [("video_app", "0013_leases_of_workers")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("media_id", models.UUIDField(default=uuid.uuid4)),
                ("is_marked", models.BooleanField(default=False, verbose_name="the media carry this id")),
                ("orphans", models.PositiveIntegerField(default=0, verbose_name="films that the cleanup did not dare remove")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="installation_is_one")
                ],
            },
        ),
        migrations.RunPython(give_identity, migrations.RunPython.noop, elidable=True),
    ]
