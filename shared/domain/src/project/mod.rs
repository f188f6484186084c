//! How a tenant presents itself to people: the name, the look, and the addresses to which people are
//! led back. One project belongs to an organisation, whatever the environment. It must never hold
//! anything that could act as markup, style or script where it is shown.

mod logo;
#[cfg(test)]
mod logo_tests;
mod redirect;
#[cfg(test)]
mod tests;

pub use logo::{Logo, MAX_LOGO_BYTES, MAX_LOGO_SIDE};
pub use redirect::RedirectUrl;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::identifier;
use crate::object::Object;
use crate::patch::Patch;
use crate::tenant::Environment;
use crate::timestamp::Timestamp;

/// Characters of a name.
pub const MAX_NAME: usize = 100;
/// Corners, in pixels.
pub const MAX_RADIUS: u8 = 24;
/// Addresses that one project may have.
pub const MAX_REDIRECT_URLS: usize = 20;

/// The settings as they are stored. The picture itself is fetched by its digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// What people read; the organisation's own name where it gave no other.
    pub name: String,
    pub branding: Branding,
    pub redirect_urls: Vec<RedirectUrl>,
    pub updated_at: Option<Timestamp>,
}

/// How its pages look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Branding {
    /// `#rrggbb`, in lower case.
    pub accent: Option<String>,
    /// Of corners, in pixels.
    pub radius: Option<u8>,
    /// The digest of the logo.
    pub logo: Option<String>,
}

impl Branding {
    /// Where the logo is, on the host of this system.
    pub fn logo_path(&self) -> Option<String> {
        self.logo
            .as_ref()
            .map(|digest| format!("/verify/logos/{digest}.png"))
    }
}

impl Project {
    /// Whether a person may be led to this address; gives it in its normal form. What is registered
    /// allows itself and everything below it, with any query.
    pub fn allows_redirect(&self, url: &str, environment: Environment) -> Result<String, ApiError> {
        let wanted = redirect::parse_target(url)
            .map_err(|why| ApiError::field("redirect_url", why.to_string()))?;
        if self
            .redirect_urls
            .iter()
            .any(|known| known.counts_in(environment) && known.allows(&wanted))
        {
            return Ok(wanted.into());
        }
        Err(ApiError::field(
            "redirect_url",
            "is not at or below an address that your project has registered (PATCH /api/v1/project)",
        ))
    }

    /// The settings as the API shows them.
    pub fn view(&self, public_url: &str) -> ProjectView {
        ProjectView {
            name: self.name.clone(),
            branding: BrandingView {
                accent: self.branding.accent.clone(),
                radius: self.branding.radius,
                logo_url: self
                    .branding
                    .logo_path()
                    .map(|path| format!("{public_url}{path}")),
            },
            redirect_urls: self
                .redirect_urls
                .iter()
                .map(|url| url.as_str().to_owned())
                .collect(),
            updated_at: self.updated_at,
        }
    }
}

/// How you present yourself to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectView {
    /// What people read when you ask for something; your organisation's name where you set no other.
    #[schema(example = "Acme")]
    pub name: String,
    pub branding: BrandingView,
    /// Where people may be led after a verification request: these addresses and everything below them.
    #[schema(example = json!(["https://app.example.com/verified"]))]
    pub redirect_urls: Vec<String>,
    /// When the settings were last changed; absent if they never were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
}

/// How your pages look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Branding)]
pub struct BrandingView {
    /// The colour of buttons and links.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "#0b5fff")]
    pub accent: Option<String>,
    /// How round corners are, in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 8, maximum = 24)]
    pub radius: Option<u8>,
    /// Where your logo is. Anybody can fetch it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://proof.example/verify/logos/5d41402abc4b2a76b9719d911017c592.png")]
    pub logo_url: Option<String>,
}

/// What to change. What is not named stays as it is; `null` takes a setting away.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProject {
    /// What people read. `null`: your organisation's name.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Acme", min_length = 1, max_length = 100)]
    pub name: Patch<String>,
    /// How your pages look. `null`: as this system's own.
    #[serde(default)]
    #[schema(value_type = Option<UpdateBranding>)]
    pub branding: Patch<Object<UpdateBranding>>,
    /// The complete list of addresses to which people may be led, at most 20: `https`, or in test
    /// mode `http` on `localhost`, `127.0.0.1` or `[::1]`; without user name, query and fragment.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, example = json!(["https://app.example.com/verified"]), max_items = 20)]
    pub redirect_urls: Patch<Vec<String>>,
}

/// What to change of the look.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateBranding {
    /// `#rrggbb`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "#0b5fff", pattern = "^#[0-9a-fA-F]{6}$")]
    pub accent: Patch<String>,
    /// Pixels.
    #[serde(default)]
    #[schema(value_type = Option<u8>, example = 8, maximum = 24)]
    pub radius: Patch<u8>,
    /// A PNG of at most 512 by 512 pixels and 32 KB, as a data URI (`data:image/png;base64,…`).
    /// Nothing but the picture is kept of it.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "data:image/png;base64,iVBORw0KGgo…")]
    pub logo: Patch<String>,
}

impl std::fmt::Debug for UpdateBranding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UpdateBranding(…)")
    }
}

/// A change that passed every rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectChange {
    pub name: Patch<String>,
    pub accent: Patch<String>,
    pub radius: Patch<u8>,
    pub logo: Patch<Logo>,
    pub redirect_urls: Patch<Vec<RedirectUrl>>,
}

impl UpdateProject {
    /// Checks everything. `own_host` is the host of this system, to which nobody is led back.
    pub fn plan(self, own_host: &str) -> Result<ProjectChange, ApiError> {
        let branding = match self.branding {
            Patch::Keep => UpdateBranding::default(),
            Patch::Set(Object(branding)) => branding,
            Patch::Clear => UpdateBranding {
                accent: Patch::Clear,
                radius: Patch::Clear,
                logo: Patch::Clear,
            },
        };
        Ok(ProjectChange {
            name: self.name.try_map(|name| clean_name(&name))?,
            accent: branding.accent.try_map(|accent| colour(&accent))?,
            radius: branding.radius.try_map(radius)?,
            logo: branding.logo.try_map(|logo| {
                Logo::from_data_uri(&logo)
                    .map_err(|why| ApiError::field("branding.logo", why.to_string()))
            })?,
            redirect_urls: self
                .redirect_urls
                .try_map(|urls| addresses(&urls, own_host))?,
        })
    }
}

/// People decide by this name whom they trust: it has to be read as it is written.
fn clean_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if !(1..=MAX_NAME).contains(&name.chars().count()) {
        return Err(ApiError::field("name", "must have 1 to 100 characters"));
    }
    // Joiners belong to the writing of several languages and to emoji.
    let joins = |c| matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0f}');
    if name
        .chars()
        .any(|c| identifier::is_invisible(c) && !joins(c))
    {
        return Err(ApiError::field(
            "name",
            "must not hold control characters, or others that are not seen or change the direction of writing",
        ));
    }
    if !name.chars().any(char::is_alphanumeric) {
        return Err(ApiError::field("name", "must hold a letter or a digit"));
    }
    Ok(name.to_owned())
}

fn colour(text: &str) -> Result<String, ApiError> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(ApiError::field(
        "branding.accent",
        "must be a colour as #rrggbb",
    ))
}

fn radius(pixels: u8) -> Result<u8, ApiError> {
    if pixels <= MAX_RADIUS {
        return Ok(pixels);
    }
    Err(ApiError::field(
        "branding.radius",
        "must be between 0 and 24",
    ))
}

fn addresses(urls: &[String], own_host: &str) -> Result<Vec<RedirectUrl>, ApiError> {
    if urls.len() > MAX_REDIRECT_URLS {
        return Err(ApiError::field(
            "redirect_urls",
            "must have at most 20 addresses",
        ));
    }
    let mut known: Vec<RedirectUrl> = Vec::with_capacity(urls.len());
    for (at, url) in urls.iter().enumerate() {
        let url = RedirectUrl::parse(url, own_host)
            .map_err(|why| ApiError::field(format!("redirect_urls[{at}]"), why.to_string()))?;
        if !known.contains(&url) {
            known.push(url);
        }
    }
    Ok(known)
}
