"""azure-batch 14: the list of supported images with a key."""

from azure.batch import BatchServiceClient, models
from azure.batch.batch_auth import SharedKeyCredentials
from checks import passed, refused, simulated


def client(key):
    credentials = SharedKeyCredentials(simulated("BATCH_ACCOUNT"), key)
    return BatchServiceClient(credentials, simulated("BATCH_URL"))


images = list(client(simulated("BATCH_KEY")).account.list_supported_images())
assert len(images) == int(simulated("BATCH_IMAGES")), len(images)
passed("all pages with a key")
options = models.AccountListSupportedImagesOptions(filter="osType eq 'linux'", max_results=7)
linux = list(client(simulated("BATCH_KEY")).account.list_supported_images(options))
assert 7 < len(linux) < len(images)
assert all(image.os_type == models.OSType.linux for image in linux)
passed("all pages of a filter with a key")
refused(
    lambda: list(client("d3Jvbmc=").account.list_supported_images()),
    models.BatchErrorException,
    "Server failed to authenticate the request",
)
passed("a wrong key is refused")
