//! Where the person is led at the end, and what is told there.

use url::{Url, form_urlencoded};

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
        // What stood there under our names must not be taken for ours. The rest is the tenant's and
        // stays as it was written.
        let mut parts: Vec<&str> = url.query().unwrap_or_default().split('&').collect();
        parts.retain(|part| !part.is_empty() && !told.iter().any(|(ours, _)| is_named(part, ours)));
        let ours = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&told)
            .finish();
        parts.push(&ours);
        let query = parts.join("&");
        url.set_query(Some(&query));
        Some(url.into())
    }
}

/// Whether a part of a query is read under this name.
fn is_named(part: &str, name: &str) -> bool {
    form_urlencoded::parse(part.as_bytes()).any(|(found, _)| found == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
    fn what_the_tenant_wrote_stays_as_it_was_written() {
        const OURS: &str = "verification_request_id=010101010101010101010101&status=cancelled";
        for (given, kept) in [
            ("flag", "flag&"),
            (
                "next=/a%20b+c&x=%C5%BE&=&a=1;b=2",
                "next=/a%20b+c&x=%C5%BE&=&a=1;b=2&",
            ),
            ("st%61tus=completed&statuses=all", "statuses=all&"),
            ("", ""),
        ] {
            let url = format!("https://shop.example/done?{given}#top");
            let expected = format!("https://shop.example/done?{kept}{OURS}#top");
            assert_eq!(request(Some(&url), None).way_back(), Some(expected));
        }
    }

    proptest! {
        #[test]
        fn ours_are_there_once_and_theirs_are_not_touched(
            parts in prop::collection::vec("(status|st%61tus|reference_id|[a-z%+=;~*]{0,6})(=[a-zA-Z0-9%+/?:~ž' ]{0,8})?", 0..6)
        ) {
            let given = Url::parse(&format!("https://shop.example/?{}", parts.join("&"))).unwrap();
            let request = request(Some(given.as_str()), Some("r"));
            let back = Url::parse(&request.way_back().unwrap()).unwrap();
            for (name, value) in [("status", "cancelled"), ("reference_id", "r")] {
                let found: Vec<_> = back.query_pairs().filter(|(found, _)| found == name).collect();
                prop_assert_eq!(found.len(), 1);
                prop_assert_eq!(&found[0].1, value);
            }
            let is_theirs = |part: &&str| {
                let name = form_urlencoded::parse(part.as_bytes()).next().map(|(name, _)| name);
                name.is_some_and(|name| name != "status" && name != "reference_id")
            };
            let theirs = given.query().unwrap().split('&').filter(is_theirs);
            let kept = back.query().unwrap().split('&');
            prop_assert!(theirs.eq(kept.take_while(|part| !part.starts_with("verification_request_id="))));
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
