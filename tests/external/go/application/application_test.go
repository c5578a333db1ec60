package application

import (
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	hydra "github.com/ory/hydra-client-go/v2"
	"golang.org/x/oauth2"

	"symbolon.test/external/browser"
)

var (
	logIn    = url.Values{"email": {Email}, "password": {Password}, "submit": {"Log in"}}
	allow    = url.Values{"grant_scope": scopes, "submit": {"Allow access"}}
	deny     = url.Values{"submit": {"Deny access"}}
	remember = url.Values{"remember": {"1"}}
)

func together(forms ...url.Values) url.Values {
	all := url.Values{}
	for _, form := range forms {
		for name, values := range form {
			all[name] = values
		}
	}
	return all
}

func heading(t *testing.T, page browser.Page, wanted string) {
	t.Helper()
	if !strings.Contains(page.Body, "<h1>"+wanted+"</h1>") {
		t.Fatalf("not %q at %s (%d): %s", wanted, page.URL, page.Status, page.Body)
	}
}

func silently() oauth2.AuthCodeOption {
	return oauth2.SetAuthURLParam("prompt", "none")
}

// A person who has logged in and agreed, and is remembered.
func loggedIn(t *testing.T, application *party) (*browser.Browser, *oauth2.Token, *oidc.IDToken) {
	t.Helper()
	person := browser.New(t, nil)
	consent := person.Submit(t, application.begin(t, person), together(logIn, remember))
	tokens, identity := application.end(t, person.Submit(t, consent, together(allow, remember)))
	return person, tokens, identity
}

func TestPersonLogsInAgreesAndIsKnown(t *testing.T) {
	weather, person := newParty(t, "Weather", ordinary), browser.New(t, nil)
	login := weather.begin(t, person)
	heading(t, login, "Log in")
	again := person.Submit(t, login, url.Values{"email": {Email}, "password": {"wrong"}})
	equal(t, "refused", strings.Contains(again.Body, "password is wrong"), true)
	consent := person.Submit(t, again, logIn)
	heading(t, consent, "Consent for Weather")
	tokens, identity := weather.end(t, person.Submit(t, consent, allow))
	equal(t, "subject", identity.Subject, Email)
	var claims struct {
		Acr, Team, Email string
	}
	must(t, identity.Claims(&claims))
	equal(t, "acr", claims.Acr, "0")
	equal(t, "claim of the session", claims.Team, "north")
	// Where the login application does not tell the two apart, standard claims are at userinfo only.
	equal(t, "email in the ID token", claims.Email, "")
	user, err := weather.provider.UserInfo(t.Context(), oauth2.StaticTokenSource(tokens))
	must(t, err)
	equal(t, "email", user.Email, Email)
	equal(t, "verified", user.EmailVerified, true)

	refreshed, err := weather.TokenSource(t.Context(), &oauth2.Token{RefreshToken: tokens.RefreshToken}).Token()
	must(t, err)
	equal(t, "another access token", refreshed.AccessToken != tokens.AccessToken, true)
	equal(t, "subject", weather.verify(t, refreshed).Subject, Email)
}

func TestPersonAgreesToAPart(t *testing.T) {
	weather, person := newParty(t, "Part", ordinary), browser.New(t, nil)
	consent := person.Submit(t, weather.begin(t, person), logIn)
	part := url.Values{"grant_scope": {oidc.ScopeOpenID}, "submit": {"Allow access"}}
	tokens, _ := weather.end(t, person.Submit(t, consent, part))
	equal(t, "scope", tokens.Extra("scope"), any(oidc.ScopeOpenID))
	equal(t, "refresh token", tokens.RefreshToken, "")
}

func TestPersonRefusesToLogInOrToAgree(t *testing.T) {
	weather, person := newParty(t, "Refused", ordinary), browser.New(t, nil)
	refused := weather.callback(t, person.Submit(t, weather.begin(t, person), deny))
	equal(t, "error", refused.Get("error"), "access_denied")
	equal(t, "description", refused.Get("error_description"), "The resource owner denied the request")
	consent := person.Submit(t, weather.begin(t, person), logIn)
	refused = weather.callback(t, person.Submit(t, consent, deny))
	equal(t, "error", refused.Get("error"), "access_denied")
}

func TestPersonWhoIsRememberedSeesNoPage(t *testing.T) {
	weather := newParty(t, "Remembered", ordinary)
	person, _, first := loggedIn(t, weather)
	_, identity := weather.end(t, weather.begin(t, person))
	equal(t, "subject", identity.Subject, first.Subject)
	_, identity = weather.end(t, weather.begin(t, person, silently()))
	equal(t, "subject", identity.Subject, first.Subject)
	heading(t, weather.begin(t, person, oauth2.SetAuthURLParam("prompt", "login")), "Log in")

	// Another application of the same person: no login, but a consent.
	second := newParty(t, "Second", ordinary)
	heading(t, second.begin(t, person), "Consent for Second")
	// One of the operator's own: neither.
	own := newParty(t, "Own", func(client *hydra.OAuth2Client) { client.SetSkipConsent(true) })
	_, identity = own.end(t, own.begin(t, person))
	equal(t, "subject", identity.Subject, first.Subject)
	// Nobody is logged in here.
	refused := weather.callback(t, weather.begin(t, browser.New(t, nil), silently()))
	equal(t, "error", refused.Get("error"), "login_required")
}

func TestPersonLogsOutOrDecidesNotTo(t *testing.T) {
	weather := newParty(t, "Logout", ordinary)
	person, tokens, _ := loggedIn(t, weather)
	page := person.Visit(t, weather.logoutAddress(t, tokens))
	heading(t, page, "Log out")
	heading(t, person.Submit(t, page, url.Values{"submit": {"No"}}), "Still logged in")
	weather.end(t, weather.begin(t, person, silently()))

	page = person.Visit(t, weather.logoutAddress(t, tokens))
	done := person.Submit(t, page, url.Values{"submit": {"Yes"}})
	equal(t, "end", done.URL.String(), callbacks.URL+"/logged-out?state=after-logout")
	heading(t, weather.begin(t, person), "Log in")
}

func TestPersonConnectsADevice(t *testing.T) {
	// The library sends no secret with the first request of a device.
	withoutSecret := func(client *hydra.OAuth2Client) { client.SetTokenEndpointAuthMethod("none") }
	television, person := newParty(t, "Television", withoutSecret), browser.New(t, nil)
	device, err := television.DeviceAuth(t.Context())
	must(t, err)
	asked := person.Visit(t, device.VerificationURI)
	heading(t, asked, "Connect a device")
	wrong := person.Submit(t, asked, url.Values{"code": {"AAAAAAAA"}})
	equal(t, "refused", strings.Contains(wrong.Body, "The code is wrong"), true)
	complete := person.Visit(t, device.VerificationURIComplete)
	equal(t, "filled in", strings.Contains(complete.Body, `value="`+device.UserCode+`"`), true)
	login := person.Submit(t, complete, url.Values{"code": {device.UserCode}})
	heading(t, login, "Log in")
	consent := person.Submit(t, login, logIn)
	heading(t, consent, "Consent for Television")
	heading(t, person.Submit(t, consent, allow), "The device is connected")
	device.Interval = 1
	tokens, err := television.DeviceAccessToken(t.Context(), device)
	must(t, err)
	equal(t, "subject", television.verify(t, tokens).Subject, Email)
}
