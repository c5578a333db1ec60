package operations

import (
	"context"
	"net/http"
	"os"
	"slices"
	"testing"

	ory "github.com/ory/client-go"
)

func TestConfigurationIsDiscovered(t *testing.T) {
	found, _, err := public(t).OidcAPI.DiscoverOidcConfiguration(context.Background()).Execute()
	must(t, err)
	issuer := os.Getenv("PUBLIC")
	equal(t, "issuer", found.Issuer, issuer)
	equal(t, "authorization endpoint", found.AuthorizationEndpoint, issuer+"/oauth2/auth")
	equal(t, "token endpoint", found.TokenEndpoint, issuer+"/oauth2/token")
	equal(t, "device endpoint", found.DeviceAuthorizationEndpoint, issuer+"/oauth2/device/auth")
	equal(t, "registration endpoint", found.GetRegistrationEndpoint(), issuer+"/oauth2/register")
	equal(t, "code is offered", slices.Contains(found.ResponseTypesSupported, "code"), true)
	equal(t, "RS256 is offered", slices.Contains(found.IdTokenSigningAlgValuesSupported, "RS256"), true)
}

func TestVersionIsTold(t *testing.T) {
	version, _, err := admin(t).MetadataAPI.GetVersion(context.Background()).Execute()
	must(t, err)
	equal(t, "there is a version", version.Version != "", true)
}

func TestClientRegistersReadsChangesAndDeletesItself(t *testing.T) {
	wanted := ory.NewOAuth2Client()
	wanted.SetClientName("Weather")
	wanted.SetRedirectUris([]string{"https://app.example/callback"})
	client, _, err := public(t).OidcAPI.CreateOidcDynamicClient(context.Background()).OAuth2Client(*wanted).Execute()
	must(t, err)
	id, token := client.GetClientId(), client.GetRegistrationAccessToken()
	equal(t, "address", client.GetRegistrationClientUri(), os.Getenv("PUBLIC")+"/oauth2/register/"+id)
	equal(t, "there is a secret", client.GetClientSecret() != "", true)

	read, _, err := public(t).OidcAPI.GetOidcDynamicClient(withToken(token), id).Execute()
	must(t, err)
	equal(t, "name", read.GetClientName(), "Weather")
	read.SetClientName("Weather 2")
	changed, _, err := public(t).OidcAPI.SetOidcDynamicClient(withToken(token), id).OAuth2Client(*read).Execute()
	must(t, err)
	equal(t, "name", changed.GetClientName(), "Weather 2")
	fresh := changed.GetRegistrationAccessToken()
	equal(t, "another token", fresh != "" && fresh != token, true)
	_, answer, err := public(t).OidcAPI.GetOidcDynamicClient(withToken(token), id).Execute()
	refused(t, http.StatusUnauthorized, answer, err)

	_, err = public(t).OidcAPI.DeleteOidcDynamicClient(withToken(fresh), id).Execute()
	must(t, err)
	_, answer, err = public(t).OidcAPI.GetOidcDynamicClient(withToken(fresh), id).Execute()
	refused(t, http.StatusUnauthorized, answer, err)
}
