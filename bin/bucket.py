"""Makes the bucket that STORAGE_URL names, unless it is there; waits a minute for a store that starts."""

import time

import django
from botocore.exceptions import BotoCoreError, ClientError


def main() -> None:
    """Make sure that the bucket exists."""
    django.setup()
    from django.core.files.storage import storages

    store = storages["documents"]
    client, name = store.connection.meta.client, store.bucket_name  # type: ignore[attr-defined]
    end = time.monotonic() + 60
    while True:
        try:
            if name not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
                client.create_bucket(Bucket=name)
        except (BotoCoreError, ClientError):
            if time.monotonic() > end:
                raise
            time.sleep(1)
        else:
            return


if __name__ == "__main__":
    main()
