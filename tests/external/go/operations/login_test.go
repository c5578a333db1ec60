package operations

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	ory "github.com/ory/client-go"

	"symbolon.test/external/browser"
	"symbolon.test/external/hydra"
)

// A flow that has come to its end: somebody is logged in, and the client has tokens.
type flow struct {
	person *browser.Browser
	client *ory.OAuth2Client
	login  *ory.OAuth2LoginRequest
	tokens *ory.OAuth2TokenExchange
}

// Asks for a code as the client does; where the browser is sent.
func authorize(t *testing.T, person *browser.Browser, client *ory.OAuth2Client) *url.URL {
	t.Helper()
	parameters := url.Values{
		"client_id":     {client.GetClientId()},
		"response_type": {"code"},
		"redirect_uri":  {redirectURI},
		"scope":         {scope},
		"state":         {"state-of-the-client"},
	}
	ctx := hydra.WithParameters(context.Background(), parameters)
	// The generated method takes every redirect for an error.
	_, answer, err := publicWith(t, person).OAuth2API.OAuth2Authorize(ctx).Execute()
	refused(t, http.StatusFound, answer, err)
	return target(t, answer)
}

func target(t *testing.T, answer *http.Response) *url.URL {
	t.Helper()
	location, err := answer.Location()
	must(t, err)
	return location
}

// Accepts the login; where the browser is sent next.
func acceptLogin(t *testing.T, challenge, subject string) string {
	t.Helper()
	accepted := ory.NewAcceptOAuth2LoginRequest(subject)
	accepted.SetRemember(true)
	accepted.SetRememberFor(3600)
	accepted.SetAcr("two-factors")
	accepted.SetContext(map[string]any{"tenant": "north"})
	call := admin(t).OAuth2API.AcceptOAuth2LoginRequest(context.Background()).LoginChallenge(challenge)
	next, _, err := call.AcceptOAuth2LoginRequest(*accepted).Execute()
	must(t, err)
	return next.RedirectTo
}

func acceptConsent(t *testing.T, request *ory.OAuth2ConsentRequest) string {
	t.Helper()
	session := ory.NewAcceptOAuth2ConsentRequestSession()
	session.SetIdToken(map[string]any{"name": "Ada Lovelace", "email_verified": true})
	session.SetAccessToken(map[string]any{"role": "analyst"})
	accepted := ory.NewAcceptOAuth2ConsentRequest()
	accepted.SetGrantScope(request.RequestedScope)
	accepted.SetGrantAccessTokenAudience(request.RequestedAccessTokenAudience)
	accepted.SetSession(*session)
	accepted.SetRemember(true)
	call := admin(t).OAuth2API.AcceptOAuth2ConsentRequest(context.Background()).ConsentChallenge(request.Challenge)
	next, _, err := call.AcceptOAuth2ConsentRequest(*accepted).Execute()
	must(t, err)
	return next.RedirectTo
}

// A whole flow of a new client and `subject`.
func logIn(t *testing.T, subject string) flow {
	t.Helper()
	ctx := context.Background()
	client := newClient(t, "application of "+subject)
	person := newBrowser(t)
	challenge := authorize(t, person, client).Query().Get("login_challenge")
	login, _, err := admin(t).OAuth2API.GetOAuth2LoginRequest(ctx).LoginChallenge(challenge).Execute()
	must(t, err)
	equal(t, "challenge", login.Challenge, challenge)
	equal(t, "client", login.Client.GetClientId(), client.GetClientId())
	equal(t, "skip", login.Skip, false)
	equal(t, "request", strings.HasPrefix(login.RequestUrl, os.Getenv("PUBLIC")+"/oauth2/auth?"), true)

	challenge = person.Follow(t, acceptLogin(t, challenge, subject)).Query().Get("consent_challenge")
	consent, _, err := admin(t).OAuth2API.GetOAuth2ConsentRequest(ctx).ConsentChallenge(challenge).Execute()
	must(t, err)
	equal(t, "subject", consent.GetSubject(), subject)
	equal(t, "scope", strings.Join(consent.RequestedScope, " "), scope)
	equal(t, "acr", consent.GetAcr(), "two-factors")
	equal(t, "context", consent.Context["tenant"], any("north"))
	equal(t, "session", consent.GetLoginSessionId(), login.GetSessionId())

	callback := person.Follow(t, acceptConsent(t, consent))
	equal(t, "state", callback.Query().Get("state"), "state-of-the-client")
	code := callback.Query().Get("code")
	exchange := public(t).OAuth2API.Oauth2TokenExchange(withSecret(client.GetClientId(), client.GetClientSecret()))
	tokens, _, err := exchange.GrantType("authorization_code").Code(code).RedirectUri(redirectURI).Execute()
	must(t, err)
	equal(t, "type", tokens.GetTokenType(), "bearer")
	equal(t, "scope", tokens.GetScope(), scope)
	equal(t, "all tokens", tokens.GetAccessToken() != "" && tokens.GetIdToken() != "" && tokens.GetRefreshToken() != "", true)
	return flow{person, client, login, tokens}
}

func TestLoginIsRejected(t *testing.T) {
	person := newBrowser(t)
	challenge := authorize(t, person, newClient(t, "rejected login of Go")).Query().Get("login_challenge")
	reason := ory.NewRejectOAuth2Request()
	reason.SetError("access_denied")
	reason.SetErrorDescription("No such account.")
	call := admin(t).OAuth2API.RejectOAuth2LoginRequest(context.Background()).LoginChallenge(challenge)
	next, _, err := call.RejectOAuth2Request(*reason).Execute()
	must(t, err)
	callback := person.Follow(t, next.RedirectTo).Query()
	equal(t, "error", callback.Get("error"), "access_denied")
	equal(t, "description", callback.Get("error_description"), "No such account.")
}

func TestConsentIsRejected(t *testing.T) {
	person := newBrowser(t)
	challenge := authorize(t, person, newClient(t, "rejected consent of Go")).Query().Get("login_challenge")
	challenge = person.Follow(t, acceptLogin(t, challenge, "go-rejected")).Query().Get("consent_challenge")
	call := admin(t).OAuth2API.RejectOAuth2ConsentRequest(context.Background()).ConsentChallenge(challenge)
	next, _, err := call.RejectOAuth2Request(*ory.NewRejectOAuth2Request()).Execute()
	must(t, err)
	equal(t, "error", person.Follow(t, next.RedirectTo).Query().Get("error") != "", true)
}

func TestChallengesThatNobodyMadeAreNotFound(t *testing.T) {
	_, answer, err := admin(t).OAuth2API.GetOAuth2LoginRequest(context.Background()).LoginChallenge("made-up").Execute()
	refused(t, http.StatusNotFound, answer, err)
	_, answer, err = admin(t).OAuth2API.GetOAuth2ConsentRequest(context.Background()).ConsentChallenge("made-up").Execute()
	refused(t, http.StatusNotFound, answer, err)
}

func TestConsentsAreListedAndRevoked(t *testing.T) {
	ctx := context.Background()
	api := admin(t).OAuth2API
	done := logIn(t, "go-consents")
	sessions, _, err := api.ListOAuth2ConsentSessions(ctx).Subject("go-consents").Execute()
	must(t, err)
	equal(t, "number of consents", len(sessions), 1)
	equal(t, "scope", strings.Join(sessions[0].GrantScope, " "), scope)
	equal(t, "client", sessions[0].ConsentRequest.Client.GetClientId(), done.client.GetClientId())
	equal(t, "claim", sessions[0].Session.GetIdToken().(map[string]any)["name"], any("Ada Lovelace"))
	equal(t, "remembered", sessions[0].GetRemember(), true)

	_, err = api.RevokeOAuth2ConsentSessions(ctx).Subject("go-consents").Client(done.client.GetClientId()).Execute()
	must(t, err)
	sessions, _, err = api.ListOAuth2ConsentSessions(ctx).Subject("go-consents").Execute()
	must(t, err)
	equal(t, "number of consents", len(sessions), 0)
}

func TestLoginIsRememberedUntilItIsRevoked(t *testing.T) {
	done := logIn(t, "go-sessions")
	equal(t, "skip", skips(t, done), true)
	call := admin(t).OAuth2API.RevokeOAuth2LoginSessions(context.Background())
	_, err := call.Subject("go-sessions").Execute()
	must(t, err)
	equal(t, "skip", skips(t, done), false)
}

// Whether the person would have to log in again.
func skips(t *testing.T, done flow) bool {
	t.Helper()
	challenge := authorize(t, done.person, done.client).Query().Get("login_challenge")
	login, _, err := admin(t).OAuth2API.GetOAuth2LoginRequest(context.Background()).LoginChallenge(challenge).Execute()
	must(t, err)
	return login.Skip
}
