from django.db import migrations, models

CHOICES = [('api', '/api'), ('users', '/users')]


class Migration(migrations.Migration):
    """Another name in Python; the column keeps its own, so that nothing changes in the database."""

    dependencies = [
        ('auth_app', '0004_logins_follow_addresses'),
    ]

    operations = [
        operation
        for model in ('mail', 'session')
        for operation in (
            migrations.AlterField(
                model_name=model,
                name='door',
                field=models.CharField(choices=CHOICES, db_column='door', max_length=5),
            ),
            migrations.RenameField(model_name=model, old_name='door', new_name='entry_point'),
        )
    ]
