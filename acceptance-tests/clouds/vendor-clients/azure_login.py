"""azure-identity: secrets, certificates and managed identities."""

import os

import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import (
    CertificateCredential,
    ClientAssertionCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
)
from checks import passed, refused, simulated

ARM = "https://management.azure.com/.default"
TENANT, CLIENT = simulated("TENANT_ID"), simulated("CLIENT_ID")
# Instance discovery would ask login.microsoftonline.com about this authority.
AUTHORITY = {"authority": simulated("LOGIN_URL"), "disable_instance_discovery": True}


def opens_arm(token):
    """Whether Resource Manager takes the token."""
    url = f"{simulated('ARM_URL')}/subscriptions?api-version=2022-12-01"
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    ids = [subscription["subscriptionId"] for subscription in answer.json()["value"]]
    return ids == [simulated("SUBSCRIPTION_ID")]


secret = ClientSecretCredential(TENANT, CLIENT, simulated("CLIENT_SECRET"), **AUTHORITY)
assert opens_arm(secret.get_token(ARM).token)
assert secret.get_token("https://batch.core.windows.net//.default").token
passed("a client secret, for Resource Manager and for Batch")

wrong = ClientSecretCredential(TENANT, CLIENT, "wrong", **AUTHORITY)
refused(lambda: wrong.get_token(ARM), ClientAuthenticationError, "AADSTS7000215")
unknown = "7e570000-0000-4000-8000-00000000dead"
tenant = ClientSecretCredential(unknown, CLIENT, "any", **AUTHORITY)
# In the words of MSAL, which does not repeat those of the service here.
refused(lambda: tenant.get_token(ARM), ClientAuthenticationError, "double check your tenant")
client = ClientSecretCredential(TENANT, unknown, "any", **AUTHORITY)
refused(lambda: client.get_token(ARM), ClientAuthenticationError, "AADSTS700016")
refused(
    lambda: secret.get_token("https://made-up.example/.default"),
    ClientAuthenticationError,
    "AADSTS500011",
)
passed("a wrong secret, tenant, client and scope are refused")

path = os.environ["CERTIFICATE_AND_KEY"]
for chain in (False, True):
    certificate = CertificateCredential(
        TENANT, CLIENT, path, send_certificate_chain=chain, **AUTHORITY
    )
    assert opens_arm(certificate.get_token(ARM).token)
passed("a certificate, with and without its chain")
assertion = ClientAssertionCredential(TENANT, CLIENT, lambda: "a.b.c", **AUTHORITY)
refused(lambda: assertion.get_token(ARM), ClientAuthenticationError, "AADSTS50027")
passed("an assertion that nobody signed is refused")

IDS = [
    {},
    {"client_id": simulated("MANAGED_CLIENT_ID")},
    {"identity_config": {"object_id": simulated("MANAGED_OBJECT_ID")}},
    {"identity_config": {"resource_id": simulated("MANAGED_RESOURCE_ID")}},
]
os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = simulated("IMDS_URL")
for arguments in IDS:
    assert opens_arm(ManagedIdentityCredential(**arguments).get_token(ARM).token)
unknown_identity = ManagedIdentityCredential(client_id=unknown)
refused(lambda: unknown_identity.get_token(ARM), ClientAuthenticationError)
passed("a managed identity from IMDS, by each of its ids and by no other")

os.environ["IDENTITY_ENDPOINT"] = simulated("IDENTITY_ENDPOINT")
os.environ["IDENTITY_HEADER"] = simulated("IDENTITY_HEADER")
for arguments in IDS:
    assert opens_arm(ManagedIdentityCredential(**arguments).get_token(ARM).token)
unknown_identity = ManagedIdentityCredential(client_id=unknown)
refused(lambda: unknown_identity.get_token(ARM), ClientAuthenticationError)
passed("a managed identity of App Service, by each of its ids and by no other")
