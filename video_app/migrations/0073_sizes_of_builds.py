from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('video_app', '0072_starts_of_viewings'),
    ]

    operations = [
        migrations.AddField(
            model_name='build',
            name='size',
            field=models.PositiveBigIntegerField(help_text='None until they are counted.', null=True, verbose_name='bytes of its segments and MP4s'),
        ),
    ]
