// npm `oidc-provider` with all that it can do switched on. Two listeners share one provider: plain HTTP, which is the issuer,
// and TLS that asks for certificates (RFC 8705), for the endpoints that the metadata name below `mtls_endpoint_aliases`.
//
// People agree to everything: at the provider's own pages with any name, and on the other device as soon as they are asked.
// The binding message `no` makes them refuse there.

import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { join } from "node:path";

import Provider, { errors } from "oidc-provider";

const ALGORITHMS = ["RS256", "PS256", "ES256", "Ed25519", "EdDSA"];
const WITH_SECRETS = [...ALGORITHMS, "HS256"];
const KEY_MANAGEMENT = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"];

const jwk = (kind, options, members) => {
    const { privateKey } = generateKeyPairSync(kind, options);
    return { ...privateKey.export({ format: "jwk" }), ...members };
};

const keys = [
    jwk("rsa", { modulusLength: 2048 }, { kid: "rsa", use: "sig" }),
    jwk("ec", { namedCurve: "P-256" }, { kid: "ec", use: "sig" }),
    jwk("ed25519", {}, { kid: "ed25519", use: "sig" }),
    jwk("rsa", { modulusLength: 2048 }, { kid: "for-secrets", use: "enc" }),
];

const account = (_context, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: "Ada", email: `${id}@example.com`, email_verified: true }),
});

/** What `triggerAuthenticationDevice` stands for: a person with a telephone in the hand. */
const answerElsewhere = provider => async (_context, request, person, client) => {
    // The answer is there after the first question or two, so that a client has to ask again.
    setTimeout(async () => {
        if (request.params.binding_message === "no") {
            await provider().backchannelResult(request, new errors.AccessDenied("not me"));
            return;
        }
        const grant = new (provider().Grant)({ accountId: person.accountId, clientId: client.clientId });
        grant.addOIDCScope(request.scope);
        await provider().backchannelResult(request, await grant.save());
    }, 300);
};

const certificate = context => {
    const shown = context.socket.getPeerCertificate?.();
    return shown?.raw ? new X509Certificate(shown.raw) : undefined;
};

/** RFC 4514 as `openssl x509 -nameopt RFC2253` writes it: the lines of Node.js in reverse order. */
const subject = shown => shown.subject.split("\n").reverse().join(",");

const features = (provider, mtls) => ({
    backchannelLogout: { enabled: true },
    ciba: {
        enabled: true,
        deliveryModes: ["poll"],
        processLoginHint: async (_context, hint) => (hint === "nobody" ? undefined : hint),
        triggerAuthenticationDevice: answerElsewhere(provider),
        validateBindingMessage: async () => {},
        validateRequestContext: async () => {},
        verifyUserCode: async () => {},
    },
    claimsParameter: { enabled: true },
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
    encryption: { enabled: true },
    introspection: { enabled: true },
    jwtIntrospection: { enabled: true },
    jwtResponseModes: { enabled: true },
    jwtUserinfo: { enabled: true },
    mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        selfSignedTlsClientAuth: true,
        tlsClientAuth: true,
        getCertificate: certificate,
        certificateAuthorized: context => context.socket.authorized,
        certificateSubjectMatches: (context, _property, expected) => subject(certificate(context)) === expected,
    },
    registration: { enabled: true, initialAccessToken: false },
    registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
    requestObjects: { enabled: true },
    resourceIndicators: {
        enabled: true,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_context, identifier) => ({
            scope: "read write",
            audience: identifier,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: "ES256" } },
        }),
    },
    revocation: { enabled: true },
    richAuthorizationRequests: {
        enabled: true,
        types: { payment: { validate: async () => {} } },
        authorizationDetailsForGrantSource: async context => context.oidc.params.authorization_details && JSON.parse(context.oidc.params.authorization_details),
        authorizationDetailsForAccessToken: async (_context, _token, source) => source?.rar,
        authorizationDetailsForIntrospection: async (_context, token) => token.rar,
    },
    rpInitiatedLogout: { enabled: true },
    ...mtls,
});

/** Starts it, and says where it is. */
export async function start(port, tlsPort, certificates) {
    const issuer = `http://127.0.0.1:${port}`;
    const aliases = `https://127.0.0.1:${tlsPort}`;
    let provider;
    const configuration = {
        claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
        clientAuthMethods: [
            "client_secret_basic", "client_secret_jwt", "client_secret_post", "private_key_jwt", "none",
            "tls_client_auth", "self_signed_tls_client_auth",
        ],
        cookies: { keys: [randomBytes(16).toString("hex")] },
        discovery: {
            mtls_endpoint_aliases: {
                token_endpoint: `${aliases}/token`,
                userinfo_endpoint: `${aliases}/me`,
                revocation_endpoint: `${aliases}/token/revocation`,
                introspection_endpoint: `${aliases}/token/introspection`,
                pushed_authorization_request_endpoint: `${aliases}/request`,
                device_authorization_endpoint: `${aliases}/device/auth`,
                backchannel_authentication_endpoint: `${aliases}/backchannel`,
            },
        },
        enabledJWA: {
            authorizationEncryptionAlgValues: KEY_MANAGEMENT,
            authorizationSigningAlgValues: WITH_SECRETS,
            idTokenEncryptionAlgValues: KEY_MANAGEMENT,
            idTokenSigningAlgValues: WITH_SECRETS,
            introspectionSigningAlgValues: WITH_SECRETS,
            userinfoEncryptionAlgValues: KEY_MANAGEMENT,
            userinfoSigningAlgValues: WITH_SECRETS,
        },
        features: features(() => provider, {}),
        // Listeners for logout tokens are on the loopback interface here, which the default refuses.
        fetch: (url, { dispatcher: _, ...options }) => globalThis.fetch(url, options),
        findAccount: account,
        issueRefreshToken: async (_context, client, source) =>
            client.grantTypeAllowed("refresh_token") && source.scopes.has("offline_access"),
        jwks: { keys },
        responseTypes: ["code", "code id_token", "id_token", "none"],
        rotateRefreshToken: () => true,
        scopes: ["openid", "offline_access", "email", "profile", "read", "write"],
    };
    provider = new Provider(issuer, configuration);
    provider.on("server_error", (_context, error) => console.error("oidc-provider:", error));
    const callback = provider.callback();
    const read = name => readFileSync(join(certificates, name));
    const tls = {
        cert: read("server.crt"), key: read("server.key"), ca: read("authority.crt"),
        requestCert: true, rejectUnauthorized: false,
    };
    const listeners = [http.createServer(callback).listen(port, "127.0.0.1")];
    listeners.push(https.createServer(tls, callback).listen(tlsPort, "127.0.0.1"));
    await Promise.all(listeners.map(listener => once(listener, "listening")));
    return issuer;
}
