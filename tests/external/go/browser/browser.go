// Package browser is a browser as far as logins need one: it keeps cookies, goes where it is sent, and fills in forms.
package browser

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"testing"
)

const mostRedirects = 20

// Browser is one person's browser.
type Browser struct {
	// Client keeps the cookies and follows no redirect by itself.
	Client *http.Client
}

// Page is where a browser has arrived.
type Page struct {
	URL    *url.URL
	Status int
	Body   string
}

// New makes a browser without cookies, which sends its requests through `transport`.
func New(t *testing.T, transport http.RoundTripper) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Browser{&http.Client{Jar: jar, Transport: transport, CheckRedirect: stay}}
}

// Follow opens an address that must answer with a redirect; where it leads.
func (b *Browser) Follow(t *testing.T, address string) *url.URL {
	t.Helper()
	answer := b.send(t, address, nil)
	answer.Body.Close()
	if !isRedirect(answer.StatusCode) {
		t.Fatalf("%s answered %d and no redirect", address, answer.StatusCode)
	}
	return location(t, answer)
}

// Visit opens an address and follows all redirects.
func (b *Browser) Visit(t *testing.T, address string) Page {
	t.Helper()
	return b.arrive(t, b.send(t, address, nil))
}

var (
	formAction = regexp.MustCompile(`<form[^>]*\saction="([^"]*)"`)
	inputs     = regexp.MustCompile(`<input[^>]*>`)
	attribute  = regexp.MustCompile(`\s(name|value|type)="([^"]*)"`)
)

// Submit sends the page's form: its hidden fields, and what the person filled in.
func (b *Browser) Submit(t *testing.T, page Page, filled url.Values) Page {
	t.Helper()
	action := formAction.FindStringSubmatch(page.Body)
	if action == nil {
		t.Fatalf("no form at %s (%d): %s", page.URL, page.Status, page.Body)
	}
	target, err := page.URL.Parse(html.UnescapeString(action[1]))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for _, input := range inputs.FindAllString(page.Body, -1) {
		parts := map[string]string{}
		for _, part := range attribute.FindAllStringSubmatch(input, -1) {
			parts[part[1]] = html.UnescapeString(part[2])
		}
		if parts["type"] == "hidden" {
			form.Add(parts["name"], parts["value"])
		}
	}
	for name, values := range filled {
		form[name] = values
	}
	return b.arrive(t, b.send(t, target.String(), form))
}

func (b *Browser) send(t *testing.T, address string, form url.Values) *http.Response {
	t.Helper()
	var answer *http.Response
	var err error
	if form == nil {
		answer, err = b.Client.Get(address)
	} else {
		answer, err = b.Client.PostForm(address, form)
	}
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func (b *Browser) arrive(t *testing.T, answer *http.Response) Page {
	t.Helper()
	for range mostRedirects {
		if !isRedirect(answer.StatusCode) {
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			return Page{answer.Request.URL, answer.StatusCode, string(body)}
		}
		answer.Body.Close()
		answer = b.send(t, location(t, answer).String(), nil)
	}
	t.Fatalf("more than %d redirects, the last to %s", mostRedirects, answer.Request.URL)
	return Page{}
}

func isRedirect(status int) bool {
	return status == http.StatusFound || status == http.StatusSeeOther
}

func location(t *testing.T, answer *http.Response) *url.URL {
	t.Helper()
	target, err := answer.Location()
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", answer.Request.URL, err))
	}
	return target
}
