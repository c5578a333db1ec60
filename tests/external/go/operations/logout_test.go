package operations

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"symbolon.test/external/hydra"
)

// Asks for a logout as the client does; the challenge for the logout page.
func askForLogout(t *testing.T, done flow) string {
	t.Helper()
	parameters := url.Values{
		"id_token_hint":            {done.tokens.GetIdToken()},
		"post_logout_redirect_uri": {postLogoutRedirectURI},
		"state":                    {"after-logout"},
	}
	ctx := hydra.WithParameters(context.Background(), parameters)
	answer, err := publicWith(t, done.person).OidcAPI.RevokeOidcSession(ctx).Execute()
	refused(t, http.StatusFound, answer, err)
	return target(t, answer).Query().Get("logout_challenge")
}

func TestAcceptedLogoutEndsTheSession(t *testing.T) {
	ctx := context.Background()
	api := admin(t).OAuth2API
	done := logIn(t, "go-logout")
	challenge := askForLogout(t, done)
	request, _, err := api.GetOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute()
	must(t, err)
	equal(t, "subject", request.GetSubject(), "go-logout")
	equal(t, "session", request.GetSid(), done.login.GetSessionId())
	equal(t, "initiated by the client", request.GetRpInitiated(), true)
	equal(t, "client", request.Client.GetClientId(), done.client.GetClientId())

	next, _, err := api.AcceptOAuth2LogoutRequest(ctx).LogoutChallenge(challenge).Execute()
	must(t, err)
	end := done.person.Follow(t, next.RedirectTo)
	equal(t, "end", end.String(), postLogoutRedirectURI+"?state=after-logout")
	equal(t, "skip", skips(t, done), false)
}

func TestRejectedLogoutKeepsTheSession(t *testing.T) {
	done := logIn(t, "go-logout-rejected")
	challenge := askForLogout(t, done)
	api := admin(t).OAuth2API
	_, err := api.RejectOAuth2LogoutRequest(context.Background()).LogoutChallenge(challenge).Execute()
	must(t, err)
	equal(t, "skip", skips(t, done), true)
}
