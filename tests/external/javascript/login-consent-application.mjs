// A login and consent application as Ory's documentation shows one: Express and `@ory/hydra-client`, nothing else. It has
// one account. What a real one has besides, a defence of its forms, is left out.

import express from "express";
import { Configuration, OAuth2Api } from "@ory/hydra-client";

export const ACCOUNT = { email: "ada@example.org", password: "difference-engine" };

const DENIED = { error: "access_denied", error_description: "The resource owner denied the request" };
const REMEMBER_FOR_SECONDS = 3600;

/** The application, for the server whose admin port is at `admin`. */
export function application(admin) {
    const hydra = new OAuth2Api(new Configuration({ basePath: admin }));
    const app = express();
    app.use(express.urlencoded({ extended: false }));
    login(app, hydra);
    consent(app, hydra);
    logout(app, hydra);
    device(app, hydra);
    return app;
}

function login(app, hydra) {
    const page = (challenge, message = "") => form("Log in", "/login", challenge, `
        <p>${message}</p>
        <input type="email" name="email"><input type="password" name="password">
        <input type="checkbox" name="remember" value="1">
        <button name="submit" value="Log in">Log in</button><button name="submit" value="Deny access">Deny</button>`);

    app.get("/login", async (request, answer) => {
        const loginChallenge = String(request.query.login_challenge);
        const { data } = await hydra.getOAuth2LoginRequest({ loginChallenge });
        if (!data.skip) return answer.send(page(loginChallenge));
        const acceptOAuth2LoginRequest = { subject: String(data.subject) };
        const accepted = await hydra.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest });
        return answer.redirect(String(accepted.data.redirect_to));
    });

    app.post("/login", async (request, answer) => {
        const { challenge: loginChallenge, email, password, remember, submit } = request.body;
        if (submit === "Deny access") {
            const { data } = await hydra.rejectOAuth2LoginRequest({ loginChallenge, rejectOAuth2Request: DENIED });
            return answer.redirect(String(data.redirect_to));
        }
        if (email !== ACCOUNT.email || password !== ACCOUNT.password) {
            return answer.send(page(loginChallenge, "The e-mail address or the password is wrong."));
        }
        await hydra.getOAuth2LoginRequest({ loginChallenge });
        const acceptOAuth2LoginRequest = {
            subject: email,
            remember: Boolean(remember),
            remember_for: REMEMBER_FOR_SECONDS,
            acr: "0",
        };
        const { data } = await hydra.acceptOAuth2LoginRequest({ loginChallenge, acceptOAuth2LoginRequest });
        return answer.redirect(String(data.redirect_to));
    });
}

function consent(app, hydra) {
    const sessionOf = (grantScope, subject) => ({
        access_token: { role: "analyst" },
        id_token: grantScope.includes("email") ? { email: subject, email_verified: true, team: "north" } : {},
    });

    app.get("/consent", async (request, answer) => {
        const consentChallenge = String(request.query.consent_challenge);
        const { data } = await hydra.getOAuth2ConsentRequest({ consentChallenge });
        if (data.skip || data.client?.skip_consent) {
            const acceptOAuth2ConsentRequest = {
                grant_scope: data.requested_scope,
                grant_access_token_audience: data.requested_access_token_audience,
                session: sessionOf(data.requested_scope, data.subject),
            };
            const accepted = await hydra.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest });
            return answer.redirect(String(accepted.data.redirect_to));
        }
        const scopes = data.requested_scope.map(scope => `<input type="checkbox" name="grant_scope" value="${scope}">`);
        return answer.send(form(`Consent for ${data.client.client_name}`, "/consent", consentChallenge, `
            ${scopes.join("")}<input type="checkbox" name="remember" value="1">
            <button name="submit" value="Allow access">Allow</button><button name="submit" value="Deny access">Deny</button>`));
    });

    app.post("/consent", async (request, answer) => {
        const { challenge: consentChallenge, grant_scope, remember, submit } = request.body;
        if (submit === "Deny access") {
            const { data } = await hydra.rejectOAuth2ConsentRequest({ consentChallenge, rejectOAuth2Request: DENIED });
            return answer.redirect(String(data.redirect_to));
        }
        const { data: asked } = await hydra.getOAuth2ConsentRequest({ consentChallenge });
        const grantScope = [grant_scope ?? []].flat();
        const acceptOAuth2ConsentRequest = {
            grant_scope: grantScope,
            session: sessionOf(grantScope, asked.subject),
            grant_access_token_audience: asked.requested_access_token_audience,
            remember: Boolean(remember),
            remember_for: REMEMBER_FOR_SECONDS,
        };
        const { data } = await hydra.acceptOAuth2ConsentRequest({ consentChallenge, acceptOAuth2ConsentRequest });
        return answer.redirect(String(data.redirect_to));
    });
}

function logout(app, hydra) {
    app.get("/logout", async (request, answer) => {
        const logoutChallenge = String(request.query.logout_challenge);
        await hydra.getOAuth2LogoutRequest({ logoutChallenge });
        answer.send(form("Log out", "/logout", logoutChallenge, `
            <button name="submit" value="Yes">Yes</button><button name="submit" value="No">No</button>`));
    });

    app.post("/logout", async (request, answer) => {
        const { challenge: logoutChallenge, submit } = request.body;
        if (submit === "No") {
            await hydra.rejectOAuth2LogoutRequest({ logoutChallenge });
            return answer.send("<h1>Still logged in</h1>");
        }
        const { data } = await hydra.acceptOAuth2LogoutRequest({ logoutChallenge });
        return answer.redirect(String(data.redirect_to));
    });
}

function device(app, hydra) {
    const page = (challenge, code, message = "") => form("Connect a device", "/device/verify", challenge, `
        <p>${message}</p><input type="text" name="code" value="${code}"><button>Continue</button>`);

    app.get("/device/verify", (request, answer) => {
        const { device_challenge, user_code = "" } = request.query;
        answer.send(page(String(device_challenge), String(user_code)));
    });

    app.post("/device/verify", async (request, answer) => {
        const { challenge: deviceChallenge, code: user_code } = request.body;
        const parameters = { deviceChallenge, acceptDeviceUserCodeRequest: { user_code } };
        try {
            const { data } = await hydra.acceptUserCodeRequest(parameters);
            answer.redirect(String(data.redirect_to));
        } catch (error) {
            answer.send(page(deviceChallenge, "", `The code is wrong (${error.response.status}).`));
        }
    });

    app.get("/device/success", (_, answer) => answer.send("<h1>The device is connected</h1>"));
}

// The values are made by the server and by this file.
const form = (title, action, challenge, content) => `<!DOCTYPE html><title>${title}</title><h1>${title}</h1>
    <form method="post" action="${action}"><input type="hidden" name="challenge" value="${challenge}">${content}</form>`;
