"""azure-batch 15: the list of supported images, with a key and with a token."""

from azure.batch import BatchClient
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from checks import passed, refused, simulated

KEY = AzureNamedKeyCredential(simulated("BATCH_ACCOUNT"), simulated("BATCH_KEY"))
LOGIN = ClientSecretCredential(
    simulated("TENANT_ID"),
    simulated("CLIENT_ID"),
    simulated("CLIENT_SECRET"),
    authority=simulated("LOGIN_URL"),
    disable_instance_discovery=True,
)

for name, credential in (("key", KEY), ("token", LOGIN)):
    client = BatchClient(simulated("BATCH_URL"), credential)
    images = list(client.list_supported_images())
    assert len(images) == int(simulated("BATCH_IMAGES")), len(images)
    assert all(image.image_reference.publisher for image in images)
    passed(f"all pages with a {name}")
    linux = list(client.list_supported_images(filter="osType eq 'linux'", max_results=7))
    assert 7 < len(linux) < len(images)
    assert all(image.os_type == "linux" for image in linux)
    passed(f"all pages of a filter with a {name}")

client = BatchClient(simulated("BATCH_URL"), KEY)
refused(
    lambda: list(client.list_supported_images(filter="publisher eq 'canonical'")),
    HttpResponseError,
    "InvalidQueryParameterValue",
)
wrong = AzureNamedKeyCredential(simulated("BATCH_ACCOUNT"), "d3Jvbmc=")
client = BatchClient(simulated("BATCH_URL"), wrong)
refused(lambda: list(client.list_supported_images()), HttpResponseError, "AuthenticationFailed")
passed("a filter that the service does not have, and a wrong key, are refused")
