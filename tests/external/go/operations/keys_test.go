package operations

import (
	"context"
	"net/http"
	"testing"
	"time"

	ory "github.com/ory/client-go"
)

func TestKeySetIsCreatedReadChangedAndDeleted(t *testing.T) {
	const set, kid = "set-of-go", "first"
	ctx := context.Background()
	api := admin(t).JwkAPI
	wanted := ory.NewCreateJsonWebKeySet("ES256", kid, "sig")
	created, _, err := api.CreateJsonWebKeySet(ctx, set).CreateJsonWebKeySet(*wanted).Execute()
	must(t, err)
	equal(t, "number of keys", len(created.Keys), 1)
	key := created.Keys[0]
	equal(t, "kid", key.Kid, kid)
	equal(t, "kty", key.Kty, "EC")
	equal(t, "alg", key.Alg, "ES256")
	equal(t, "use", key.Use, "sig")
	equal(t, "the private part is there", key.GetD() != "", true)

	read, _, err := api.GetJsonWebKeySet(ctx, set).Execute()
	must(t, err)
	equal(t, "x", read.Keys[0].GetX(), key.GetX())
	one, _, err := api.GetJsonWebKey(ctx, set, kid).Execute()
	must(t, err)
	equal(t, "number of keys", len(one.Keys), 1)
	equal(t, "y", one.Keys[0].GetY(), key.GetY())

	// What was read can be written again.
	written, _, err := api.SetJsonWebKey(ctx, set, kid).JsonWebKey(one.Keys[0]).Execute()
	must(t, err)
	equal(t, "kid", written.Kid, kid)
	all, _, err := api.SetJsonWebKeySet(ctx, set).JsonWebKeySet(*read).Execute()
	must(t, err)
	equal(t, "number of keys", len(all.Keys), 1)

	_, err = api.DeleteJsonWebKey(ctx, set, kid).Execute()
	must(t, err)
	_, answer, err := api.GetJsonWebKey(ctx, set, kid).Execute()
	refused(t, http.StatusNotFound, answer, err)

	_, _, err = api.CreateJsonWebKeySet(ctx, set).CreateJsonWebKeySet(*wanted).Execute()
	must(t, err)
	_, err = api.DeleteJsonWebKeySet(ctx, set).Execute()
	must(t, err)
	_, answer, err = api.GetJsonWebKeySet(ctx, set).Execute()
	refused(t, http.StatusNotFound, answer, err)
}

func TestKeysOfTheServerAreDiscovered(t *testing.T) {
	keys, _, err := public(t).WellknownAPI.DiscoverJsonWebKeys(context.Background()).Execute()
	must(t, err)
	equal(t, "there are keys", len(keys.Keys) > 0, true)
	for _, key := range keys.Keys {
		equal(t, "use", key.Use, "sig")
		equal(t, "private part", key.GetD(), "")
	}
}

func TestIssuerIsTrustedReadListedAndDeleted(t *testing.T) {
	const issuer = "https://issuer-of-go.example"
	ctx := context.Background()
	api := admin(t).OAuth2API
	expires := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	key := ory.NewJsonWebKey("ES256", "key-of-go", "EC", "sig")
	// RFC 7517 appendix A.1.
	key.SetCrv("P-256")
	key.SetX("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4")
	key.SetY("4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM")
	wanted := ory.NewTrustOAuth2JwtGrantIssuer(expires, issuer, *key, []string{"read", "write"})
	wanted.SetSubject("robot")
	trusted, _, err := api.TrustOAuth2JwtGrantIssuer(ctx).TrustOAuth2JwtGrantIssuer(*wanted).Execute()
	must(t, err)
	equal(t, "issuer", trusted.GetIssuer(), issuer)
	equal(t, "subject", trusted.GetSubject(), "robot")
	equal(t, "expiry", trusted.GetExpiresAt().Unix(), expires.Unix())
	equal(t, "key", trusted.PublicKey.GetKid(), "key-of-go")
	equal(t, "set", trusted.PublicKey.GetSet(), issuer)

	id := trusted.GetId()
	read, _, err := api.GetTrustedOAuth2JwtGrantIssuer(ctx, id).Execute()
	must(t, err)
	equal(t, "number of scopes", len(read.GetScope()), 2)
	listed, _, err := api.ListTrustedOAuth2JwtGrantIssuers(ctx).Issuer(issuer).Execute()
	must(t, err)
	equal(t, "number of issuers", len(listed), 1)
	equal(t, "id", listed[0].GetId(), id)

	_, err = api.DeleteTrustedOAuth2JwtGrantIssuer(ctx, id).Execute()
	must(t, err)
	_, answer, err := api.GetTrustedOAuth2JwtGrantIssuer(ctx, id).Execute()
	refused(t, http.StatusNotFound, answer, err)
}
