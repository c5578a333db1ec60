package external;

import java.net.URI;
import java.util.Map;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.web.client.RestClient;

/** The server's administration API, as far as it is needed here. */
final class Administration {
    private static final ParameterizedTypeReference<Map<String, Object>> OBJECT = new ParameterizedTypeReference<>() {};
    private final RestClient http;

    Administration(String address) {
        http = RestClient.create(address);
    }

    /** A new client; what it is told about itself. */
    Map<String, Object> register(Map<String, Object> metadata) {
        return http.post().uri("/admin/clients").body(metadata).retrieve().body(OBJECT);
    }

    /** What a login or consent page is asked. */
    Map<String, Object> asked(String kind, String challenge) {
        return http.get().uri("/admin/oauth2/auth/requests/{kind}?challenge={challenge}", kind, challenge)
                .retrieve().body(OBJECT);
    }

    /** Accepts a login, a consent or a logout; where the browser goes on. */
    URI accept(String kind, String challenge, Map<String, Object> answer) {
        var path = "/admin/oauth2/auth/requests/{kind}/accept?challenge={challenge}";
        var next = http.put().uri(path, kind, challenge).body(answer).retrieve().body(OBJECT);
        return URI.create((String) next.get("redirect_to"));
    }
}
