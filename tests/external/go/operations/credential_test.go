package operations

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	ory "github.com/ory/client-go"
)

var base64url = base64.RawURLEncoding

func encoded(t *testing.T, part any) string {
	t.Helper()
	bytes, err := json.Marshal(part)
	must(t, err)
	return base64url.EncodeToString(bytes)
}

// A proof over the nonce by a key pair of its own (OpenID Connect UserInfo Verifiable Credentials, draft 00).
func proof(t *testing.T, nonce string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	point, err := key.PublicKey.Bytes()
	must(t, err)
	jwk := map[string]string{
		"kty": "EC",
		"crv": "P-256",
		"x":   base64url.EncodeToString(point[1:33]),
		"y":   base64url.EncodeToString(point[33:]),
	}
	header := map[string]any{"alg": "ES256", "typ": "openid4vci-proof+jwt", "jwk": jwk}
	message := encoded(t, header) + "." + encoded(t, map[string]string{"nonce": nonce})
	digest := sha256.Sum256([]byte(message))
	r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
	must(t, err)
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return message + "." + base64url.EncodeToString(signature)
}

func TestCredentialIsGivenForAProof(t *testing.T) {
	done := logIn(t, "go-credential")
	configuration := ory.NewConfiguration()
	configuration.Servers = ory.ServerConfigurations{{URL: os.Getenv("PUBLIC")}}
	configuration.HTTPClient = &http.Client{Transport: recorder}
	// The generated method sends no token by itself.
	configuration.AddDefaultHeader("Authorization", "Bearer "+done.tokens.GetAccessToken())
	api := ory.NewAPIClient(configuration).OidcAPI

	body := ory.NewCreateVerifiableCredentialRequestBody()
	body.SetFormat("jwt_vc_json")
	_, answer, err := api.CreateVerifiableCredential(t.Context()).CreateVerifiableCredentialRequestBody(*body).Execute()
	refused(t, http.StatusBadRequest, answer, err)
	var refusal *ory.GenericOpenAPIError
	equal(t, "an answer of the server", errors.As(err, &refusal), true)
	primed, isPriming := refusal.Model().(ory.VerifiableCredentialPrimingResponse)
	equal(t, "decoded", isPriming, true)
	equal(t, "error", primed.GetError(), "missing_proof")

	shown := ory.NewVerifiableCredentialProof()
	shown.SetProofType("jwt")
	shown.SetJwt(proof(t, primed.GetCNonce()))
	body.SetProof(*shown)
	given, _, err := api.CreateVerifiableCredential(t.Context()).CreateVerifiableCredentialRequestBody(*body).Execute()
	must(t, err)
	equal(t, "format", given.GetFormat(), "jwt_vc_json")
	equal(t, "parts of the credential", len(strings.Split(given.GetCredentialDraft00(), ".")), 3)
}
