from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('video_app', '0071_places_of_layers'),
    ]

    operations = [
        migrations.AddField(
            model_name='filmday',
            name='starts_only',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='views of which only the start is known'),
        ),
        migrations.AlterField(
            model_name='filmday',
            name='errors',
            field=models.PositiveIntegerField(default=0, verbose_name='viewings that an error ended'),
        ),
        migrations.AddField(
            model_name='watchtotals',
            name='starts_only',
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name='views of which only the start is known'),
        ),
        migrations.AlterField(
            model_name='watchtotals',
            name='errors',
            field=models.PositiveIntegerField(default=0, verbose_name='viewings that an error ended'),
        ),
    ]
