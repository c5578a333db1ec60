package application

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	hydra "github.com/ory/hydra-client-go/v2"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"symbolon.test/external/browser"
)

const notes = "https://api.example/notes"

// A program that acts in its own name, and may read notes.
func newProgram(t *testing.T, method string) *clientcredentials.Config {
	t.Helper()
	id, secret := newClient(t, "Program", func(client *hydra.OAuth2Client) {
		client.SetGrantTypes([]string{"client_credentials"})
		client.SetScope("notes.read")
		client.SetAudience([]string{notes})
		client.SetAccessTokenStrategy("rfc9068")
		client.SetTokenEndpointAuthMethod(method)
	})
	provider, err := oidc.NewProvider(t.Context(), os.Getenv("PUBLIC"))
	must(t, err)
	return &clientcredentials.Config{
		ClientID:       id,
		ClientSecret:   secret,
		TokenURL:       provider.Endpoint().TokenURL,
		Scopes:         []string{"notes.read"},
		EndpointParams: url.Values{"audience": {notes}},
	}
}

func refusedBy(t *testing.T, err error, status int, code string) {
	t.Helper()
	var refusal *oauth2.RetrieveError
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v", err)
	}
	equal(t, "error", refusal.ErrorCode, code)
	equal(t, "status", refusal.Response.StatusCode, status)
}

func TestProgramActsInItsOwnName(t *testing.T) {
	// The library finds out by itself how the secret is to be sent.
	for _, method := range []string{"client_secret_basic", "client_secret_post"} {
		program := newProgram(t, method)
		tokens, err := program.Token(t.Context())
		must(t, err)
		equal(t, "kind", tokens.Type(), "Bearer")
		equal(t, "scope", tokens.Extra("scope"), any("notes.read"))
		equal(t, "refresh token", tokens.RefreshToken, "")

		wrong := *program
		wrong.ClientSecret = "a-secret-that-somebody-guessed"
		_, err = wrong.Token(t.Context())
		refusedBy(t, err, http.StatusUnauthorized, "invalid_client")
		wider := *program
		wider.Scopes = []string{"notes.write"}
		_, err = wider.Token(t.Context())
		refusedBy(t, err, http.StatusBadRequest, "invalid_scope")
	}
}

// A resource server that verifies access tokens by itself, with the server's keys.
func TestResourceServerVerifiesAccessTokens(t *testing.T) {
	program := newProgram(t, "client_secret_basic")
	tokens, err := program.Token(t.Context())
	must(t, err)
	provider, err := oidc.NewProvider(t.Context(), os.Getenv("PUBLIC"))
	must(t, err)
	verified, err := provider.Verifier(&oidc.Config{ClientID: notes}).Verify(t.Context(), tokens.AccessToken)
	must(t, err)
	equal(t, "subject", verified.Subject, program.ClientID)
	var claims struct {
		Scope    string
		ClientID string `json:"client_id"`
	}
	must(t, verified.Claims(&claims))
	equal(t, "scope", claims.Scope, "notes.read")
	equal(t, "client", claims.ClientID, program.ClientID)

	elsewhere := provider.Verifier(&oidc.Config{ClientID: "https://api.example/accounts"})
	_, err = elsewhere.Verify(t.Context(), tokens.AccessToken)
	equal(t, "refused by another resource", err != nil, true)
}

func TestAnotherVerifierUsesUpTheCode(t *testing.T) {
	weather, person := newParty(t, "Verifier", ordinary), browser.New(t, nil)
	// Otherwise the library tries the other way of sending the secret when it is refused.
	weather.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	consent := person.Submit(t, weather.begin(t, person), logIn)
	code := weather.callback(t, person.Submit(t, consent, allow)).Get("code")
	_, err := weather.Exchange(t.Context(), code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
	refusedBy(t, err, http.StatusBadRequest, "invalid_grant")
	_, err = weather.Exchange(t.Context(), code, oauth2.VerifierOption(weather.verifier))
	refusedBy(t, err, http.StatusBadRequest, "invalid_grant")
}

// The library verifies what it is told about the person, too.
func TestUserinfoIsSigned(t *testing.T) {
	for _, algorithm := range []string{"RS256", "ES256", "PS256", "EdDSA"} {
		weather := newParty(t, "Signed "+algorithm, func(client *hydra.OAuth2Client) {
			client.SetUserinfoSignedResponseAlg(algorithm)
			client.AdditionalProperties = map[string]any{"id_token_signed_response_alg": algorithm}
		})
		_, tokens, identity := loggedIn(t, weather)
		equal(t, "subject", identity.Subject, Email)
		user, err := weather.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(tokens))
		must(t, err)
		equal(t, "email", user.Email, Email)
	}
}
