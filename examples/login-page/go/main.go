// A login, consent and logout page in Go, without libraries. ADMIN is Symbolon's admin port, PORT is ours.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"os"
)

type person struct{ password, name string }

// Your own accounts come here. Passwords belong hashed into a database.
var people = map[string]person{"alice": {"wonderland", "Alice Liddell"}}

var admin = cmp.Or(os.Getenv("ADMIN"), "http://127.0.0.1:4445")

// What the admin port says of a challenge, or where the browser goes on.
type reply struct {
	Subject           string   `json:"subject"`
	Skip              bool     `json:"skip"`
	RequestedScope    []string `json:"requested_scope"`
	RequestedAudience []string `json:"requested_access_token_audience"`
	Client            struct {
		ID          string `json:"client_id"`
		Name        string `json:"client_name"`
		SkipConsent bool   `json:"skip_consent"`
	} `json:"client"`
	RedirectTo  string `json:"redirect_to"`
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

type object map[string]any

// Asks about a challenge of this kind, or answers it with `accept` or `reject`.
func ask(kind, challenge, answer string, body object) (reply, error) {
	address, method := admin+"/admin/oauth2/auth/requests/"+kind, http.MethodGet
	if answer != "" {
		address, method = address+"/"+answer, http.MethodPut
	}
	content, err := json.Marshal(body)
	if err != nil {
		return reply{}, err
	}
	address += "?" + url.Values{kind + "_challenge": {challenge}}.Encode()
	request, err := http.NewRequest(method, address, bytes.NewReader(content))
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	var result reply
	if err := json.NewDecoder(response.Body).Decode(&result); err != nil {
		return reply{}, err
	}
	// 410: it was answered before, and says where to go on.
	if response.StatusCode >= 400 && response.StatusCode != http.StatusGone {
		return reply{}, errors.New(cmp.Or(result.Description, result.Error))
	}
	return result, nil
}

var pages = template.Must(template.New("").Parse(`
{{define "begin"}}<!doctype html><meta charset="utf-8"><title>{{.Kind}}</title>
<form method="post" action="/{{.Kind}}"><input type="hidden" name="challenge" value="{{.Challenge}}">{{end}}
{{define "login"}}{{template "begin" .}}<p role="alert">{{.Fault}}</p>
<label>Name <input name="username" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form>{{end}}
{{define "consent"}}{{template "begin" .}}<p>{{or .Request.Client.Name .Request.Client.ID}} asks for</p>
<ul>{{range .Request.RequestedScope}}<li>{{.}}{{end}}</ul>
<button name="answer" value="allow">Allow</button> <button name="answer" value="refuse">Refuse</button></form>{{end}}
{{define "logout"}}{{template "begin" .}}<button>Sign out</button></form>{{end}}`))

type page struct {
	Kind, Challenge, Fault string
	Request                reply
}

func accepted(request reply) object {
	return object{
		"grant_scope":                 request.RequestedScope,
		"grant_access_token_audience": request.RequestedAudience,
		"remember":                    true,
		"session":                     object{"id_token": object{"name": people[request.Subject].name}},
	}
}

// What a page shows when the browser arrives with a challenge.
func show(kind, challenge string) (page, reply, error) {
	shown := page{Kind: kind, Challenge: challenge}
	if kind == "logout" {
		return shown, reply{}, nil
	}
	request, err := ask(kind, challenge, "", nil)
	shown.Request = request
	if err != nil || request.RedirectTo != "" {
		return shown, request, err
	}
	// Somebody who is known from an earlier login must be accepted as that person.
	if kind == "login" && request.Skip {
		request, err = ask(kind, challenge, "accept", object{"subject": request.Subject})
	} else if kind == "consent" && (request.Skip || request.Client.SkipConsent) {
		request, err = ask(kind, challenge, "accept", accepted(request))
	}
	return shown, request, err
}

// What happens when the form of a page comes back.
func receive(kind, challenge string, form url.Values) (page, reply, error) {
	shown := page{Kind: kind, Challenge: challenge}
	var body object
	switch kind {
	case "login":
		name := form.Get("username")
		if known, ok := people[name]; !ok || known.password != form.Get("password") {
			shown.Fault = "That is not right."
			return shown, reply{}, nil
		}
		body = object{"subject": name, "remember": true, "remember_for": 3600}
	case "consent":
		if form.Get("answer") != "allow" {
			result, err := ask(kind, challenge, "reject", object{"error": "access_denied"})
			return shown, result, err
		}
		request, err := ask(kind, challenge, "", nil)
		if err != nil || request.RedirectTo != "" {
			return shown, request, err
		}
		body = accepted(request)
	}
	result, err := ask(kind, challenge, "accept", body)
	return shown, result, err
}

func handle(kind string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		var shown page
		var result reply
		var err error
		if r.Method == http.MethodPost {
			shown, result, err = receive(kind, r.PostFormValue("challenge"), r.PostForm)
		} else {
			shown, result, err = show(kind, r.URL.Query().Get(kind+"_challenge"))
		}
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusBadRequest)
		case result.RedirectTo != "":
			http.Redirect(w, r, result.RedirectTo, http.StatusSeeOther)
		default:
			if err := pages.ExecuteTemplate(w, kind, shown); err != nil {
				log.Print(err)
			}
		}
	}
}

func main() {
	for _, kind := range []string{"login", "consent", "logout"} {
		http.HandleFunc("/"+kind, handle(kind))
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"), nil))
}
