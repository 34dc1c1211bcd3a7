from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("video_app", "0052_measured_watching")]

    operations = [
        migrations.AddField(
            model_name="chunk",
            name="has_low",
            # The release before writes rows beside this one, and encodes all rungs in one pass.
            field=models.BooleanField(
                "its low layer is there", default=False, db_default=False
            ),
        ),
        migrations.AddField(
            model_name="chunk",
            name="low_at",
            field=models.DateTimeField(
                help_text="When its low layer was first there.", null=True
            ),
        ),
    ]
