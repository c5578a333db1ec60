package external;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A person's browser: it keeps cookies and goes where it is sent. The person logs in and agrees to everything. */
final class Browser {
    /** Where the browser has arrived. */
    record Page(URI address, int status, String body) {}

    private static final int MOST_REDIRECTS = 20;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).cookieHandler(new CookieManager()).build();
    private final Administration administration;
    private final URI pages;
    private final String subject;
    private int logins;

    Browser(Administration administration, URI pages, String subject) {
        this.administration = administration;
        this.pages = pages;
        this.subject = subject;
    }

    /** Opens an address and follows all redirects; the pages of the login application are answered on the way. */
    Page visit(URI address) throws Exception {
        return arrive(HttpRequest.newBuilder(address).GET());
    }

    /** Sends an empty form. */
    Page post(URI address) throws Exception {
        return arrive(HttpRequest.newBuilder(address).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** The status with which an address answers; no redirect is followed. */
    int first(URI address) throws Exception {
        var request = HttpRequest.newBuilder(address).header("Accept", "text/html, */*").build();
        return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }

    /** How often the person had to log in. */
    int logins() {
        return logins;
    }

    private Page arrive(HttpRequest.Builder request) throws Exception {
        for (int count = 0; count < MOST_REDIRECTS; count++) {
            var answer = http.send(request.header("Accept", "text/html, */*").build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 302 && answer.statusCode() != 303) {
                return new Page(answer.uri(), answer.statusCode(), answer.body());
            }
            var next = answer.uri().resolve(answer.headers().firstValue("location").orElseThrow());
            request = HttpRequest.newBuilder(next.getAuthority().equals(pages.getAuthority()) ? answered(next) : next);
        }
        throw new IllegalStateException("more than " + MOST_REDIRECTS + " redirects");
    }

    /** What the login application would do: where the browser goes on. */
    private URI answered(URI page) {
        var kind = page.getPath().substring(1);
        var challenge = parameter(page, kind + "_challenge");
        logins += kind.equals("login") ? 1 : 0;
        return switch (kind) {
            case "login" -> administration.accept(kind, challenge, Map.of("subject", subject, "remember", true));
            case "consent" -> administration.accept(kind, challenge, Map.of(
                    "grant_scope", administration.asked(kind, challenge).get("requested_scope"),
                    "session", Map.of("id_token", Map.of("name", "Ada Lovelace", "team", "north"))));
            case "logout" -> administration.accept(kind, challenge, Map.of());
            default -> throw new IllegalStateException("sent to " + page);
        };
    }

    static String parameter(URI address, String name) {
        return List.of(address.getRawQuery().split("&")).stream()
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst().orElseThrow(() -> new IllegalStateException("no " + name + " in " + address));
    }
}
