"""azure-mgmt-azurestackhcivm: an image from its creation to its deletion."""

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.azurestackhcivm import AzureStackHCIVmClient
from checks import passed, refused, simulated

LOGIN = ClientSecretCredential(
    simulated("TENANT_ID"),
    simulated("CLIENT_ID"),
    simulated("CLIENT_SECRET"),
    authority=simulated("LOGIN_URL"),
    disable_instance_discovery=True,
)
GROUP = simulated("RESOURCE_GROUP")
MACHINE = (
    f"/subscriptions/{simulated('SUBSCRIPTION_ID')}/resourceGroups/{GROUP}/providers"
    "/Microsoft.HybridCompute/machines/builder/providers"
    "/Microsoft.AzureStackHCI/virtualMachineInstances/default"
)


def image(**properties):
    return {
        "location": "westus2",
        "extendedLocation": {"name": simulated("CUSTOM_LOCATION_ID"), "type": "CustomLocation"},
        "properties": {"osType": "Linux", **properties},
    }


def client(**arguments):
    return AzureStackHCIVmClient(
        LOGIN,
        simulated("SUBSCRIPTION_ID"),
        base_url=simulated("ARM_URL"),
        credential_scopes=["https://management.azure.com/.default"],
        polling_interval=1,
        **arguments,
    ).gallery_images


images = client()
disk = image(imagePath="https://made-up.blob.core.windows.net/vhds/golden.vhdx?sig=made-up")
for name, body in (("disk", disk), ("machine", image(sourceVirtualMachineId=MACHINE))):
    created = images.begin_create_or_update(GROUP, name, body).result()
    assert created.properties.provisioning_state == "Succeeded", created
    assert images.get(GROUP, name).id == created.id
passed("images of a disk and of a virtual machine")
assert {found.name for found in images.list_by_resource_group(GROUP)} == {"disk", "machine"}
assert {found.name for found in images.list_all()} == {"disk", "machine"}
changed = images.begin_update(GROUP, "disk", {"tags": {"team": "images"}}).result()
assert changed.tags == {"team": "images"}
passed("lists and tags")
refused(
    lambda: images.begin_create_or_update(GROUP, "disk", {**disk, "location": "eastus"}).result(),
    HttpResponseError,
    "InvalidResourceLocation",
)
refused(lambda: images.get("nowhere", "disk"), ResourceNotFoundError, "ResourceGroupNotFound")
unserved = client(api_version="2025-10-01")
refused(lambda: unserved.get(GROUP, "disk"), HttpResponseError, "NoRegisteredProviderFound")
passed("another location, group and api-version are refused")
for name in ("disk", "machine"):
    images.begin_delete(GROUP, name).result()
assert not list(images.list_all())
passed("deletions")
