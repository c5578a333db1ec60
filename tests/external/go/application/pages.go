// Package application is a login and consent application as Ory's documentation shows one: net/http and Ory's SDK for
// Go, nothing else. It has one account. What a real one has besides, a defence of its forms, is left out.
package application

import (
	"html/template"
	"net/http"
)

// The one account.
const (
	Email    = "ada@example.org"
	Password = "difference-engine"
)

// What a page shows.
type page struct {
	Title     string
	Action    string
	Challenge string
	Message   string
	Scopes    []string
	Buttons   []string
	AsksFor   []string
	UserCode  string
}

var pages = template.Must(template.New("page").Parse(`<!DOCTYPE html><title>{{.Title}}</title><h1>{{.Title}}</h1>
<p>{{.Message}}</p>
{{if .Action}}<form method="post" action="{{.Action}}"><input type="hidden" name="challenge" value="{{.Challenge}}">
{{range .AsksFor}}<input type="text" name="{{.}}" value="{{$.UserCode}}">{{end}}
{{range .Scopes}}<input type="checkbox" name="grant_scope" value="{{.}}">{{end}}
<input type="checkbox" name="remember" value="1">
{{range .Buttons}}<button name="submit" value="{{.}}">{{.}}</button>{{end}}</form>{{end}}
`))

func (p page) show(answer http.ResponseWriter) {
	answer.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The answer has begun: an error can no longer be told.
	_ = pages.Execute(answer, p)
}

func loginPage(challenge, message string) page {
	return page{
		Title:     "Log in",
		Action:    "/login",
		Challenge: challenge,
		Message:   message,
		AsksFor:   []string{"email", "password"},
		Buttons:   []string{"Log in", "Deny access"},
	}
}

func consentPage(challenge, client string, scopes []string) page {
	return page{
		Title:     "Consent for " + client,
		Action:    "/consent",
		Challenge: challenge,
		Scopes:    scopes,
		Buttons:   []string{"Allow access", "Deny access"},
	}
}

func logoutPage(challenge string) page {
	return page{Title: "Log out", Action: "/logout", Challenge: challenge, Buttons: []string{"Yes", "No"}}
}

func devicePage(challenge, userCode, message string) page {
	return page{
		Title:     "Connect a device",
		Action:    "/device/verify",
		Challenge: challenge,
		Message:   message,
		AsksFor:   []string{"code"},
		UserCode:  userCode,
		Buttons:   []string{"Continue"},
	}
}
