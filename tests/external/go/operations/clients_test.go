package operations

import (
	"context"
	"net/http"
	"testing"

	ory "github.com/ory/client-go"
)

const (
	redirectURI           = "http://127.0.0.1:5555/callback"
	postLogoutRedirectURI = "http://127.0.0.1:5555/done"
	deviceGrant           = "urn:ietf:params:oauth:grant-type:device_code"
	scope                 = "openid offline userinfo_credential_draft_00"
)

// A confidential client, made by the administrator.
func newClient(t *testing.T, name string) *ory.OAuth2Client {
	t.Helper()
	metadata := ory.NewOAuth2Client()
	metadata.SetClientName(name)
	metadata.SetRedirectUris([]string{redirectURI})
	metadata.SetPostLogoutRedirectUris([]string{postLogoutRedirectURI})
	metadata.SetGrantTypes([]string{"authorization_code", "refresh_token", "client_credentials", deviceGrant})
	metadata.SetResponseTypes([]string{"code"})
	metadata.SetScope(scope)
	metadata.SetContacts([]string{"ops@app.example"})
	metadata.SetMetadata(map[string]any{"team": "north"})
	client, _, err := admin(t).OAuth2API.CreateOAuth2Client(context.Background()).OAuth2Client(*metadata).Execute()
	must(t, err)
	return client
}

// The status with which a token is given to the client for its secret.
func clientCredentials(t *testing.T, id, secret string) int {
	t.Helper()
	call := public(t).OAuth2API.Oauth2TokenExchange(withSecret(id, secret)).GrantType("client_credentials")
	_, answer, _ := call.Execute()
	return answer.StatusCode
}

func TestClientIsCreatedReadChangedListedAndDeleted(t *testing.T) {
	ctx := context.Background()
	api := admin(t).OAuth2API
	created := newClient(t, "clients of Go")
	id := created.GetClientId()
	equal(t, "length of the secret", len(created.GetClientSecret()) >= 26, true)
	equal(t, "method", created.GetTokenEndpointAuthMethod(), "client_secret_basic")
	equal(t, "subject type", created.GetSubjectType(), "public")
	equal(t, "creation", created.GetCreatedAt().IsZero(), false)

	read, _, err := api.GetOAuth2Client(ctx, id).Execute()
	must(t, err)
	equal(t, "secret", read.ClientSecret, nil)
	equal(t, "metadata", read.GetMetadata()["team"], any("north"))

	read.SetSkipConsent(true)
	changed, _, err := api.SetOAuth2Client(ctx, id).OAuth2Client(*read).Execute()
	must(t, err)
	equal(t, "skip_consent", changed.GetSkipConsent(), true)

	listed, _, err := api.ListOAuth2Clients(ctx).ClientName("clients of Go").PageSize(50).Execute()
	must(t, err)
	equal(t, "number of clients", len(listed), 1)
	equal(t, "client", listed[0].GetClientId(), id)

	_, err = api.DeleteOAuth2Client(ctx, id).Execute()
	must(t, err)
	_, answer, err := api.GetOAuth2Client(ctx, id).Execute()
	refused(t, http.StatusNotFound, answer, err)
}

func TestClientIsPatched(t *testing.T) {
	client := newClient(t, "patched of Go")
	patch := ory.NewJsonPatch("replace", "/client_uri")
	patch.SetValue("https://app.example")
	call := admin(t).OAuth2API.PatchOAuth2Client(context.Background(), client.GetClientId())
	patched, _, err := call.JsonPatch([]ory.JsonPatch{*patch}).Execute()
	must(t, err)
	equal(t, "client_uri", patched.GetClientUri(), "https://app.example")
	equal(t, "name", patched.GetClientName(), "patched of Go")
}

func TestClientHasLifespansOfItsOwn(t *testing.T) {
	client := newClient(t, "lifespans of Go")
	wanted := ory.NewOAuth2ClientTokenLifespans()
	wanted.SetClientCredentialsGrantAccessTokenLifespan("7m0s")
	wanted.SetRefreshTokenGrantRefreshTokenLifespan("48h0m0s")
	call := admin(t).OAuth2API.SetOAuth2ClientLifespans(context.Background(), client.GetClientId())
	changed, _, err := call.OAuth2ClientTokenLifespans(*wanted).Execute()
	must(t, err)
	equal(t, "lifespan", changed.GetClientCredentialsGrantAccessTokenLifespan(), "7m0s")
	equal(t, "lifespan", changed.GetRefreshTokenGrantRefreshTokenLifespan(), "48h0m0s")
	equal(t, "name", changed.GetClientName(), "lifespans of Go")

	ctx := withSecret(client.GetClientId(), client.GetClientSecret())
	tokens, _, err := public(t).OAuth2API.Oauth2TokenExchange(ctx).GrantType("client_credentials").Execute()
	must(t, err)
	equal(t, "expires_in in minutes", (tokens.GetExpiresIn()+30)/60, int64(7))
}

func TestSecretIsRotated(t *testing.T) {
	ctx := context.Background()
	api := admin(t).OAuth2API
	client := newClient(t, "rotation of Go")
	id, old := client.GetClientId(), client.GetClientSecret()
	rotated, _, err := api.RotateOAuth2ClientSecret(ctx, id).Execute()
	must(t, err)
	fresh := rotated.GetClientSecret()
	equal(t, "another secret", fresh != "" && fresh != old, true)
	equal(t, "status for the fresh secret", clientCredentials(t, id, fresh), http.StatusOK)
	equal(t, "status for the old secret", clientCredentials(t, id, old), http.StatusOK)

	_, _, err = api.DeleteRotatedOAuth2ClientSecrets(ctx, id).Execute()
	must(t, err)
	equal(t, "status for the fresh secret", clientCredentials(t, id, fresh), http.StatusOK)
	equal(t, "status for the old secret", clientCredentials(t, id, old), http.StatusUnauthorized)
}
