// Command azidentity logs in to the simulated Entra ID as Go programs do, Terraform's own providers
// among them.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func simulated(name string) string { return os.Getenv("SIMULATED_" + name) }

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func passed(text string) { fmt.Println("    ok:", text) }

func token(credential azcore.TokenCredential) (azcore.AccessToken, error) {
	options := policy.TokenRequestOptions{Scopes: []string{"https://management.azure.com/.default"}}
	return credential.GetToken(context.Background(), options)
}

func refused(credential azcore.TokenCredential, fragment string) {
	_, err := token(credential)
	if err == nil || !strings.Contains(err.Error(), fragment) {
		fmt.Fprintf(os.Stderr, "not refused with %q: %v\n", fragment, err)
		os.Exit(1)
	}
}

func main() {
	tenant, client := simulated("TENANT_ID"), simulated("CLIENT_ID")
	options := azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: simulated("LOGIN_URL")},
	}
	secret := func(tenant, secret string) azcore.TokenCredential {
		return must(azidentity.NewClientSecretCredential(tenant, client, secret,
			&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true}))
	}
	must(token(secret(tenant, simulated("CLIENT_SECRET"))))
	passed("a client secret")
	refused(secret(tenant, "wrong"), "AADSTS7000215")
	refused(secret("7e570000-0000-4000-8000-00000000dead", "any"), "AADSTS90002")
	passed("a wrong secret and a wrong tenant are refused")

	file := must(os.ReadFile(os.Getenv("CERTIFICATE_AND_KEY")))
	certificates, key, err := azidentity.ParseCertificates(file, nil)
	must(certificates, err)
	certificate := must(azidentity.NewClientCertificateCredential(tenant, client, certificates, key,
		&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true}))
	must(token(certificate))
	passed("a certificate")

	os.Setenv("IDENTITY_ENDPOINT", simulated("IDENTITY_ENDPOINT"))
	os.Setenv("IDENTITY_HEADER", simulated("IDENTITY_HEADER"))
	for _, id := range []azidentity.ManagedIDKind{
		nil,
		azidentity.ClientID(simulated("MANAGED_CLIENT_ID")),
		azidentity.ObjectID(simulated("MANAGED_OBJECT_ID")),
		azidentity.ResourceID(simulated("MANAGED_RESOURCE_ID")),
	} {
		must(token(must(azidentity.NewManagedIdentityCredential(
			&azidentity.ManagedIdentityCredentialOptions{ID: id}))))
	}
	unknown := azidentity.ClientID("7e570000-0000-4000-8000-00000000dead")
	refused(must(azidentity.NewManagedIdentityCredential(
		&azidentity.ManagedIdentityCredentialOptions{ID: unknown})), "Managed Identity found")
	passed("a managed identity of App Service, by each of its ids and by no other")
}
