from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("findings", "0017_plan_work")]

    operations: list = []
