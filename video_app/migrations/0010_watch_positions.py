import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("video_app", "0001_videos"),
    ]

    operations = [
        migrations.CreateModel(
            name="WatchPosition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seconds", models.FloatField(default=0)),
                ("watched_at", models.DateTimeField(help_text="When the end was last reached.", null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("video", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="positions", to="video_app.video")),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-updated_at"], name="position_latest")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "video"), name="position_once"),
                    models.CheckConstraint(condition=models.Q(("seconds__gte", 0)), name="position_not_negative"),
                ],
            },
        ),
    ]
