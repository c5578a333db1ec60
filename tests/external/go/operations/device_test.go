package operations

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"testing"

	ory "github.com/ory/client-go"

	"symbolon.test/external/hydra"
)

func TestDeviceIsLetIn(t *testing.T) {
	ctx := context.Background()
	client := newClient(t, "device of Go")
	secret := withSecret(client.GetClientId(), client.GetClientSecret())
	asked := url.Values{"client_id": {client.GetClientId()}, "scope": {"openid offline"}}
	device, _, err := public(t).OAuth2API.OAuth2DeviceFlow(hydra.WithParameters(secret, asked)).Execute()
	must(t, err)
	equal(t, "address", device.GetVerificationUri(), os.Getenv("PUBLIC")+"/oauth2/device/verify")
	equal(t, "lifetime and interval", device.GetExpiresIn() > 0 && device.GetInterval() > 0, true)

	person := newBrowser(t)
	_, answer, err := publicWith(t, person).OAuth2API.PerformOAuth2DeviceVerificationFlow(ctx).Execute()
	refused(t, http.StatusFound, answer, err)
	challenge := target(t, answer).Query().Get("device_challenge")
	entered := ory.NewAcceptDeviceUserCodeRequest()
	entered.SetUserCode(device.GetUserCode())
	call := admin(t).OAuth2API.AcceptUserCodeRequest(ctx).DeviceChallenge(challenge)
	next, _, err := call.AcceptDeviceUserCodeRequest(*entered).Execute()
	must(t, err)

	poll := url.Values{"device_code": {device.GetDeviceCode()}}
	exchange := public(t).OAuth2API.Oauth2TokenExchange(hydra.WithParameters(secret, poll)).GrantType(deviceGrant)
	_, answer, err = exchange.Execute()
	refused(t, http.StatusBadRequest, answer, err)

	challenge = person.Follow(t, next.RedirectTo).Query().Get("login_challenge")
	challenge = person.Follow(t, acceptLogin(t, challenge, "go-device")).Query().Get("consent_challenge")
	consent, _, err := admin(t).OAuth2API.GetOAuth2ConsentRequest(ctx).ConsentChallenge(challenge).Execute()
	must(t, err)
	success := person.Follow(t, acceptConsent(t, consent))
	equal(t, "page of success", success.Path, "/device/success")
}
