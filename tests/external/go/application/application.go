package application

import (
	"net/http"
	"slices"

	ory "github.com/ory/client-go"
	hydra "github.com/ory/hydra-client-go/v2"
)

const rememberForSeconds = 3600

type application struct {
	hydra *hydra.APIClient
	// The newest SDK with Hydra's own name knows nothing of devices.
	devices *ory.APIClient
}

// New makes the application for the server whose admin port is at `admin`.
func New(admin string) http.Handler {
	configuration := hydra.NewConfiguration()
	configuration.Servers = hydra.ServerConfigurations{{URL: admin}}
	newer := ory.NewConfiguration()
	newer.Servers = ory.ServerConfigurations{{URL: admin}}
	app := application{hydra.NewAPIClient(configuration), ory.NewAPIClient(newer)}

	routes := http.NewServeMux()
	routes.HandleFunc("GET /login", app.askForLogin)
	routes.HandleFunc("POST /login", app.login)
	routes.HandleFunc("GET /consent", app.askForConsent)
	routes.HandleFunc("POST /consent", app.consent)
	routes.HandleFunc("GET /logout", app.askForLogout)
	routes.HandleFunc("POST /logout", app.logout)
	routes.HandleFunc("GET /device/verify", askForUserCode)
	routes.HandleFunc("POST /device/verify", app.userCode)
	routes.HandleFunc("GET /device/success", func(answer http.ResponseWriter, _ *http.Request) {
		page{Title: "The device is connected"}.show(answer)
	})
	return routes
}

// Sends the browser back to the server, or shows the error.
func goOn(answer http.ResponseWriter, request *http.Request, next *hydra.OAuth2RedirectTo, err error) {
	if err != nil {
		http.Error(answer, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(answer, request, next.RedirectTo, http.StatusFound)
}

func refusal() hydra.RejectOAuth2Request {
	reason := hydra.NewRejectOAuth2Request()
	reason.SetError("access_denied")
	reason.SetErrorDescription("The resource owner denied the request")
	return *reason
}

func (a application) askForLogin(answer http.ResponseWriter, request *http.Request) {
	challenge := request.URL.Query().Get("login_challenge")
	asked, _, err := a.hydra.OAuth2API.GetOAuth2LoginRequest(request.Context()).LoginChallenge(challenge).Execute()
	if err != nil {
		goOn(answer, request, nil, err)
		return
	}
	if !asked.Skip {
		loginPage(challenge, "").show(answer)
		return
	}
	accepted := hydra.NewAcceptOAuth2LoginRequest(asked.Subject)
	call := a.hydra.OAuth2API.AcceptOAuth2LoginRequest(request.Context()).LoginChallenge(challenge)
	next, _, err := call.AcceptOAuth2LoginRequest(*accepted).Execute()
	goOn(answer, request, next, err)
}

func (a application) login(answer http.ResponseWriter, request *http.Request) {
	challenge := request.FormValue("challenge")
	api := a.hydra.OAuth2API
	if request.FormValue("submit") == "Deny access" {
		call := api.RejectOAuth2LoginRequest(request.Context()).LoginChallenge(challenge)
		next, _, err := call.RejectOAuth2Request(refusal()).Execute()
		goOn(answer, request, next, err)
		return
	}
	if request.FormValue("email") != Email || request.FormValue("password") != Password {
		loginPage(challenge, "The e-mail address or the password is wrong.").show(answer)
		return
	}
	accepted := hydra.NewAcceptOAuth2LoginRequest(Email)
	accepted.SetRemember(request.FormValue("remember") != "")
	accepted.SetRememberFor(rememberForSeconds)
	accepted.SetAcr("0")
	call := api.AcceptOAuth2LoginRequest(request.Context()).LoginChallenge(challenge)
	next, _, err := call.AcceptOAuth2LoginRequest(*accepted).Execute()
	goOn(answer, request, next, err)
}

// What the application says about the user, as far as the client may know it.
func sessionOf(subject string, scope []string) *hydra.AcceptOAuth2ConsentRequestSession {
	session := hydra.NewAcceptOAuth2ConsentRequestSession()
	session.SetAccessToken(map[string]any{"role": "analyst"})
	if slices.Contains(scope, "email") {
		session.SetIdToken(map[string]any{"email": subject, "email_verified": true, "team": "north"})
	}
	return session
}

func (a application) acceptConsent(
	answer http.ResponseWriter, request *http.Request, asked *hydra.OAuth2ConsentRequest, scope []string,
) {
	accepted := hydra.NewAcceptOAuth2ConsentRequest()
	accepted.SetGrantScope(scope)
	accepted.SetGrantAccessTokenAudience(asked.RequestedAccessTokenAudience)
	accepted.SetSession(*sessionOf(asked.GetSubject(), scope))
	accepted.SetRemember(request.FormValue("remember") != "")
	accepted.SetRememberFor(rememberForSeconds)
	call := a.hydra.OAuth2API.AcceptOAuth2ConsentRequest(request.Context()).ConsentChallenge(asked.Challenge)
	next, _, err := call.AcceptOAuth2ConsentRequest(*accepted).Execute()
	goOn(answer, request, next, err)
}

func (a application) askForConsent(answer http.ResponseWriter, request *http.Request) {
	challenge := request.URL.Query().Get("consent_challenge")
	call := a.hydra.OAuth2API.GetOAuth2ConsentRequest(request.Context()).ConsentChallenge(challenge)
	asked, _, err := call.Execute()
	if err != nil {
		goOn(answer, request, nil, err)
		return
	}
	if asked.GetSkip() || asked.Client.GetSkipConsent() {
		a.acceptConsent(answer, request, asked, asked.RequestedScope)
		return
	}
	consentPage(challenge, asked.Client.GetClientName(), asked.RequestedScope).show(answer)
}

func (a application) consent(answer http.ResponseWriter, request *http.Request) {
	challenge := request.FormValue("challenge")
	api := a.hydra.OAuth2API
	if request.FormValue("submit") == "Deny access" {
		call := api.RejectOAuth2ConsentRequest(request.Context()).ConsentChallenge(challenge)
		next, _, err := call.RejectOAuth2Request(refusal()).Execute()
		goOn(answer, request, next, err)
		return
	}
	asked, _, err := api.GetOAuth2ConsentRequest(request.Context()).ConsentChallenge(challenge).Execute()
	if err != nil {
		goOn(answer, request, nil, err)
		return
	}
	a.acceptConsent(answer, request, asked, request.Form["grant_scope"])
}

func (a application) askForLogout(answer http.ResponseWriter, request *http.Request) {
	challenge := request.URL.Query().Get("logout_challenge")
	call := a.hydra.OAuth2API.GetOAuth2LogoutRequest(request.Context()).LogoutChallenge(challenge)
	if _, _, err := call.Execute(); err != nil {
		goOn(answer, request, nil, err)
		return
	}
	logoutPage(challenge).show(answer)
}

func (a application) logout(answer http.ResponseWriter, request *http.Request) {
	challenge := request.FormValue("challenge")
	api := a.hydra.OAuth2API
	if request.FormValue("submit") == "Yes" {
		next, _, err := api.AcceptOAuth2LogoutRequest(request.Context()).LogoutChallenge(challenge).Execute()
		goOn(answer, request, next, err)
		return
	}
	if _, err := api.RejectOAuth2LogoutRequest(request.Context()).LogoutChallenge(challenge).Execute(); err != nil {
		goOn(answer, request, nil, err)
		return
	}
	page{Title: "Still logged in"}.show(answer)
}

func askForUserCode(answer http.ResponseWriter, request *http.Request) {
	query := request.URL.Query()
	devicePage(query.Get("device_challenge"), query.Get("user_code"), "").show(answer)
}

func (a application) userCode(answer http.ResponseWriter, request *http.Request) {
	challenge := request.FormValue("challenge")
	entered := ory.NewAcceptDeviceUserCodeRequest()
	entered.SetUserCode(request.FormValue("code"))
	call := a.devices.OAuth2API.AcceptUserCodeRequest(request.Context()).DeviceChallenge(challenge)
	next, _, err := call.AcceptDeviceUserCodeRequest(*entered).Execute()
	if err != nil {
		devicePage(challenge, "", "The code is wrong.").show(answer)
		return
	}
	http.Redirect(answer, request, next.RedirectTo, http.StatusFound)
}
