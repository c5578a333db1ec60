//! The token endpoint (RFC 6749 §3.2) as one visible pipeline: parse, authenticate the client, ask the gate, let the
//! grant type **present** what would be used up and who may do what, let what may refuse have its say, **consume** it in
//! one conditional write, issue, answer. A grant type never makes a token and never authenticates a client.

mod assertion_grant;
mod authorization_code;
mod bound_key;
mod ciba;
mod client_credentials;
mod code_verifier;
mod device_code;
mod id_jag;
mod jwt_bearer;
mod refresh_token;
mod repetition;
mod target;
mod terms;
mod token_exchange;

use http::StatusCode;
use symbolon_types::{ErrorCode, GrantType, TokenResponse};

use crate::assertion::JWT_DPOP_GRANT;
use crate::audit::Event;
use crate::certificate::ClientCertificate;
use crate::client_authentication::{AuthenticatedClient, authenticate_with_proof};
use crate::clients;
use crate::confirmation::CertificateThumbprint;
use crate::context::Context;
use crate::dpop::{self, Proof};
use crate::error::OAuthError;
use crate::exchange::{self, Answer, Request};
use crate::hooks::{self, Basis, NotIssued, Question};
use crate::issue::{self, Authorization};
use crate::params::Params;
use crate::trail;
use terms::Terms;

/// `POST /oauth2/token`.
pub async fn token(context: &Context, request: Request) -> Answer {
    let mut named = None;
    let outcome = respond(context, &request, &mut named).await;
    let told = outcome.as_ref().map_or_else(|refusal| refusal.code().as_str(), |_| "issued");
    context.metrics.count_token_request(named.map_or("unknown", GrantType::as_str), told);
    match outcome {
        Ok(response) => exchange::oauth_json(StatusCode::OK, &response),
        Err(Refusal::ByHook(error)) => error.answer(&context.config),
        Err(Refusal::Error(error)) => {
            let mut answer = dpop::answer(context, &error);
            // RFC 8628 §3.5, RFC 6749 §5.2: here a refusal of the user is no different from other errors.
            if error.code == ErrorCode::AccessDenied {
                *answer.status_mut() = StatusCode::BAD_REQUEST;
            }
            answer
        }
    }
}

/// Why no tokens are issued.
enum Refusal {
    /// An error of the RFCs.
    Error(OAuthError),
    /// A web hook refused. That is 403, as in Hydra: the client did nothing wrong that it could mend.
    ByHook(OAuthError),
}

impl Refusal {
    fn code(&self) -> ErrorCode {
        let (Self::Error(error) | Self::ByHook(error)) = self;
        error.code
    }
}

impl From<OAuthError> for Refusal {
    fn from(error: OAuthError) -> Self {
        Self::Error(error)
    }
}

impl From<NotIssued> for Refusal {
    fn from(not_issued: NotIssued) -> Self {
        match not_issued {
            NotIssued::Refused(error) => Self::ByHook(error),
            NotIssued::Failed(error) => Self::Error(error),
        }
    }
}

/// `named` is the grant type as soon as it is known, also where the request is refused.
async fn respond(
    context: &Context,
    request: &Request,
    named: &mut Option<GrantType>,
) -> Result<TokenResponse, Refusal> {
    let arrived_at = context.clock.now();
    let (params, grant_type) = parse(context, request)?;
    *named = Some(grant_type);
    let (client, proof) = authenticate_with_proof(context, request, &params).await?;
    let method = client.method().as_str();
    tracing::debug!(client_id = client.id().as_str(), method, grant_type = grant_type.as_str(), "token request");
    client.admit(grant_type)?;
    dpop::demand(context, &client, proof.as_ref())?;
    clients::note_used(context, &client).await.map_err(OAuthError::from)?;
    let registered = client.registered().clone();
    let certificate = bound_key::certificate(&client, request)?;
    let held_certificate = request.certificate.as_ref().map(ClientCertificate::thumbprint);
    let asked = TokenRequest { params: &params, proof: proof.as_ref(), held_certificate, arrived_at };
    let presented = present(context, client, grant_type, &asked).await?;
    // A client that acts for itself gets its token without a write, unless a proof must be remembered.
    if grant_type != GrantType::ClientCredentials || proof.is_some() {
        clients::count_write(context, &registered)?;
    }
    let question = Question { client: &registered, grant_type, params: &params, basis: presented.basis() };
    let session = hooks::ask(context, &question).await?;
    let authorization = presented.consume(context, Terms { session, proof, certificate }).await?;
    let response = issue::issue(context, &authorization).await?;
    report(&authorization, grant_type, &response);
    Ok(response)
}

fn report(authorization: &Authorization, grant_type: GrantType, response: &TokenResponse) {
    let refresh = response.refresh_token.is_some().then_some("refresh_token");
    let id_token = response.id_token.is_some().then_some("id_token");
    let tokens: Vec<&str> = std::iter::once("access_token").chain(refresh).chain(id_token).collect();
    let grant = authorization.grant_id().map(|id| id.to_hex());
    trail::tell(&Event::TokensIssued {
        client_id: authorization.client_id().as_str(),
        grant_type: grant_type.as_str(),
        subject: authorization.subject(),
        grant: grant.as_deref(),
        scope: &response.scope.to_string(),
        tokens: &tokens,
    });
}

fn parse(context: &Context, request: &Request) -> Result<(Params, GrantType), OAuthError> {
    let params = Params::of_form(request)?;
    let name = params.require("grant_type")?;
    let unsupported =
        || OAuthError::new(ErrorCode::UnsupportedGrantType, format!("The grant_type '{name}' is not supported."));
    let grant_type = match name {
        // The same grant for assertions that are bound to a key; `assertion_grant` asks for the binding.
        JWT_DPOP_GRANT if !context.config.symbolon.id_jag.issuers.is_empty() => GrantType::JwtBearer,
        name => GrantType::parse(name).ok_or_else(unsupported)?,
    };
    match grant_type {
        GrantType::Ciba if !context.config.symbolon.ciba.enabled => return Err(unsupported()),
        GrantType::TokenExchange if !context.config.symbolon.token_exchange.is_on() => return Err(unsupported()),
        GrantType::AuthorizationCode
        | GrantType::RefreshToken
        | GrantType::ClientCredentials
        | GrantType::DeviceCode
        | GrantType::JwtBearer
        | GrantType::Ciba
        | GrantType::TokenExchange => {}
        GrantType::Implicit => return Err(unsupported()),
    }
    Ok((params, grant_type))
}

/// A request of a client that is known.
struct TokenRequest<'a> {
    params: &'a Params,
    /// That the sender holds a key.
    proof: Option<&'a Proof>,
    /// The certificate of the connection, whether tokens are bound to it or not.
    held_certificate: Option<CertificateThumbprint>,
    /// In Unix seconds.
    arrived_at: i64,
}

/// What a request would use up. Nothing is used up yet; whoever may refuse the tokens is asked while this is at hand.
enum Presented {
    AuthorizationCode(authorization_code::Presented),
    RefreshToken(Box<refresh_token::Presented>),
    ClientCredentials(client_credentials::Presented),
    DeviceCode(device_code::Presented),
    Assertion(Box<assertion_grant::Vouched>),
    Ciba(Box<ciba::Presented>),
    TokenExchange(token_exchange::Presented),
}

async fn present(
    context: &Context,
    client: AuthenticatedClient,
    grant_type: GrantType,
    asked: &TokenRequest<'_>,
) -> Result<Presented, OAuthError> {
    Ok(match grant_type {
        GrantType::AuthorizationCode => {
            Presented::AuthorizationCode(authorization_code::present(context, client, asked).await?)
        }
        GrantType::RefreshToken => {
            Presented::RefreshToken(Box::new(refresh_token::present(context, client, asked).await?))
        }
        GrantType::ClientCredentials => {
            Presented::ClientCredentials(client_credentials::present(context, client, asked)?)
        }
        GrantType::DeviceCode => Presented::DeviceCode(device_code::present(context, client, asked).await?),
        GrantType::JwtBearer => Presented::Assertion(Box::new(assertion_grant::present(context, client, asked).await?)),
        GrantType::Ciba => Presented::Ciba(Box::new(ciba::present(context, client, asked).await?)),
        GrantType::TokenExchange => {
            Presented::TokenExchange(Box::pin(token_exchange::present(context, client, asked)).await?)
        }
        GrantType::Implicit => return Err(OAuthError::bare(ErrorCode::UnsupportedGrantType)),
    })
}

impl Presented {
    /// What a web hook is told of it.
    fn basis(&self) -> Basis<'_> {
        match self {
            Self::AuthorizationCode(presented) => presented.basis(),
            Self::RefreshToken(presented) => presented.basis(),
            Self::ClientCredentials(presented) => presented.basis(),
            Self::DeviceCode(presented) => presented.basis(),
            Self::Assertion(presented) => presented.basis(),
            Self::Ciba(presented) => presented.basis(),
            Self::TokenExchange(presented) => presented.basis(),
        }
    }

    /// Uses up what was presented, in one conditional write: the row count is the verdict. What the terms change is written
    /// with it.
    async fn consume(self, context: &Context, terms: Terms) -> Result<Authorization, OAuthError> {
        match self {
            Self::AuthorizationCode(presented) => presented.consume(context, terms).await,
            Self::RefreshToken(presented) => presented.consume(context, terms).await,
            Self::ClientCredentials(presented) => presented.consume(context, terms).await,
            Self::DeviceCode(presented) => presented.consume(context, terms).await,
            Self::Assertion(presented) => presented.consume(context, terms).await,
            Self::Ciba(presented) => presented.consume(context, terms).await,
            Self::TokenExchange(presented) => Box::pin(presented.consume(context, terms)).await,
        }
    }
}
