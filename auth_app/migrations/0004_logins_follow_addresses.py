from django.db import migrations, models
from django.db.models import F


def let_logins_follow_addresses(apps, schema_editor):
    """A user name that is an address becomes the user's present one.

    In two steps, for one user's name can be the address of another.
    """
    User = apps.get_model("auth_app", "User")
    behind = User.objects.filter(username__contains="@").exclude(username=F("email"))
    ids = list(behind.values_list("pk", flat=True))
    for pk in ids:
        User.objects.filter(pk=pk).update(username=f"follows-{pk}@")
    User.objects.filter(pk__in=ids).update(username=F("email"))


class Migration(migrations.Migration):

    dependencies = [
        ('auth_app', '0003_sign_ups'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='username',
            field=models.CharField(error_messages={'unique': 'This user name is taken.'}, help_text='The e-mail address, unless you choose a word without @. Both sign in.', max_length=254, unique=True, verbose_name='user name'),
        ),
        migrations.RunPython(let_logins_follow_addresses, migrations.RunPython.noop),
    ]
