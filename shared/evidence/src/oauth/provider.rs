//! What differs from provider to provider, as data: addresses, scopes, how the client proves itself,
//! who answers the question who signed in. Each provider is a file under `providers`.

use proof_domain::asset::Channel;

use super::client::{Client, Grant};
use super::id_token::IdClaims;
use super::identity::Identity;
use super::providers::{
    coinbase, facebook, github, google, instagram, kraken, linkedin, tiktok, x, youtube,
};
use super::refusal::OAuthError;
use crate::exchange::{ProviderRequest, ProviderResponse};
use crate::settings::Setting;

/// A network or exchange where people sign in.
#[derive(Debug)]
pub struct Provider {
    pub channel: Channel,
    /// As people know it.
    pub name: &'static str,
    /// In the order of [`settings!`].
    pub settings: &'static [Setting],
    pub(super) authorize_url: &'static str,
    pub(super) token_url: &'static str,
    pub(super) api_url: &'static str,
    pub(super) scopes: &'static str,
    /// What else stands in the authorization request.
    pub(super) extra: &'static [(&'static str, &'static str)],
    /// Whether the provider documents PKCE for clients that keep a secret. Some refuse what they do
    /// not know.
    pub(super) pkce: bool,
    pub(super) authentication: Authentication,
    pub(super) openid: Option<OpenId>,
    pub(super) source: Source,
}

/// How the client proves itself when it exchanges a code.
#[derive(Clone, Copy, Debug)]
pub(super) enum Authentication {
    /// In the form, the client's name under `client_id`.
    Form,
    /// In the form, the client's name under `client_key`.
    FormWithKey,
    Basic,
}

/// What an ID token of the provider has to say.
#[derive(Debug)]
pub(super) struct OpenId {
    pub(super) issuers: &'static [&'static str],
    pub(super) keys_url: &'static str,
    pub(super) nonce: Nonce,
}

/// What the provider does with a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nonce {
    Repeated,
    /// Left out, against OpenID Connect Core §2; if it is there, it has to be ours.
    Forgotten,
}

/// Where the answer to the question who signed in comes from.
#[derive(Debug)]
pub(super) enum Source {
    IdToken(fn(&IdClaims) -> Result<Identity, OAuthError>),
    Api {
        request: fn(&Client, &Grant) -> ProviderRequest,
        read: fn(&ProviderResponse) -> Result<Identity, OAuthError>,
    },
}

/// All of them.
static PROVIDERS: [&Provider; 10] = [
    &github::PROVIDER,
    &google::PROVIDER,
    &facebook::PROVIDER,
    &x::PROVIDER,
    &linkedin::PROVIDER,
    &instagram::PROVIDER,
    &youtube::PROVIDER,
    &tiktok::PROVIDER,
    &coinbase::PROVIDER,
    &kraken::PROVIDER,
];

/// The provider behind a channel, if people sign in there.
pub fn provider_of(channel: Channel) -> Option<&'static Provider> {
    PROVIDERS
        .into_iter()
        .find(|provider| provider.channel == channel)
}

/// The positions of a provider's settings.
pub(super) mod at {
    pub(in super::super) const CLIENT_ID: usize = 0;
    pub(in super::super) const CLIENT_SECRET: usize = 1;
    pub(in super::super) const AUTHORIZE_URL: usize = 2;
    pub(in super::super) const TOKEN_URL: usize = 3;
    pub(in super::super) const API_URL: usize = 4;
    pub(in super::super) const KEYS_URL: usize = 5;
    pub(in super::super) const ISSUER: usize = 6;
}

/// The settings of a provider, by the prefix of their names.
macro_rules! settings {
    ($prefix:literal) => {
        settings!($prefix, "_CLIENT_ID")
    };
    ($prefix:literal, $id:literal) => {
        &[
            Setting::plain(concat!($prefix, $id)),
            Setting::secret(concat!($prefix, "_CLIENT_SECRET")),
            Setting::plain(concat!($prefix, "_AUTHORIZE_URL")).of_operator(),
            Setting::plain(concat!($prefix, "_TOKEN_URL")).of_operator(),
            Setting::plain(concat!($prefix, "_API_URL")).of_operator(),
        ]
    };
    ($prefix:literal with OpenID) => {
        &[
            Setting::plain(concat!($prefix, "_CLIENT_ID")),
            Setting::secret(concat!($prefix, "_CLIENT_SECRET")),
            Setting::plain(concat!($prefix, "_AUTHORIZE_URL")).of_operator(),
            Setting::plain(concat!($prefix, "_TOKEN_URL")).of_operator(),
            Setting::plain(concat!($prefix, "_API_URL")).of_operator(),
            Setting::plain(concat!($prefix, "_KEYS_URL")).of_operator(),
            Setting::plain(concat!($prefix, "_ISSUER")).of_operator(),
        ]
    };
}
pub(super) use settings;
