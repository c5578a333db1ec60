package operations

import (
	"context"
	"net/http"
	"os"
	"testing"

	ory "github.com/ory/client-go"
)

func introspect(t *testing.T, token string) *ory.IntrospectedOAuth2Token {
	t.Helper()
	state, _, err := admin(t).OAuth2API.IntrospectOAuth2Token(context.Background()).Token(token).Execute()
	must(t, err)
	return state
}

func TestTokensAreIntrospectedRefreshedAndRevoked(t *testing.T) {
	done := logIn(t, "go-tokens")
	id, secret := done.client.GetClientId(), done.client.GetClientSecret()
	state := introspect(t, done.tokens.GetAccessToken())
	equal(t, "active", state.Active, true)
	equal(t, "subject", state.GetSub(), "go-tokens")
	equal(t, "client", state.GetClientId(), id)
	equal(t, "scope", state.GetScope(), scope)
	equal(t, "issuer", state.GetIss(), os.Getenv("PUBLIC"))
	equal(t, "type", state.GetTokenType(), "Bearer")
	equal(t, "use", state.GetTokenUse(), "access_token")
	equal(t, "claim of the session", state.Ext["role"], any("analyst"))

	exchange := public(t).OAuth2API.Oauth2TokenExchange(withSecret(id, secret)).GrantType("refresh_token")
	refreshed, _, err := exchange.RefreshToken(done.tokens.GetRefreshToken()).Execute()
	must(t, err)
	equal(t, "another access token", refreshed.GetAccessToken() != done.tokens.GetAccessToken(), true)

	revocation := public(t).OAuth2API.RevokeOAuth2Token(withSecret(id, secret))
	_, err = revocation.Token(refreshed.GetRefreshToken()).Execute()
	must(t, err)
	equal(t, "active", introspect(t, refreshed.GetRefreshToken()).Active, false)
	equal(t, "active", introspect(t, refreshed.GetAccessToken()).Active, false)
}

func TestTokensOfAClientAreDeleted(t *testing.T) {
	client := newClient(t, "deleted tokens of Go")
	ctx := withSecret(client.GetClientId(), client.GetClientSecret())
	tokens, _, err := public(t).OAuth2API.Oauth2TokenExchange(ctx).GrantType("client_credentials").Execute()
	must(t, err)
	equal(t, "active", introspect(t, tokens.GetAccessToken()).Active, true)
	_, err = admin(t).OAuth2API.DeleteOAuth2Token(context.Background()).ClientId(client.GetClientId()).Execute()
	must(t, err)
	equal(t, "active", introspect(t, tokens.GetAccessToken()).Active, false)
}

func TestUserIsDescribed(t *testing.T) {
	done := logIn(t, "go-userinfo")
	user, _, err := public(t).OidcAPI.GetOidcUserInfo(withToken(done.tokens.GetAccessToken())).Execute()
	must(t, err)
	equal(t, "subject", user.GetSub(), "go-userinfo")
	equal(t, "name", user.GetName(), "Ada Lovelace")
	equal(t, "email_verified", user.GetEmailVerified(), true)
	_, answer, err := public(t).OidcAPI.GetOidcUserInfo(context.Background()).Execute()
	refused(t, http.StatusUnauthorized, answer, err)
}
