package external;

import static org.springframework.security.config.Customizer.withDefaults;

import java.util.Map;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application that lets people log in, and three resources, each of which understands one form of access tokens. */
@SpringBootApplication
@RestController
public class Application {
    static final String AUDIENCE = "https://api.example/notes";
    static final String READ = "SCOPE_notes.read";

    /** JWT as Hydra makes them, by nothing but the issuer's address and the audience. */
    @Bean
    @Order(1)
    SecurityFilterChain jwt(HttpSecurity http) throws Exception {
        return http.securityMatcher("/jwt/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(READ))
                .oauth2ResourceServer(server -> server.jwt(withDefaults()))
                .build();
    }

    /** JWT as RFC 9068 describes them, and as DPoP binds them. */
    @Bean
    @Order(2)
    SecurityFilterChain profiled(HttpSecurity http, @Value("${issuer}") String issuer,
            @Value("${program}") String program) throws Exception {
        var decoder = NimbusJwtDecoder.withIssuerLocation(issuer).validateType(false).build();
        decoder.setJwtValidator(JwtValidators.createAtJwtValidator()
                .issuer(issuer).audience(AUDIENCE).clientId(program).build());
        return http.securityMatcher("/at-jwt/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(READ))
                .oauth2ResourceServer(server -> server.jwt(jwt -> jwt.decoder(decoder)))
                .build();
    }

    /** Opaque tokens, by introspection. */
    @Bean
    @Order(3)
    SecurityFilterChain opaque(HttpSecurity http) throws Exception {
        return http.securityMatcher("/opaque/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().hasAuthority(READ))
                .oauth2ResourceServer(server -> server.opaqueToken(withDefaults()))
                .build();
    }

    /** People. */
    @Bean
    @Order(4)
    SecurityFilterChain login(HttpSecurity http, ClientRegistrationRepository registrations) throws Exception {
        var logout = new OidcClientInitiatedLogoutSuccessHandler(registrations);
        logout.setPostLogoutRedirectUri("{baseUrl}/goodbye");
        return http.authorizeHttpRequests(requests -> requests
                        .requestMatchers("/goodbye").permitAll().anyRequest().authenticated())
                .oauth2Login(withDefaults())
                .oidcLogout(oidc -> oidc.backChannel(withDefaults()))
                .logout(own -> own.logoutSuccessHandler(logout))
                .csrf(forms -> forms.ignoringRequestMatchers("/logout"))
                .build();
    }

    @GetMapping({"/jwt/notes", "/at-jwt/notes"})
    Map<String, Object> notes(@AuthenticationPrincipal Jwt token) {
        return token.getClaims();
    }

    @GetMapping("/opaque/notes")
    Map<String, Object> notes(@AuthenticationPrincipal OAuth2AuthenticatedPrincipal principal) {
        return principal.getAttributes();
    }

    @GetMapping("/me")
    Map<String, Object> me(@AuthenticationPrincipal OidcUser user) {
        return Map.of("sub", user.getSubject(), "name", user.getFullName(), "team", user.getClaims().get("team"));
    }

    /** The library refreshes the tokens first, when they are about to end. */
    @GetMapping("/token")
    String token(@RegisteredOAuth2AuthorizedClient("symbolon") OAuth2AuthorizedClient client) {
        return client.getAccessToken().getTokenValue();
    }

    @GetMapping("/goodbye")
    String goodbye() {
        return "Goodbye";
    }
}
