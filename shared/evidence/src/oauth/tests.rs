//! Each provider as its documentation has it: what it is asked, and what its answers say.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::id::Id;

use super::{Attempt, Client, Grant, Identity, OAuthError, RANDOM_BYTES, provider_of};
use crate::exchange::{Method, ProviderError, ProviderRequest, ProviderResponse};
use crate::settings::{MissingSettings, Settings};

const CALLBACK: &str = "https://proof.example/connect/callback/any";

const CHANNELS: [Channel; 10] = [
    Channel::Github,
    Channel::Google,
    Channel::Facebook,
    Channel::X,
    Channel::Linkedin,
    Channel::Instagram,
    Channel::Youtube,
    Channel::Tiktok,
    Channel::Coinbase,
    Channel::Kraken,
];

fn settings(channel: Channel) -> Settings {
    let names = provider_of(channel).unwrap().settings;
    [(names[0].name, "the client"), (names[1].name, "s&cret")]
        .into_iter()
        .collect()
}

fn client(channel: Channel) -> Client {
    Client::from_settings(provider_of(channel).unwrap(), &settings(channel)).unwrap()
}

fn attempt() -> Attempt {
    Attempt::from_random(Id::from_bytes([1; 12]), &[5; RANDOM_BYTES])
}

fn answer(status: u16, body: &str) -> ProviderResponse {
    ProviderResponse {
        status,
        retry_after: None,
        body: body.as_bytes().to_vec(),
    }
}

fn grant(client: &Client) -> Grant {
    let body = r#"{"access_token":"t0ken","token_type":"bearer","id_token":"a.b.c","scope":""}"#;
    client.read_grant(&answer(200, body)).unwrap()
}

fn query(url: &str) -> Vec<(String, String)> {
    let (_, query) = url.split_once('?').unwrap();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn member<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(known, _)| known == name);
    let first = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{name} stands twice");
    first
}

fn header<'a>(request: &'a ProviderRequest, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.as_str())
}

fn identity(channel: Channel, body: &str) -> Result<Identity, OAuthError> {
    client(channel).read_identity(&answer(200, body))
}

#[test]
fn every_channel_of_social_and_account_has_a_provider() {
    for kind in [AssetType::Social, AssetType::Account] {
        for channel in kind.channels() {
            assert_eq!(provider_of(*channel).unwrap().channel, *channel);
        }
    }
    assert!(provider_of(Channel::Sms).is_none());
}

#[test]
fn two_settings_are_needed_and_addresses_are_the_operator_s() {
    for channel in CHANNELS {
        let provider = provider_of(channel).unwrap();
        let needed: Vec<_> = provider.settings[..2]
            .iter()
            .map(|setting| setting.name)
            .collect();
        assert_eq!(
            Client::from_settings(provider, &Settings::default()).unwrap_err(),
            MissingSettings(needed)
        );
        assert!(provider.settings[1].secret);
        assert!(provider.settings[2..].iter().all(|one| one.operator_only));
        assert!(!provider.settings[..2].iter().any(|one| one.operator_only));
    }
}

#[test]
fn the_person_is_sent_away_with_state_and_what_the_provider_knows() {
    for channel in CHANNELS {
        let url = client(channel).authorization_url(&attempt(), CALLBACK);
        assert!(url.starts_with("https://") && !url.contains('+'), "{url}");
        assert!(!url.contains("cret"), "{url}");
        let pairs = query(&url);
        assert_eq!(member(&pairs, "response_type"), Some("code"));
        assert_eq!(member(&pairs, "redirect_uri"), Some(CALLBACK));
        assert_eq!(member(&pairs, "state"), Some(attempt().state.as_str()));
        let id = if channel == Channel::Tiktok {
            "client_key"
        } else {
            "client_id"
        };
        assert_eq!(member(&pairs, id), Some("the client"));
        let pkce = matches!(
            channel,
            Channel::Github | Channel::Google | Channel::Youtube | Channel::X | Channel::Coinbase
        );
        let challenge = Attempt::challenge(&attempt().verifier);
        assert_eq!(
            member(&pairs, "code_challenge"),
            pkce.then_some(challenge.as_str()),
            "{channel}"
        );
        assert_eq!(
            member(&pairs, "code_challenge_method"),
            pkce.then_some("S256")
        );
        let openid = matches!(
            channel,
            Channel::Google | Channel::Youtube | Channel::Linkedin
        );
        assert_eq!(
            member(&pairs, "nonce"),
            openid.then_some(attempt().nonce.as_str())
        );
    }
}

#[test]
fn addresses_and_scopes_are_those_of_the_documentation() {
    for (channel, address, scope) in [
        (
            Channel::Github,
            "https://github.com/login/oauth/authorize",
            "",
        ),
        (
            Channel::Google,
            "https://accounts.google.com/o/oauth2/v2/auth",
            "openid email",
        ),
        (
            Channel::Facebook,
            "https://www.facebook.com/v23.0/dialog/oauth",
            "public_profile,email",
        ),
        (
            Channel::X,
            "https://x.com/i/oauth2/authorize",
            "tweet.read users.read",
        ),
        (
            Channel::Linkedin,
            "https://www.linkedin.com/oauth/v2/authorization",
            "openid email",
        ),
        (
            Channel::Instagram,
            "https://www.instagram.com/oauth/authorize",
            "instagram_business_basic",
        ),
        (
            Channel::Youtube,
            "https://accounts.google.com/o/oauth2/v2/auth",
            "openid https://www.googleapis.com/auth/youtube.readonly",
        ),
        (
            Channel::Tiktok,
            "https://www.tiktok.com/v2/auth/authorize/",
            "user.info.basic,user.info.profile",
        ),
        (
            Channel::Coinbase,
            "https://login.coinbase.com/oauth2/auth",
            "wallet:user:read wallet:user:email",
        ),
        (
            Channel::Kraken,
            "https://id.kraken.com/oauth/authorize",
            "account.info:basic",
        ),
    ] {
        let url = client(channel).authorization_url(&attempt(), CALLBACK);
        assert_eq!(url.split('?').next(), Some(address));
        assert_eq!(member(&query(&url), "scope"), Some(scope));
    }
}

#[test]
fn a_code_is_exchanged_as_the_provider_wants_it() {
    for channel in CHANNELS {
        let request = client(channel).exchange("c0de/&", "the verifier", CALLBACK);
        assert_eq!(request.method, Method::Post);
        assert!(!request.url.contains('?'));
        assert_eq!(header(&request, "accept"), Some("application/json"));
        let form: Vec<_> = form_urlencoded::parse(&request.body).into_owned().collect();
        assert_eq!(member(&form, "grant_type"), Some("authorization_code"));
        assert_eq!(member(&form, "code"), Some("c0de/&"));
        assert_eq!(member(&form, "redirect_uri"), Some(CALLBACK));
        let basic = matches!(channel, Channel::X | Channel::Kraken);
        assert_eq!(
            header(&request, "authorization"),
            basic.then_some("Basic dGhlIGNsaWVudDpzJmNyZXQ=")
        );
        assert_eq!(member(&form, "client_secret"), (!basic).then_some("s&cret"));
        let in_form = !basic && channel != Channel::Tiktok;
        assert_eq!(member(&form, "client_id"), in_form.then_some("the client"));
        assert_eq!(
            member(&form, "client_key"),
            (channel == Channel::Tiktok).then_some("the client")
        );
        let pkce = member(
            &query(&client(channel).authorization_url(&attempt(), CALLBACK)),
            "code_challenge",
        )
        .is_some();
        assert_eq!(
            member(&form, "code_verifier"),
            pkce.then_some("the verifier"),
            "{channel}"
        );
    }
}

#[test]
fn operators_may_put_other_addresses() {
    let channel = Channel::Google;
    let mut settings = settings(channel);
    settings.set("GOOGLE_AUTHORIZE_URL", "http://127.0.0.1:9/auth?tenant=1");
    settings.set("GOOGLE_TOKEN_URL", "http://127.0.0.1:9/token");
    settings.set("GOOGLE_KEYS_URL", "http://127.0.0.1:9/keys/");
    let client = Client::from_settings(provider_of(channel).unwrap(), &settings).unwrap();
    let url = client.authorization_url(&attempt(), CALLBACK);
    assert!(url.starts_with("http://127.0.0.1:9/auth?tenant=1&response_type=code&"));
    assert_eq!(
        client.exchange("c", "v", CALLBACK).url,
        "http://127.0.0.1:9/token"
    );
    assert_eq!(
        client.keys_request().unwrap().url,
        "http://127.0.0.1:9/keys"
    );
}

#[test]
fn what_a_code_was_exchanged_for() {
    let github = client(Channel::Github);
    for good in [
        r#"{"access_token":"gho_16C7","scope":"","token_type":"bearer"}"#,
        r#"{"data":[{"access_token":"EAACE","user_id":"1020","permissions":"instagram_business_basic"}]}"#,
        r#"{"access_token":"t","error":[]}"#,
    ] {
        assert!(github.read_grant(&answer(200, good)).is_ok(), "{good}");
    }
    let long = format!(r#"{{"access_token":"{}"}}"#, "a".repeat(9_000));
    for odd in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"access_token":""}"#,
        r#"{"access_token":7}"#,
        r#"{"access_token":"a\nb"}"#,
        r#"{"access_token":"a\r\nx-evil: 1"}"#,
        r#"{"data":[]}"#,
        r#"{"data":[{"access_token":"a"},{"access_token":"b"}]}"#,
        "access_token=gho_16C7&scope=&token_type=bearer",
        &long,
    ] {
        assert_eq!(
            github.read_grant(&answer(200, odd)).unwrap_err(),
            OAuthError::Provider(ProviderError::Unreadable),
            "{odd}"
        );
    }
    assert_eq!(
        github
            .read_grant(&answer(200, r#"{"error":"bad_verification_code"}"#))
            .unwrap_err(),
        OAuthError::CodeRefused
    );
}

#[test]
fn an_openid_provider_gives_an_id_token_or_nothing() {
    for channel in [Channel::Google, Channel::Youtube, Channel::Linkedin] {
        let read = client(channel).read_grant(&answer(200, r#"{"access_token":"t"}"#));
        assert_eq!(
            read.unwrap_err(),
            OAuthError::Provider(ProviderError::Unreadable)
        );
        assert!(client(channel).keys_request().is_some());
    }
    assert!(client(Channel::Github).keys_request().is_none());
}

#[test]
fn the_question_who_it_is() {
    for (channel, url) in [
        (Channel::Github, "https://api.github.com/user"),
        (Channel::X, "https://api.x.com/2/users/me"),
        (
            Channel::Instagram,
            "https://graph.instagram.com/v23.0/me?fields=user_id%2Cusername",
        ),
        (
            Channel::Youtube,
            "https://www.googleapis.com/youtube/v3/channels?part=id%2Csnippet&mine=true&maxResults=1",
        ),
        (
            Channel::Tiktok,
            "https://open.tiktokapis.com/v2/user/info/?fields=open_id%2Cusername",
        ),
        (Channel::Coinbase, "https://api.coinbase.com/v2/user"),
        (Channel::Kraken, "https://api.kraken.com/oauth/userinfo"),
    ] {
        let client = client(channel);
        let request = client.identity_request(&grant(&client)).unwrap();
        assert_eq!(request.url, url);
        assert_eq!(request.method, Method::Get);
        assert_eq!(header(&request, "authorization"), Some("Bearer t0ken"));
        assert!(header(&request, "user-agent").is_some());
        assert!(!request.url.contains("t0ken"), "{channel}");
    }
    let facebook = client(Channel::Facebook);
    let request = facebook.identity_request(&grant(&facebook)).unwrap();
    assert!(
        request
            .url
            .starts_with("https://graph.facebook.com/v23.0/me?fields=id%2Cemail&appsecret_proof=")
    );
    for channel in [Channel::Google, Channel::Linkedin] {
        let client = client(channel);
        assert!(client.identity_request(&grant(&client)).is_none());
    }
}

#[test]
fn documented_answers_say_who_it_is() {
    for (channel, body, subject, username, email) in [
        (
            Channel::Github,
            r#"{"login":"octocat","id":583231,"node_id":"MDQ6","type":"User","email":"octocat@github.com"}"#,
            "583231",
            Some("octocat"),
            None,
        ),
        (
            Channel::X,
            r#"{"data":{"id":"2244994945","name":"X Dev","username":"XDevelopers"}}"#,
            "2244994945",
            Some("XDevelopers"),
            None,
        ),
        (
            Channel::Instagram,
            r#"{"user_id":"17841405793187218","username":"some.name","id":"9"}"#,
            "17841405793187218",
            Some("some.name"),
            None,
        ),
        (
            Channel::Instagram,
            r#"{"data":[{"user_id":17841405793187218,"username":"some.name"}]}"#,
            "17841405793187218",
            Some("some.name"),
            None,
        ),
        (
            Channel::Youtube,
            r#"{"kind":"youtube#channelListResponse","items":[{"id":"UC_x5XG1OV2P6uZZ5FSM9Ttw","snippet":{"title":"T","customUrl":"@some"}}]}"#,
            "UC_x5XG1OV2P6uZZ5FSM9Ttw",
            Some("@some"),
            None,
        ),
        (
            Channel::Tiktok,
            r#"{"data":{"user":{"open_id":"723f24d7","username":"some.name"}},"error":{"code":"ok","message":"","log_id":"2022"}}"#,
            "723f24d7",
            Some("some.name"),
            None,
        ),
        (
            Channel::Facebook,
            r#"{"id":"100004","email":"one@example.com"}"#,
            "100004",
            None,
            Some("one@example.com"),
        ),
        (
            Channel::Facebook,
            r#"{"id":"100004"}"#,
            "100004",
            None,
            None,
        ),
        (
            Channel::Coinbase,
            r#"{"data":{"id":"9da7a204-544e-5fd1-9a12-61176c5d4cd8","name":"User One","username":null,"email":"user1@example.com","resource":"user"}}"#,
            "9da7a204-544e-5fd1-9a12-61176c5d4cd8",
            None,
            Some("user1@example.com"),
        ),
        (
            Channel::Kraken,
            r#"{"email":"user1@example.com","iiban":"AA38 N84G OZ5B BRJI"}"#,
            "AA38 N84G OZ5B BRJI",
            None,
            Some("user1@example.com"),
        ),
        (
            Channel::Kraken,
            r#"{"error":[],"result":{"email":"user1@example.com","iiban":"AA38 N84G OZ5B BRJI"}}"#,
            "AA38 N84G OZ5B BRJI",
            None,
            Some("user1@example.com"),
        ),
    ] {
        let expected = Identity {
            subject: subject.into(),
            username: username.map(Into::into),
            email: email.map(Into::into),
        };
        assert!(identity(channel, body) == Ok(expected), "{channel} {body}");
    }
}

#[test]
fn answers_of_another_form_say_nothing() {
    let unreadable = OAuthError::Provider(ProviderError::Unreadable);
    for channel in CHANNELS {
        for odd in [
            "",
            "null",
            "[]",
            "{}",
            "<html><title>Log in</title>",
            r#"{"data":{}}"#,
            r#"{"id":"","login":"","username":"","user_id":"","iiban":"","data":{"id":"","username":""}}"#,
            r#"{"data":[]}"#,
            r#"{"id":1e99}"#,
            r#"{"id":null,"login":null}"#,
        ] {
            let read = identity(channel, odd);
            let nobody = channel == Channel::Youtube && odd.starts_with('{');
            if nobody {
                assert_eq!(read, Err(OAuthError::NoAccount), "{odd}");
            } else {
                assert_eq!(read, Err(unreadable.clone()), "{channel} {odd}");
            }
        }
    }
}

#[test]
fn what_a_person_did_not_allow() {
    let tiktok = r#"{"data":{"user":{"open_id":"723f24d7"}},"error":{"code":"ok"}}"#;
    assert_eq!(
        identity(Channel::Tiktok, tiktok),
        Err(OAuthError::NotAllowed)
    );
    let scope = answer(
        401,
        r#"{"data":{},"error":{"code":"scope_not_authorized"}}"#,
    );
    assert_eq!(
        client(Channel::Tiktok).read_identity(&scope),
        Err(OAuthError::NotAllowed)
    );
    for channel in [
        Channel::Github,
        Channel::Youtube,
        Channel::Coinbase,
        Channel::Kraken,
    ] {
        for status in [401, 403] {
            assert_eq!(
                client(channel).read_identity(&answer(status, "{}")),
                Err(OAuthError::NotAllowed)
            );
        }
        assert_eq!(
            client(channel).read_identity(&answer(503, "")),
            Err(ProviderError::Unavailable { status: 503 }.into())
        );
    }
    assert_eq!(
        identity(
            Channel::Kraken,
            r#"{"error":["EAccount:Invalid permissions"]}"#
        ),
        Err(OAuthError::NotAllowed)
    );
    let meta =
        r#"{"error":{"message":"(#200) Missing permission","type":"OAuthException","code":200}}"#;
    assert_eq!(
        client(Channel::Facebook).read_identity(&answer(400, meta)),
        Err(OAuthError::NotAllowed)
    );
}

#[test]
fn nothing_secret_is_printed() {
    let client = client(Channel::Github);
    let grant = grant(&client);
    let printed = format!(
        "{client:?} {grant:?} {:?} {:?}",
        client.exchange("c0de", "verifier", CALLBACK),
        client.identity_request(&grant)
    );
    for secret in ["cret", "t0ken", "c0de", "a.b.c"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}
