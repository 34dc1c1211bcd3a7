import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth_app', '0012_mail_about_pins'),
        ('video_app', '0073_sizes_of_builds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Preferences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audio_language', models.CharField(blank=True, db_default='', default='', max_length=35)),
                ('audio_name', models.CharField(blank=True, db_default='', default='', max_length=100)),
                ('shows_subtitles', models.BooleanField(null=True)),
                ('subtitle_language', models.CharField(blank=True, db_default='', default='', max_length=35)),
                ('subtitle_name', models.CharField(blank=True, db_default='', default='', max_length=100)),
                ('subtitle_size', models.CharField(blank=True, choices=[('small', 'Small'), ('normal', 'Normal'), ('large', 'Large'), ('huge', 'Very large')], db_default='', default='', max_length=10)),
                ('subtitle_ground', models.CharField(blank=True, choices=[('box', 'Box'), ('shadow', 'Shadow'), ('solid', 'Black'), ('yellow', 'Yellow')], db_default='', default='', max_length=10)),
                ('plays_next', models.BooleanField(null=True)),
                ('profile', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='auth_app.profile')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'preferences',
                'constraints': [models.UniqueConstraint(condition=models.Q(('profile', None)), fields=('user',), name='preferences_once_in_main'), models.UniqueConstraint(fields=('profile',), name='preferences_once')],
            },
        ),
    ]
