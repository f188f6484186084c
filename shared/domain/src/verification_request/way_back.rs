//! Where the person is led at the end, and what is told there.

use url::Url;

use super::VerificationRequest;

impl VerificationRequest {
    /// The tenant's address with what it may want to know of the request, once that is over. It was
    /// held against what the tenant registered when the request was made, and comes from nowhere else.
    pub fn way_back(&self) -> Option<String> {
        if !self.status.is_terminal() {
            return None;
        }
        let mut url = Url::parse(self.plan.redirect_url.as_deref()?).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let mut told = vec![
            ("verification_request_id", self.id.to_string()),
            ("status", self.status.as_str().to_owned()),
        ];
        if let Some(reference) = &self.plan.reference_id {
            told.push(("reference_id", reference.clone()));
        }
        // What stood there under our names must not be taken for ours.
        let own: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(name, _)| !told.iter().any(|(ours, _)| ours == name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(own)
            .extend_pairs(told);
        Some(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::AssetType;
    use crate::id::Id;
    use crate::tenant::{Environment, Owner};
    use crate::timestamp::Timestamp;
    use crate::verification_request::{CreateVerificationRequest, RequestedAsset};

    fn request(redirect_url: Option<&str>, reference_id: Option<&str>) -> VerificationRequest {
        let plan = CreateVerificationRequest {
            assets: vec![RequestedAsset {
                kind: AssetType::Email,
                identifier: None,
                channel: None,
                allowed_channels: None,
                required: None,
            }],
            redirect_url: redirect_url.map(str::to_owned),
            reference_id: reference_id.map(str::to_owned),
            ..CreateVerificationRequest::default()
        };
        let owner = Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        };
        let mut request = VerificationRequest::new(
            Id::from_bytes([1; 12]),
            owner,
            "Acme".into(),
            plan.plan("proof.example").unwrap(),
            "f".into(),
            false,
            Timestamp::from_seconds(0),
        );
        request.cancel(Timestamp::from_seconds(1)).unwrap();
        request
    }

    #[test]
    fn the_tenant_learns_which_request_it_was_and_how_it_ended() {
        for (given, expected) in [
            (
                "https://shop.example/done",
                "https://shop.example/done?verification_request_id=010101010101010101010101&status=cancelled&reference_id=a%26b%3D%3Cc%3E",
            ),
            (
                "https://shop.example/done?cart=7&status=completed&status=x",
                "https://shop.example/done?cart=7&verification_request_id=010101010101010101010101&status=cancelled&reference_id=a%26b%3D%3Cc%3E",
            ),
        ] {
            let request = request(Some(given), Some("a&b=<c>"));
            assert_eq!(request.way_back().as_deref(), Some(expected));
        }
    }

    #[test]
    fn there_is_none_before_the_end_or_to_what_is_no_page() {
        let mut open = request(Some("https://shop.example"), None);
        open.status = crate::verification_request::RequestStatus::Partial;
        assert_eq!(open.way_back(), None);
        assert_eq!(request(None, None).way_back(), None);
        for odd in ["javascript:alert(1)", "data:text/html,x", "//shop.example"] {
            assert_eq!(request(Some(odd), None).way_back(), None, "{odd}");
        }
    }
}
