//! An MCP client that a person uses, the person's browser, and the operator behind the server.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use rmcp::model::CallToolRequestParams;
use rmcp::service::ServiceError;
use rmcp::transport::auth::{
    AuthClient, AuthorizationCallback, AuthorizationManager, AuthorizationRequest, CredentialStore,
    InMemoryCredentialStore, OAuthState,
};
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::ServiceExt;
use serde_json::{Value, json};

pub const REDIRECT_URI: &str = "http://127.0.0.1:33420/callback";

pub type Fault = Box<dyn std::error::Error + Send + Sync>;

pub fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: see tests/external/mcp/beside.mjs"))
}

/// Follows redirects with a browser of its own until one leads to the client.
pub async fn browse(address: &str) -> Result<String, Fault> {
    let policy = Policy::custom(|attempt| {
        let is_ours = attempt.url().as_str().starts_with(REDIRECT_URI);
        if is_ours { attempt.stop() } else { attempt.follow() }
    });
    let browser = Client::builder().cookie_store(true).redirect(policy).build()?;
    let answer = browser.get(address).send().await?;
    let to = answer.headers().get("location").and_then(|to| to.to_str().ok()).map(str::to_owned);
    match to {
        Some(to) if to.starts_with(REDIRECT_URI) => Ok(to),
        _ => Err(format!("{} answered {}: {}", address, answer.status(), answer.text().await?).into()),
    }
}

pub async fn administer(method: Method, path: &str, body: Option<Value>) -> Result<Value, Fault> {
    let request = Client::new().request(method, environment("ADMIN") + path);
    let request = if let Some(body) = body { request.json(&body) } else { request };
    let text = request.send().await?.error_for_status()?.text().await?;
    Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
}

/// A client that an operator has registered.
pub async fn registered_before(method: &str) -> Result<Value, Fault> {
    let metadata = json!({
        "client_name": "Registered before",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": "notes.read notes.write offline_access",
        "security_profile": "oauth21",
        "token_endpoint_auth_method": method,
    });
    administer(Method::POST, "/admin/clients", Some(metadata)).await
}

/// A connection's state: the SDK's manager, and where it keeps its tokens.
pub struct Application {
    pub server: String,
    pub store: InMemoryCredentialStore,
    client: AuthClient<Client>,
}

impl Application {
    /// Discovers, registers if the request says so, and lets the person agree.
    pub async fn connect(server: &str, request: AuthorizationRequest) -> Result<Self, Fault> {
        let mut state = OAuthState::new(server, None).await?;
        let store = InMemoryCredentialStore::new();
        if let OAuthState::Unauthorized(manager) = &mut state {
            manager.set_credential_store(store.clone());
        }
        state.start_authorization(request).await?;
        let callback = browse(&state.get_authorization_url().await?).await?;
        state.handle_callback_url(&callback).await?;
        let manager = state.into_authorization_manager().ok_or("not authorized")?;
        Ok(Self { server: server.to_owned(), store, client: AuthClient::new(Client::new(), manager) })
    }

    /// Another process with what this one has kept.
    pub async fn another(&self) -> Result<Self, Fault> {
        let store = InMemoryCredentialStore::new();
        store.save(self.store.load().await?.ok_or("nothing is kept")?).await?;
        let mut manager = AuthorizationManager::new(&self.server).await?;
        manager.set_credential_store(store.clone());
        assert!(manager.initialize_from_store().await?, "the kept tokens are for this server");
        Ok(Self { server: self.server.clone(), store, client: AuthClient::new(Client::new(), manager) })
    }

    /// The text that a tool answers.
    pub async fn call(&self, tool: &'static str, arguments: Value) -> Result<String, Fault> {
        let config = StreamableHttpClientTransportConfig::with_uri(self.server.clone());
        let client = self.client.clone();
        let connection = ().serve(StreamableHttpClientTransport::with_client(client, config)).await?;
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let answer = connection.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await;
        connection.cancel().await?;
        let answer = answer.map_err(|fault: ServiceError| Fault::from(fault))?;
        Ok(serde_json::to_value(&answer)?["content"][0]["text"].as_str().unwrap_or_default().to_owned())
    }

    /// Asks the person for one more scope.
    pub async fn step_up(&self, scope: &str) -> Result<(), Fault> {
        let manager = self.client.auth_manager.lock().await;
        let callback = browse(&manager.request_scope_upgrade(scope).await?).await?;
        let AuthorizationCallback { code, csrf_token, issuer, .. } = AuthorizationCallback::from_redirect_url(&callback)?;
        manager.exchange_code_for_token_with_issuer(&code, &csrf_token, issuer.as_deref()).await?;
        Ok(())
    }

    pub async fn refresh(&self) -> Result<(), Fault> {
        self.client.auth_manager.lock().await.refresh_token().await?;
        Ok(())
    }

    pub async fn client_id(&self) -> Result<String, Fault> {
        Ok(self.store.load().await?.ok_or("nothing is kept")?.client_id)
    }

    /// What the SDK has kept of the newest answer, as JSON.
    pub async fn tokens(&self) -> Result<Value, Fault> {
        Ok(serde_json::to_value(self.store.load().await?.and_then(|kept| kept.token_response))?)
    }

    pub async fn claims(&self) -> Result<Value, Fault> {
        let tokens = self.tokens().await?;
        let payload = tokens["access_token"].as_str().and_then(|token| token.split('.').nth(1)).ok_or("no JWT")?;
        Ok(serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload)?)?)
    }
}
