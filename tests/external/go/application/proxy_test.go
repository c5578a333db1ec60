package application

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	hydra "github.com/ory/hydra-client-go/v2"

	"symbolon.test/external/browser"
)

// Starts oauth2-proxy in front of an application that says who is there and with which access token; its address.
func startProxy(t *testing.T) string {
	t.Helper()
	program := os.Getenv("OAUTH2_PROXY")
	if program == "" {
		t.Fatal("OAUTH2_PROXY is not set: see tests/external/go/run")
	}
	behind := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		fmt.Fprintf(answer, "%s %s", request.Header.Get("X-Forwarded-Email"), request.Header.Get("X-Forwarded-Access-Token"))
	}))
	t.Cleanup(behind.Close)
	address := freeAddress(t)
	callback := "http://" + address + "/oauth2/callback"
	id, secret := newClient(t, "Proxy", func(client *hydra.OAuth2Client) {
		client.SetRedirectUris([]string{callback})
		client.SetPostLogoutRedirectUris(nil)
	})
	proxy := exec.CommandContext(t.Context(), program,
		"--provider=oidc", "--oidc-issuer-url="+os.Getenv("PUBLIC"), "--client-id="+id, "--client-secret="+secret,
		"--scope=openid email offline", "--code-challenge-method=S256", "--redirect-url="+callback,
		"--http-address="+address, "--upstream="+behind.URL, "--skip-provider-button=true", "--email-domain=*",
		"--cookie-secret=0123456789abcdef0123456789abcdef", "--cookie-secure=false", "--cookie-refresh=1s",
		"--pass-access-token=true", "--whitelist-domain=127.0.0.1:*")
	output := &strings.Builder{}
	proxy.Stdout, proxy.Stderr = output, output
	must(t, proxy.Start())
	t.Cleanup(func() {
		_ = proxy.Process.Kill()
		_ = proxy.Wait()
		if t.Failed() {
			t.Log(output)
		}
	})
	awaitAnswer(t, "http://"+address+"/ping")
	return "http://" + address
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func awaitAnswer(t *testing.T, address string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	for ctx.Err() == nil {
		if answer, err := http.Get(address); err == nil {
			answer.Body.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", address)
}

func TestOAuth2ProxyLetsAPersonIn(t *testing.T) {
	proxy := startProxy(t)
	person := browser.New(t, nil)
	login := person.Visit(t, proxy+"/hello")
	heading(t, login, "Log in")
	consent := person.Submit(t, login, together(logIn, remember))
	heading(t, consent, "Consent for Proxy")
	inside := person.Submit(t, consent, allow)
	equal(t, "page", inside.URL.String(), proxy+"/hello")
	email, token, _ := strings.Cut(inside.Body, " ")
	equal(t, "user", email, Email)

	// The proxy takes another access token when the first is more than a second old, in whole seconds.
	time.Sleep(2100 * time.Millisecond)
	email, refreshed, _ := strings.Cut(person.Visit(t, proxy+"/hello").Body, " ")
	equal(t, "user", email, Email)
	equal(t, "another token", refreshed != "" && refreshed != token, true)

	// Whoever logs out there and here has to log in again.
	address := os.Getenv("PUBLIC") + "/oauth2/sessions/logout"
	logout := person.Visit(t, proxy+"/oauth2/sign_out?rd="+url.QueryEscape(address))
	heading(t, logout, "Log out")
	person.Submit(t, logout, url.Values{"submit": {"Yes"}})
	heading(t, person.Visit(t, proxy+"/hello"), "Log in")
}

func TestOAuth2ProxyTurnsAwayWhoeverRefuses(t *testing.T) {
	proxy := startProxy(t)
	person := browser.New(t, nil)
	page := person.Submit(t, person.Visit(t, proxy+"/hello"), deny)
	equal(t, "status", page.Status, http.StatusForbidden)
	heading(t, person.Visit(t, proxy+"/hello"), "Log in")
}
