// Package operations calls every operation of Hydra's API with Ory's newest SDK for Go, against a Symbolon server. Every
// test brings clients and users of its own.
package operations

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"testing"

	ory "github.com/ory/client-go"

	"symbolon.test/external/browser"
	"symbolon.test/external/hydra"
)

// Not in this SDK, which was made for a service that has no such endpoints.
var notInTheSDK = []string{"isAlive", "isReady"}

var recorder *hydra.Recorder

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if recorder, err = hydra.NewRecorder("../../operations.txt"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	// Whoever runs one test by name has not called everything.
	if flag.Lookup("test.run").Value.String() == "" {
		for _, fault := range recorder.Faults(notInTheSDK...) {
			fmt.Println("FAIL:", fault)
			status = 1
		}
	}
	os.Exit(status)
}

func at(t *testing.T, variable string, client *http.Client) *ory.APIClient {
	t.Helper()
	address := os.Getenv(variable)
	if address == "" {
		t.Fatalf("%s is not set: see tests/external/serve", variable)
	}
	configuration := ory.NewConfiguration()
	configuration.Servers = ory.ServerConfigurations{{URL: address}}
	configuration.HTTPClient = client
	return ory.NewAPIClient(configuration)
}

// The SDK on the admin port.
func admin(t *testing.T) *ory.APIClient {
	t.Helper()
	return at(t, "ADMIN", &http.Client{Transport: recorder})
}

// The SDK on the public port.
func public(t *testing.T) *ory.APIClient {
	t.Helper()
	return at(t, "PUBLIC", &http.Client{Transport: recorder})
}

// The SDK on the public port with a browser's cookies; it follows no redirect.
func publicWith(t *testing.T, person *browser.Browser) *ory.APIClient {
	t.Helper()
	return at(t, "PUBLIC", person.Client)
}

func newBrowser(t *testing.T) *browser.Browser {
	t.Helper()
	return browser.New(t, recorder)
}

func withSecret(id, secret string) context.Context {
	return context.WithValue(context.Background(), ory.ContextBasicAuth, ory.BasicAuth{UserName: id, Password: secret})
}

func withToken(token string) context.Context {
	return context.WithValue(context.Background(), ory.ContextAccessToken, token)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var answer *ory.GenericOpenAPIError
	if errors.As(err, &answer) {
		t.Fatalf("%v: %s", err, answer.Body())
	}
	t.Fatal(err)
}

// The call was refused by the server, with this status.
func refused(t *testing.T, status int, answer *http.Response, err error) {
	t.Helper()
	if err == nil || answer == nil {
		t.Fatalf("not refused: %v", err)
	}
	equal(t, "status", answer.StatusCode, status)
}

func equal[T comparable](t *testing.T, what string, seen, wanted T) {
	t.Helper()
	if seen != wanted {
		t.Fatalf("%s: %v, not %v", what, seen, wanted)
	}
}
