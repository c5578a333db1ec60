package application

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	hydra "github.com/ory/hydra-client-go/v2"
	"golang.org/x/oauth2"

	"symbolon.test/external/browser"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

var scopes = []string{oidc.ScopeOpenID, "offline", "email"}

// Where the browsers come back.
var callbacks *httptest.Server

func TestMain(m *testing.M) {
	pages, err := url.Parse(os.Getenv("PAGES"))
	if err != nil || pages.Host == "" {
		fmt.Fprintln(os.Stderr, "PAGES is not set: see tests/external/serve")
		os.Exit(1)
	}
	listener, err := net.Listen("tcp", pages.Host)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go http.Serve(listener, New(os.Getenv("ADMIN")))
	callbacks = httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(answer, "back")
	}))
	os.Exit(m.Run())
}

// An application that lets its users log in, with the libraries that the Go world uses for it.
type party struct {
	oauth2.Config
	provider *oidc.Provider
	// Of the login in progress.
	verifier string
}

func newClient(t *testing.T, name string, change func(*hydra.OAuth2Client)) (id, secret string) {
	t.Helper()
	metadata := hydra.NewOAuth2Client()
	metadata.SetClientName(name)
	metadata.SetRedirectUris([]string{callbacks.URL + "/callback"})
	metadata.SetPostLogoutRedirectUris([]string{callbacks.URL + "/logged-out"})
	metadata.SetGrantTypes([]string{"authorization_code", "refresh_token", deviceGrant})
	metadata.SetScope(strings.Join(scopes, " "))
	change(metadata)
	configuration := hydra.NewConfiguration()
	configuration.Servers = hydra.ServerConfigurations{{URL: os.Getenv("ADMIN")}}
	call := hydra.NewAPIClient(configuration).OAuth2API.CreateOAuth2Client(context.Background())
	client, _, err := call.OAuth2Client(*metadata).Execute()
	must(t, err)
	return client.GetClientId(), client.GetClientSecret()
}

func newParty(t *testing.T, name string, change func(*hydra.OAuth2Client)) *party {
	t.Helper()
	id, secret := newClient(t, name, change)
	provider, err := oidc.NewProvider(t.Context(), os.Getenv("PUBLIC"))
	must(t, err)
	config := oauth2.Config{
		ClientID:     id,
		ClientSecret: secret,
		Endpoint:     provider.Endpoint(),
		RedirectURL:  callbacks.URL + "/callback",
		Scopes:       scopes,
	}
	return &party{Config: config, provider: provider}
}

func ordinary(*hydra.OAuth2Client) {}

// Sends a browser to the provider; the first page that it comes to.
func (p *party) begin(t *testing.T, person *browser.Browser, options ...oauth2.AuthCodeOption) browser.Page {
	t.Helper()
	p.verifier = oauth2.GenerateVerifier()
	options = append(options, oauth2.S256ChallengeOption(p.verifier), oidc.Nonce(p.verifier[:10]))
	return person.Visit(t, p.AuthCodeURL("state-of-the-client", options...))
}

// The parameters with which the browser came back.
func (p *party) callback(t *testing.T, page browser.Page) url.Values {
	t.Helper()
	if !strings.HasPrefix(page.URL.String(), p.RedirectURL+"?") {
		t.Fatalf("at %s (%d): %s", page.URL, page.Status, page.Body)
	}
	equal(t, "state", page.URL.Query().Get("state"), "state-of-the-client")
	return page.URL.Query()
}

// Tokens for the code with which the browser came back; the ID token is verified.
func (p *party) end(t *testing.T, page browser.Page) (*oauth2.Token, *oidc.IDToken) {
	t.Helper()
	parameters := p.callback(t, page)
	equal(t, "error", parameters.Get("error"), "")
	tokens, err := p.Exchange(t.Context(), parameters.Get("code"), oauth2.VerifierOption(p.verifier))
	must(t, err)
	identity := p.verify(t, tokens)
	equal(t, "nonce", identity.Nonce, p.verifier[:10])
	must(t, identity.VerifyAccessToken(tokens.AccessToken))
	return tokens, identity
}

func (p *party) verify(t *testing.T, tokens *oauth2.Token) *oidc.IDToken {
	t.Helper()
	text, _ := tokens.Extra("id_token").(string)
	identity, err := p.provider.Verifier(&oidc.Config{ClientID: p.ClientID}).Verify(t.Context(), text)
	must(t, err)
	return identity
}

// The address at which a browser logs out.
func (p *party) logoutAddress(t *testing.T, tokens *oauth2.Token) string {
	t.Helper()
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	must(t, p.provider.Claims(&metadata))
	return metadata.EndSession + "?" + url.Values{
		"id_token_hint":            {tokens.Extra("id_token").(string)},
		"post_logout_redirect_uri": {callbacks.URL + "/logged-out"},
		"state":                    {"after-logout"},
	}.Encode()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, seen, wanted T) {
	t.Helper()
	if seen != wanted {
		t.Fatalf("%s: %v, not %v", what, seen, wanted)
	}
}
