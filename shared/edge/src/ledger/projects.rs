//! How organisations present themselves to people.

use proof_domain::error::ApiError;
use proof_domain::project::{Branding, Logo, Project, ProjectChange, RedirectUrl};
use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Ledger, Statement};
use crate::log::{self, Event};

#[derive(Deserialize)]
struct Row {
    organisation_id: String,
    organisation_name: String,
    name: Option<String>,
    accent: Option<String>,
    radius: Option<u8>,
    logo_hash: Option<String>,
    redirect_urls: Option<String>,
    updated_at: Option<i64>,
}

#[derive(Deserialize)]
struct Picture {
    logo: String,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            name: row.name.unwrap_or(row.organisation_name),
            branding: Branding {
                accent: row.accent,
                radius: row.radius,
                logo: row.logo_hash,
            },
            redirect_urls: row.redirect_urls.map_or_else(Vec::new, |list| {
                read_redirect_urls(&row.organisation_id, &list)
            }),
            updated_at: row.updated_at.map(Timestamp::from_seconds),
        }
    }
}

/// One that cannot be read leads nobody anywhere, and takes none of the others with it.
fn read_redirect_urls(organisation: &str, list: &str) -> Vec<RedirectUrl> {
    let note = |error: serde_json::Error| {
        log::write(&Event {
            level: "error",
            event: "redirect_urls",
            id: organisation,
            error: Some(&error.to_string()),
        });
    };
    let urls: Vec<Value> = serde_json::from_str(list).map_err(note).unwrap_or_default();
    urls.into_iter()
        .filter_map(|url| serde_json::from_value(url).map_err(note).ok())
        .collect()
}

const PROJECT: &str = "SELECT o.id AS organisation_id, o.name AS organisation_name, p.name, p.accent, p.radius, p.logo_hash,
         p.redirect_urls, p.updated_at
  FROM organisations o LEFT JOIN projects p ON p.organisation_id = o.id
  WHERE o.id = ?1";

impl Ledger {
    /// The organisation's settings, without the picture itself. Whoever never set any has the
    /// default ones.
    pub async fn project(&self, organisation: &str) -> Result<Project, ApiError> {
        let row: Option<Row> = self
            .row(Statement::of(PROJECT, vec![json!(organisation)]))
            .await?;
        row.map(Into::into).ok_or_else(ApiError::not_found)
    }

    /// Changes what is named and nothing else, and gives the settings as they are then. Of two
    /// simultaneous changes of different settings both are kept.
    pub async fn update_project(
        &self,
        organisation: &str,
        change: &ProjectChange,
        at: Timestamp,
    ) -> Result<Project, ApiError> {
        let urls = change.redirect_urls.value().map(serde_json::to_string);
        let urls = urls.transpose().map_err(|error| {
            ApiError::internal(format!("redirect_urls could not be written: {error}"))
        })?;
        let logo = change.logo.value();
        let mut columns: Vec<(&str, Value)> = vec![("updated_at", json!(at.seconds()))];
        if !change.name.is_keep() {
            columns.push(("name", json!(change.name.value())));
        }
        if !change.accent.is_keep() {
            columns.push(("accent", json!(change.accent.value())));
        }
        if !change.radius.is_keep() {
            columns.push(("radius", json!(change.radius.value())));
        }
        if !change.logo.is_keep() {
            columns.push(("logo", json!(logo.map(Logo::base64))));
            columns.push(("logo_hash", json!(logo.map(Logo::digest))));
        }
        if !change.redirect_urls.is_keep() {
            columns.push(("redirect_urls", json!(urls.as_deref().unwrap_or("[]"))));
        }
        // The names are those above; what the caller gave is in the parameters.
        let sql = upsert(columns.iter().map(|(name, _)| *name));
        let parameters = std::iter::once(json!(organisation))
            .chain(columns.into_iter().map(|(_, value)| value))
            .collect();
        let (_, rows): (Vec<Value>, Vec<Row>) = self
            .run(&[
                Statement::of(sql, parameters),
                Statement::of(PROJECT, vec![json!(organisation)]),
            ])
            .await?;
        let row = rows.into_iter().next();
        row.map(Into::into).ok_or_else(ApiError::not_found)
    }

    /// The picture of this digest.
    pub async fn logo(&self, digest: &str) -> Result<Option<Vec<u8>>, ApiError> {
        let picture: Option<Picture> = self
            .row(Statement::of(
                "SELECT logo FROM projects WHERE logo_hash = ?1 LIMIT 1",
                vec![json!(digest)],
            ))
            .await?;
        Ok(picture.and_then(|picture| Logo::png_of(&picture.logo)))
    }
}

fn upsert<'a>(columns: impl Iterator<Item = &'a str> + Clone) -> String {
    let names: Vec<_> = columns.clone().collect();
    let places: Vec<_> = (2..names.len() + 2).map(|at| format!("?{at}")).collect();
    let set: Vec<_> = columns
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    format!(
        "INSERT INTO projects (organisation_id, {}) VALUES (?1, {})
         ON CONFLICT (organisation_id) DO UPDATE SET {}",
        names.join(", "),
        places.join(", "),
        set.join(", ")
    )
}
