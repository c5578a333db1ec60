module symbolon.test/external

go 1.26.0

require (
	github.com/coreos/go-oidc/v3 v3.21.0
	github.com/ory/client-go v1.22.92
	github.com/ory/hydra-client-go/v2 v2.2.1
	golang.org/x/oauth2 v0.38.0
)

require github.com/go-jose/go-jose/v4 v4.1.4 // indirect
