package external;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.springframework.boot.SpringApplication;

/** Starts the application and tries it; ends with a status other than 0 when something is not as it must be. */
public final class Main {
    private static int checks;
    private final Administration administration = new Administration(environment("ADMIN"));
    private final URI issuer = URI.create(environment("PUBLIC"));
    private final URI pages = URI.create(environment("PAGES"));
    private final URI own;

    private Main(int port) {
        own = URI.create("http://127.0.0.1:" + port + "/");
    }

    public static void main(String[] arguments) {
        try {
            var port = freePort();
            var main = new Main(port);
            var programs = Map.of("opaque", main.newProgram("opaque"), "jwt", main.newProgram("jwt"),
                    "at-jwt", main.newProgram("rfc9068"));
            main.start(port, programs);
            new Resources(main.issuer, main.own, programs).check();
            main.checkLogin();
            main.checkLogoutElsewhere();
            System.out.println(checks + " passed, 0 failed");
            System.exit(0);
        } catch (Throwable fault) {
            fault.printStackTrace();
            System.exit(1);
        }
    }

    /** A client that reads the resources in its own name, with access tokens in this form. */
    private Map<String, Object> newProgram(String form) {
        return administration.register(Map.of(
                "access_token_strategy", form,
                "grant_types", List.of("client_credentials"),
                "scope", "notes.read notes.write",
                "audience", List.of(Application.AUDIENCE, "https://api.example/accounts")));
    }

    private void start(int port, Map<String, Map<String, Object>> programs) {
        var person = administration.register(Map.of(
                "client_name", "Notes",
                "redirect_uris", List.of(own + "login/oauth2/code/symbolon"),
                "post_logout_redirect_uris", List.of(own + "goodbye"),
                "backchannel_logout_uri", own + "logout/connect/back-channel/symbolon",
                "grant_types", List.of("authorization_code", "refresh_token"),
                "scope", "openid offline profile",
                // The library refreshes whatever ends within a minute.
                "authorization_code_grant_access_token_lifespan", "30s",
                "refresh_token_grant_access_token_lifespan", "30s"));
        var security = new HashMap<String, Object>();
        security.put("client.registration.symbolon.client-id", person.get("client_id"));
        security.put("client.registration.symbolon.client-secret", person.get("client_secret"));
        security.put("client.registration.symbolon.scope", "openid,offline,profile");
        security.put("client.provider.symbolon.issuer-uri", issuer);
        security.put("resourceserver.jwt.issuer-uri", issuer);
        security.put("resourceserver.jwt.audiences", Application.AUDIENCE);
        security.put("resourceserver.opaquetoken.introspection-uri", environment("ADMIN") + "/admin/oauth2/introspect");
        // The admin listener asks for no authentication, and the library wants to send some.
        security.put("resourceserver.opaquetoken.client-id", "notes");
        security.put("resourceserver.opaquetoken.client-secret", "unused");
        var properties = new HashMap<String, Object>();
        security.forEach((name, value) -> properties.put("spring.security.oauth2." + name, value));
        properties.putAll(Map.of("server.address", "127.0.0.1", "server.port", port, "issuer", issuer,
                "program", programs.get("at-jwt").get("client_id"), "spring.main.banner-mode", "off", "logging.level.root", "warn"));
        var application = new SpringApplication(Application.class);
        application.setDefaultProperties(properties);
        application.run();
    }

    private void checkLogin() throws Exception {
        var browser = new Browser(administration, pages, "ada");
        var me = browser.visit(own.resolve("me"));
        equal("a person logs in", me.status(), 200);
        for (var claim : List.of("\"sub\":\"ada\"", "\"name\":\"Ada Lovelace\"", "\"team\":\"north\"")) {
            equal("the application knows " + claim, me.body().contains(claim), true);
        }
        var first = browser.visit(own.resolve("token"));
        var second = browser.visit(own.resolve("token"));
        equal("there is a token", first.status() + " " + second.status(), "200 200");
        equal("a token that is about to end is refreshed", first.body().equals(second.body()), false);
        var goodbye = browser.post(own.resolve("logout"));
        equal("a person logs out", goodbye.status() + " " + goodbye.address(), "200 " + own + "goodbye");
        equal("one login so far", browser.logins(), 1);
        equal("the next visit", browser.visit(own.resolve("me")).status(), 200);
        equal("asks for a login", browser.logins(), 2);
    }

    /** Somebody logs out at the server, which tells the application (OpenID Connect Back-Channel Logout). */
    private void checkLogoutElsewhere() throws Exception {
        var browser = new Browser(administration, pages, "bob");
        equal("another person logs in", browser.visit(own.resolve("me")).status(), 200);
        equal("and is known", browser.first(own.resolve("me")), 200);
        browser.visit(issuer.resolve("/oauth2/sessions/logout"));
        for (int count = 0; count < 100 && browser.first(own.resolve("me")) == 200; count++) {
            Thread.sleep(100);
        }
        equal("until they log out at the server", browser.first(own.resolve("me")), 302);
    }

    static void equal(String what, Object seen, Object wanted) {
        if (!Objects.equals(seen, wanted)) {
            throw new AssertionError(what + ": " + seen + ", not " + wanted);
        }
        checks++;
        System.out.println("ok: " + what);
    }

    private static int freePort() throws Exception {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private static String environment(String name) {
        return Objects.requireNonNull(System.getenv(name), name + " is not set: see tests/external/serve");
    }
}
