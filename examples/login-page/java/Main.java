// A login, consent and logout page in Java, with Gson for JSON. ADMIN is Symbolon's admin port, PORT is ours.
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;

import static java.nio.charset.StandardCharsets.UTF_8;

public final class Main {
    record Person(String password, String name) {}

    // Your own accounts come here. Passwords belong hashed into a database.
    static final Map<String, Person> PEOPLE = Map.of("alice", new Person("wonderland", "Alice Liddell"));
    static final String ADMIN = System.getenv().getOrDefault("ADMIN", "http://127.0.0.1:4445");
    static final int PORT = Integer.parseInt(System.getenv().getOrDefault("PORT", "3000"));
    static final HttpClient HTTP = HttpClient.newHttpClient();

    /** A page, or where the browser goes on. */
    record Result(String page, String redirectTo) {}

    static Result page(String html) {
        return new Result(html, null);
    }

    static Result redirect(JsonObject answer) {
        return new Result(null, answer.get("redirect_to").getAsString());
    }

    /** Asks the admin port about a challenge of this kind, or answers it with `accept` or `reject`. */
    static JsonObject ask(String kind, String challenge, String answer, JsonObject body) throws IOException, InterruptedException {
        var path = kind + (answer.isEmpty() ? "" : "/" + answer);
        var query = kind + "_challenge=" + URLEncoder.encode(challenge, UTF_8);
        var request = HttpRequest.newBuilder(URI.create(ADMIN + "/admin/oauth2/auth/requests/" + path + "?" + query));
        if (!answer.isEmpty()) {
            request.header("Content-Type", "application/json").PUT(BodyPublishers.ofString(body.toString()));
        }
        var response = HTTP.send(request.build(), BodyHandlers.ofString());
        var result = JsonParser.parseString(response.body()).getAsJsonObject();
        // 410: it was answered before, and says where to go on.
        if (response.statusCode() >= 400 && response.statusCode() != 410) {
            throw new IOException(text(result, "error_description", text(result, "error", "")));
        }
        return result;
    }

    static String text(JsonObject object, String name, String otherwise) {
        return object.has(name) && !object.get(name).getAsString().isEmpty() ? object.get(name).getAsString() : otherwise;
    }

    static boolean flag(JsonObject object, String name) {
        return object.has(name) && object.get(name).getAsBoolean();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    static Result form(String kind, String challenge, String content) {
        return page("""
            <!doctype html><meta charset="utf-8"><title>%s</title>
            <form method="post" action="/%s"><input type="hidden" name="challenge" value="%s">%s</form>
            """.formatted(kind, kind, escape(challenge), content));
    }

    static Result loginForm(String challenge, String fault) {
        return form("login", challenge, """
            <p role="alert">%s</p>
            <label>Name <input name="username" autocomplete="username" required></label>
            <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
            <button>Sign in</button>
            """.formatted(fault));
    }

    static Result acceptLogin(String challenge, String subject) throws IOException, InterruptedException {
        var body = new JsonObject();
        body.addProperty("subject", subject);
        body.addProperty("remember", true);
        body.addProperty("remember_for", 3600);
        return redirect(ask("login", challenge, "accept", body));
    }

    static Result acceptConsent(String challenge, JsonObject request) throws IOException, InterruptedException {
        var claims = new JsonObject();
        var person = PEOPLE.get(request.get("subject").getAsString());
        claims.addProperty("name", person == null ? null : person.name());
        var session = new JsonObject();
        session.add("id_token", claims);
        var body = new JsonObject();
        body.add("grant_scope", request.get("requested_scope"));
        body.add("grant_access_token_audience", request.get("requested_access_token_audience"));
        body.addProperty("remember", true);
        body.add("session", session);
        return redirect(ask("consent", challenge, "accept", body));
    }

    /** What a page shows when the browser arrives with a challenge. */
    static Result show(String kind, String challenge) throws IOException, InterruptedException {
        if (kind.equals("logout")) {
            return form(kind, challenge, "<button>Sign out</button>");
        }
        var request = ask(kind, challenge, "", null);
        if (request.has("redirect_to")) {
            return redirect(request);
        }
        if (kind.equals("login")) {
            // Somebody who is known from an earlier login must be accepted as that person.
            return flag(request, "skip") ? acceptLogin(challenge, request.get("subject").getAsString()) : loginForm(challenge, "");
        }
        var client = request.getAsJsonObject("client");
        if (flag(request, "skip") || flag(client, "skip_consent")) {
            return acceptConsent(challenge, request);
        }
        var scopes = new StringBuilder();
        JsonArray asked = request.getAsJsonArray("requested_scope");
        asked.forEach(scope -> scopes.append("<li>").append(escape(scope.getAsString())));
        return form(kind, challenge, """
            <p>%s asks for</p><ul>%s</ul>
            <button name="answer" value="allow">Allow</button> <button name="answer" value="refuse">Refuse</button>
            """.formatted(escape(text(client, "client_name", text(client, "client_id", ""))), scopes));
    }

    /** What happens when the form of a page comes back. */
    static Result receive(String kind, Map<String, String> fields) throws IOException, InterruptedException {
        var challenge = fields.getOrDefault("challenge", "");
        if (kind.equals("logout")) {
            return redirect(ask(kind, challenge, "accept", new JsonObject()));
        }
        if (kind.equals("login")) {
            var person = PEOPLE.get(fields.getOrDefault("username", ""));
            var right = person != null && person.password().equals(fields.get("password"));
            return right ? acceptLogin(challenge, fields.get("username")) : loginForm(challenge, "That is not right.");
        }
        if (!"allow".equals(fields.get("answer"))) {
            var body = new JsonObject();
            body.addProperty("error", "access_denied");
            return redirect(ask(kind, challenge, "reject", body));
        }
        var request = ask(kind, challenge, "", null);
        return request.has("redirect_to") ? redirect(request) : acceptConsent(challenge, request);
    }

    static Map<String, String> fields(String form) {
        var found = new HashMap<String, String>();
        for (var pair : (form == null ? "" : form).split("&")) {
            var parts = pair.split("=", 2);
            found.put(URLDecoder.decode(parts[0], UTF_8), parts.length > 1 ? URLDecoder.decode(parts[1], UTF_8) : "");
        }
        return found;
    }

    static void handle(String kind, HttpExchange exchange) throws IOException {
        var status = 200;
        Result result;
        try {
            if (exchange.getRequestMethod().equals("POST")) {
                result = receive(kind, fields(new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
            } else {
                var query = fields(exchange.getRequestURI().getRawQuery());
                result = show(kind, query.getOrDefault(kind + "_challenge", ""));
            }
        } catch (IOException | InterruptedException fault) {
            status = 400;
            result = page(escape(String.valueOf(fault.getMessage())));
        }
        var headers = exchange.getResponseHeaders();
        headers.set("Cache-Control", "no-store");
        headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.set("Content-Type", "text/html; charset=utf-8");
        if (result.redirectTo() != null) {
            headers.set("Location", result.redirectTo());
            exchange.sendResponseHeaders(303, -1);
        } else {
            var content = result.page().getBytes(UTF_8);
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
        exchange.close();
    }

    public static void main(String[] arguments) throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", PORT), 0);
        server.setExecutor(Executors.newFixedThreadPool(8));
        for (var kind : new String[] {"login", "consent", "logout"}) {
            server.createContext("/" + kind, exchange -> handle(kind, exchange));
        }
        server.start();
    }
}
