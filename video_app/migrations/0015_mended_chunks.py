from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("video_app", "0014_media_identity")]

    operations = [
        migrations.AddField(
            "build",
            "verified_at",
            models.DateTimeField(help_text="When its segments were last compared with their checksums.", null=True),
        ),
        migrations.AddField(
            "chunk",
            "revision",
            models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="how often it was mended"),
        ),
    ]
