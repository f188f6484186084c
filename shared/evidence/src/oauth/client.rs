//! A client that is registered with a provider: the requests it makes and what it reads from their
//! answers. Tokens leave a [`Grant`] only into the header of the next request.

use std::fmt;

use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::attempt::Attempt;
use super::id_token::{Expected, IdClaims, IdToken};
use super::identity::Identity;
use super::keys::SigningKeySet;
use super::provider::{Authentication, Provider, Source, at};
use super::refusal::{OAuthError, complaint};
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::settings::{MissingSettings, Setting, Settings};

/// The longest token that is carried any further.
const MAX_TOKEN: usize = 8 * 1024;

/// The client.
pub struct Client {
    pub provider: &'static Provider,
    id: String,
    secret: Zeroizing<String>,
    authorize_url: String,
    token_url: String,
    pub(super) api_url: String,
    keys_url: String,
    /// In place of the provider's own names, where the operator set one.
    issuer: Option<String>,
}

/// What a code was exchanged for.
pub struct Grant {
    access_token: Zeroizing<String>,
    id_token: Option<Zeroizing<String>>,
}

impl Client {
    pub fn from_settings(
        provider: &'static Provider,
        settings: &Settings,
    ) -> Result<Self, MissingSettings> {
        let names = provider.settings;
        let [id, secret] =
            settings.require([names[at::CLIENT_ID].name, names[at::CLIENT_SECRET].name])?;
        let address = |position: usize, default| {
            names
                .get(position)
                .map_or_else(String::new, |setting: &Setting| {
                    settings.base_url(setting.name, default)
                })
        };
        let openid = provider.openid.as_ref();
        Ok(Self {
            provider,
            id: id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            authorize_url: settings
                .get_or(names[at::AUTHORIZE_URL].name, provider.authorize_url)
                .to_owned(),
            token_url: settings
                .get_or(names[at::TOKEN_URL].name, provider.token_url)
                .to_owned(),
            api_url: address(at::API_URL, provider.api_url),
            keys_url: address(at::KEYS_URL, openid.map_or("", |openid| openid.keys_url)),
            issuer: names
                .get(at::ISSUER)
                .and_then(|setting| settings.get(setting.name))
                .map(str::to_owned),
        })
    }

    /// Where the person goes to sign in.
    pub fn authorization_url(&self, attempt: &Attempt, redirect_uri: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("response_type", "code")
            .append_pair(self.client_name(), &self.id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", self.provider.scopes)
            .append_pair("state", &attempt.state);
        if self.provider.pkce {
            query
                .append_pair("code_challenge", &Attempt::challenge(&attempt.verifier))
                .append_pair("code_challenge_method", "S256");
        }
        if self.provider.openid.is_some() {
            query.append_pair("nonce", &attempt.nonce);
        }
        query.extend_pairs(self.provider.extra);
        // A space as `+` is right in a form and not everywhere in an address.
        let query = query.finish().replace('+', "%20");
        let joint = if self.authorize_url.contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{}{joint}{query}", self.authorize_url)
    }

    /// Turns a code into tokens. The same code is never sent twice: providers take that for theft.
    pub fn exchange(&self, code: &str, verifier: &str, redirect_uri: &str) -> ProviderRequest {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        if self.provider.pkce {
            fields.push(("code_verifier", verifier));
        }
        let in_form = !matches!(self.provider.authentication, Authentication::Basic);
        if in_form {
            fields.push((self.client_name(), &self.id));
            fields.push(("client_secret", &self.secret));
        }
        let request = ProviderRequest::post_form(&self.token_url, &fields)
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT);
        if in_form {
            return request;
        }
        // As the providers document it: joined as they are, not form-encoded before (RFC 6749
        // §2.3.1), which those who follow their documents do not undo.
        request.basic(&self.id, &self.secret)
    }

    /// Reads what the code was exchanged for.
    pub fn read_grant(&self, response: &ProviderResponse) -> Result<Grant, OAuthError> {
        #[derive(Deserialize)]
        struct Tokens {
            access_token: String,
            #[serde(default)]
            id_token: Option<String>,
        }
        /// Instagram puts the same into a list of one.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Answer {
            Plain(Tokens),
            Listed { data: [Tokens; 1] },
        }
        if let Some(error) = complaint(response) {
            return Err(error);
        }
        let tokens = match response.json()? {
            Answer::Plain(tokens) | Answer::Listed { data: [tokens] } => tokens,
        };
        let grant = Grant {
            access_token: Zeroizing::new(tokens.access_token),
            id_token: tokens.id_token.map(Zeroizing::new),
        };
        let fits = |token: &str| (1..=MAX_TOKEN).contains(&token.len()) && is_header_text(token);
        let whole = fits(&grant.access_token)
            && grant.id_token.as_deref().is_none_or(|token| fits(token))
            && (self.provider.openid.is_none() || grant.id_token.is_some());
        if whole {
            Ok(grant)
        } else {
            Err(ProviderError::Unreadable.into())
        }
    }

    /// The keys under which ID tokens are signed, where the provider gives such tokens.
    pub fn keys_request(&self) -> Option<ProviderRequest> {
        self.provider
            .openid
            .as_ref()
            .map(|_| ProviderRequest::get(&self.keys_url).header("accept", "application/json"))
    }

    /// Reads the keys.
    pub fn read_keys(&self, response: &ProviderResponse) -> Result<SigningKeySet, OAuthError> {
        if !response.is_success() {
            return Err(response.failure().into());
        }
        SigningKeySet::read(&response.body).ok_or_else(|| ProviderError::Unreadable.into())
    }

    /// What an ID token whose signature holds says, if it was meant for this client and attempt.
    pub fn read_claims(
        &self,
        token: &IdToken<'_>,
        grant: &Grant,
        nonce: &str,
        now: Timestamp,
    ) -> Result<IdClaims, OAuthError> {
        let Some(openid) = &self.provider.openid else {
            return Err(ProviderError::Unreadable.into());
        };
        let own = self.issuer.as_deref().map(|issuer| [issuer]);
        let expected = Expected {
            issuers: own.as_ref().map_or(openid.issuers, |own| own),
            client_id: &self.id,
            nonce,
            nonce_policy: openid.nonce,
            access_token: &grant.access_token,
            now,
        };
        Ok(token.claims(&expected)?)
    }

    /// Whether this is the provider's name for itself (RFC 9207). Where none is known, any is.
    pub fn is_issuer(&self, name: &str) -> bool {
        match (&self.issuer, &self.provider.openid) {
            (Some(own), _) => own == name,
            (None, Some(openid)) => openid.issuers.contains(&name),
            (None, None) => true,
        }
    }

    /// The question who signed in, where an API answers it.
    pub fn identity_request(&self, grant: &Grant) -> Option<ProviderRequest> {
        match &self.provider.source {
            Source::Api { request, .. } => Some(
                request(self, grant)
                    .header("accept", "application/json")
                    .header("user-agent", USER_AGENT),
            ),
            Source::IdToken(_) => None,
        }
    }

    /// Reads who signed in from the API's answer.
    pub fn read_identity(&self, response: &ProviderResponse) -> Result<Identity, OAuthError> {
        match &self.provider.source {
            Source::Api { read, .. } => read(response)?.checked(),
            Source::IdToken(_) => Err(ProviderError::Unreadable.into()),
        }
    }

    /// Who signed in, where the ID token says it.
    pub fn identity_of(&self, claims: &IdClaims) -> Result<Identity, OAuthError> {
        match &self.provider.source {
            Source::IdToken(read) => read(claims)?.checked(),
            Source::Api { .. } => Err(ProviderError::Unreadable.into()),
        }
    }

    pub(super) fn get(&self, path: &str, grant: &Grant) -> ProviderRequest {
        ProviderRequest::get(format!("{}{path}", self.api_url)).bearer(&grant.access_token)
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    const fn client_name(&self) -> &'static str {
        match self.provider.authentication {
            Authentication::FormWithKey => "client_key",
            Authentication::Form | Authentication::Basic => "client_id",
        }
    }
}

/// GitHub refuses requests without one.
const USER_AGENT: &str = "Proof";

impl Grant {
    pub(super) fn access_token(&self) -> &str {
        &self.access_token
    }

    /// The ID token, not yet believed.
    pub fn id_token(&self) -> Option<Result<IdToken<'_>, OAuthError>> {
        self.id_token
            .as_deref()
            .map(|token| IdToken::parse(token).map_err(OAuthError::from))
    }
}

/// A token that could end a header is none.
fn is_header_text(token: &str) -> bool {
    token.bytes().all(|byte| (0x21..=0x7e).contains(&byte))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.provider.name)
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant(…)")
    }
}
