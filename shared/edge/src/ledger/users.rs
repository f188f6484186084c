//! Users: the verifications that a tenant created under a name of its own, grouped by that name. One
//! round trip for each list; the index `verifications_of_users` holds what is grouped.

use std::collections::HashMap;

use proof_domain::asset::AssetType;
use proof_domain::error::ApiError;
use proof_domain::page::PageRequest;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{
    ListedVerification, SHOWN_OF_EACH, UserDetails, UserProof, UserVerification, VerifiedUser,
    VerifiedUserList, types_in_order,
};
use serde::Deserialize;
use serde_json::json;

use super::filter::Count;
use super::verifications::{COLUMNS, Row};
use super::{Ledger, Statement};

/// What a name has proven: the partial index is chosen by exactly these conditions.
const PROVEN: &str = "organisation_id = ?1 AND environment = ?2
    AND external_user_id IS NOT NULL AND status = 'verified'";

/// A page of names, the one that proved something last first.
fn page_of_names() -> String {
    format!(
        "SELECT external_user_id, COUNT(*) AS count, GROUP_CONCAT(DISTINCT type) AS types,
                MIN(verified_at) AS first_at, MAX(verified_at) AS last_at
         FROM verifications WHERE {PROVEN}
         GROUP BY external_user_id ORDER BY last_at DESC, external_user_id LIMIT ?3 OFFSET ?4"
    )
}

fn count_of_names() -> String {
    format!("SELECT COUNT(DISTINCT external_user_id) AS total FROM verifications WHERE {PROVEN}")
}

/// The newest verifications of each name of a page.
fn rows_of_names() -> String {
    format!(
        "SELECT {COLUMNS} FROM (
           SELECT {COLUMNS}, ROW_NUMBER() OVER (
             PARTITION BY external_user_id ORDER BY verified_at DESC, id) AS place
           FROM verifications
           WHERE {PROVEN} AND external_user_id IN (
             SELECT external_user_id FROM (
               SELECT external_user_id, MAX(verified_at) AS last_at FROM verifications
               WHERE {PROVEN} GROUP BY external_user_id
               ORDER BY last_at DESC, external_user_id LIMIT ?3 OFFSET ?4)))
         WHERE place <= ?5 ORDER BY external_user_id, place"
    )
}

#[derive(Deserialize)]
struct Name {
    external_user_id: String,
    count: u64,
    types: String,
    first_at: i64,
    last_at: i64,
}

#[derive(Deserialize)]
struct Whole {
    count: u64,
    types: Option<String>,
    first_at: Option<i64>,
    last_at: Option<i64>,
}

fn types(list: &str) -> Vec<AssetType> {
    types_in_order(list.split(',').filter_map(|name| name.parse().ok()))
}

impl Ledger {
    /// A page of the owner's users who have proven something.
    pub async fn users(
        &self,
        owner: &Owner,
        page: PageRequest,
    ) -> Result<VerifiedUserList, ApiError> {
        let base = [json!(owner.organisation), json!(owner.environment)];
        let of_page = [&base[..], &[json!(page.limit), json!(page.offset())]].concat();
        let of_rows = [&of_page[..], &[json!(SHOWN_OF_EACH)]].concat();
        let (names, counts, rows): (Vec<Name>, Vec<Count>, Vec<Row>) = self
            .run(&[
                Statement::of(page_of_names(), of_page),
                Statement::of(count_of_names(), base.to_vec()),
                Statement::of(rows_of_names(), of_rows),
            ])
            .await?;
        let mut proofs: HashMap<String, Vec<UserProof>> = HashMap::new();
        for row in rows {
            let listed = ListedVerification::from(row);
            if let (Some(name), Some(proof)) =
                (listed.external_user_id.clone(), UserProof::of(&listed))
            {
                proofs.entry(name).or_default().push(proof);
            }
        }
        let data = names
            .into_iter()
            .map(|name| VerifiedUser {
                verifications: proofs.remove(&name.external_user_id).unwrap_or_default(),
                external_user_id: name.external_user_id,
                verification_count: name.count,
                types_verified: types(&name.types),
                first_verified_at: Timestamp::from_seconds(name.first_at),
                last_verified_at: Timestamp::from_seconds(name.last_at),
            })
            .collect();
        let total = counts.first().map_or(0, |count| count.total);
        Ok(VerifiedUserList {
            data,
            pagination: page.of_total(total),
        })
    }

    /// One user with a page of all their verifications; `None` if the name was never given.
    pub async fn user(
        &self,
        owner: &Owner,
        name: &str,
        page: PageRequest,
        now: Timestamp,
    ) -> Result<Option<UserDetails>, ApiError> {
        let conditions = "organisation_id = ?1 AND environment = ?2 AND external_user_id = ?3";
        let base = [
            json!(owner.organisation),
            json!(owner.environment),
            json!(name),
        ];
        let of_page = [&base[..], &[json!(page.limit), json!(page.offset())]].concat();
        let whole = format!(
            "SELECT COUNT(*) AS count,
                    GROUP_CONCAT(DISTINCT CASE WHEN status = 'verified' THEN type END) AS types,
                    MIN(CASE WHEN status = 'verified' THEN verified_at END) AS first_at,
                    MAX(CASE WHEN status = 'verified' THEN verified_at END) AS last_at
             FROM verifications WHERE {conditions}"
        );
        let rows = format!(
            "SELECT {COLUMNS} FROM verifications WHERE {conditions}
             ORDER BY created_at DESC, id LIMIT ?4 OFFSET ?5"
        );
        let (wholes, rows): (Vec<Whole>, Vec<Row>) = self
            .run(&[
                Statement::of(whole, base.to_vec()),
                Statement::of(rows, of_page),
            ])
            .await?;
        let Some(whole) = wholes.into_iter().next().filter(|whole| whole.count > 0) else {
            return Ok(None);
        };
        Ok(Some(UserDetails {
            external_user_id: name.to_owned(),
            verification_count: whole.count,
            types_verified: whole.types.as_deref().map(types).unwrap_or_default(),
            verifications: rows
                .into_iter()
                .map(|row| UserVerification::of(&row.into(), now))
                .collect(),
            first_verified_at: whole.first_at.map(Timestamp::from_seconds),
            last_verified_at: whole.last_at.map(Timestamp::from_seconds),
            pagination: page.of_total(whole.count),
        }))
    }
}
