package external;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.dpop.DPoPProofFactory;
import com.nimbusds.oauth2.sdk.dpop.DefaultDPoPProofFactory;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.DPoPAccessToken;

/** Programs get tokens with Nimbus' SDK, and read the resources of the application with them. */
final class Resources {
    private final URI issuer;
    private final URI application;
    private final Map<String, Map<String, Object>> programs;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    Resources(URI issuer, URI application, Map<String, Map<String, Object>> programs) {
        this.issuer = issuer;
        this.application = application;
        this.programs = programs;
    }

    void check() throws Exception {
        for (var form : List.of("opaque", "jwt", "at-jwt")) {
            checkBearer(form);
        }
        checkRevoked();
        checkForms();
        checkBound();
    }

    private void checkBearer(String form) throws Exception {
        var resource = resource(form);
        var token = token(form, "notes.read", Application.AUDIENCE);
        var answer = get(resource, bearer(token), null);
        Main.equal(form + ": the right token opens the resource", answer.statusCode(), 200);
        var client = "\"sub\":\"" + programs.get(form).get("client_id") + "\"";
        Main.equal(form + ": the resource knows whose it is", answer.body().contains(client), true);
        Main.equal(form + ": nothing does not", get(resource, null, null).statusCode(), 401);
        var changed = token.getValue().substring(0, token.getValue().length() - 6) + "abcdef";
        Main.equal(form + ": a changed token does not", get(resource, "Bearer " + changed, null).statusCode(), 401);
        var other = token(form, "notes.write", Application.AUDIENCE);
        Main.equal(form + ": another scope does not", get(resource, bearer(other), null).statusCode(), 403);
        if (!form.equals("opaque")) {
            var elsewhere = token(form, "notes.read", "https://api.example/accounts");
            Main.equal(form + ": another audience does not", get(resource, bearer(elsewhere), null).statusCode(), 401);
        }
    }

    private void checkRevoked() throws Exception {
        var token = token("opaque", "notes.read", Application.AUDIENCE);
        var endpoint = issuer.resolve("/oauth2/revoke");
        var revoked = new TokenRevocationRequest(endpoint, secret("opaque"), token).toHTTPRequest().send();
        Main.equal("a token is revoked", revoked.getStatusCode(), 200);
        Main.equal("and opens nothing", get(resource("opaque"), bearer(token), null).statusCode(), 401);
    }

    private void checkForms() throws Exception {
        var plain = token("jwt", "notes.read", Application.AUDIENCE);
        var refused = get(resource("at-jwt"), bearer(plain), null).statusCode();
        Main.equal("a JWT of another type is no access token by RFC 9068", refused, 401);
    }

    private void checkBound() throws Exception {
        var resource = resource("at-jwt");
        var holder = prover();
        var token = (DPoPAccessToken) bound(holder);
        var scheme = "DPoP " + token.getValue();
        var proof = holder.createDPoPJWT("GET", resource, token).serialize();
        var answer = get(resource, scheme, proof);
        Main.equal("a bound token opens the resource with its key", answer.statusCode(), 200);
        Main.equal("the token names the key", answer.body().contains("\"jkt\""), true);
        Main.equal("a proof counts once", get(resource, scheme, proof).statusCode(), 401);
        Main.equal("without a proof it does not", get(resource, scheme, null).statusCode(), 401);
        var stranger = prover().createDPoPJWT("GET", resource, token).serialize();
        Main.equal("with another key it does not", get(resource, scheme, stranger).statusCode(), 401);
    }

    private URI resource(String form) {
        return application.resolve(form + "/notes");
    }

    private static String bearer(AccessToken token) {
        return "Bearer " + token.getValue();
    }

    private static DPoPProofFactory prover() throws Exception {
        return new DefaultDPoPProofFactory(new ECKeyGenerator(Curve.P_256).generate(), JWSAlgorithm.ES256);
    }

    private ClientSecretBasic secret(String form) {
        var program = programs.get(form);
        return new ClientSecretBasic(new ClientID((String) program.get("client_id")),
                new Secret((String) program.get("client_secret")));
    }

    private AccessToken token(String form, String scope, String audience) throws Exception {
        return sent(request(form, scope, audience));
    }

    private AccessToken bound(DPoPProofFactory holder) throws Exception {
        var request = request("at-jwt", "notes.read", Application.AUDIENCE);
        request.setDPoP(holder.createDPoPJWT("POST", request.getURI()));
        return sent(request);
    }

    private HTTPRequest request(String form, String scope, String audience) {
        return new TokenRequest.Builder(issuer.resolve("/oauth2/token"), secret(form), new ClientCredentialsGrant())
                .scope(new Scope(scope)).customParameter("audience", audience).build().toHTTPRequest();
    }

    private static AccessToken sent(HTTPRequest request) throws Exception {
        var answer = TokenResponse.parse(request.send());
        if (!answer.indicatesSuccess()) {
            throw new AssertionError("refused: " + answer.toErrorResponse().getErrorObject());
        }
        return answer.toSuccessResponse().getTokens().getAccessToken();
    }

    private HttpResponse<String> get(URI resource, String authorization, String proof) throws Exception {
        var request = HttpRequest.newBuilder(resource);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (proof != null) {
            request.header("DPoP", proof);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
