//! The book of the real functions: both documents are whole, and the guide speaks only of what
//! there is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use proof_apibook::book::Book;
use proof_apibook::pointer;
use serde_json::Value;

#[test]
fn both_documents_are_whole() {
    let book = Book::of_functions().unwrap();
    for document in [&book.openapi_3_1, &book.openapi_3_0] {
        assert_eq!(pointer::dangling(document), []);
    }
    assert_eq!(book.openapi_3_1["openapi"], "3.1.0");
    assert_eq!(book.openapi_3_0["openapi"], "3.0.3");
    let paths = |document: &Value| -> Vec<String> {
        document["paths"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(paths(&book.openapi_3_1), paths(&book.openapi_3_0));
    for path in [
        "/api/v1/verifications",
        "/api/v1/proofs/validate",
        "/health",
    ] {
        assert!(
            paths(&book.openapi_3_0).iter().any(|known| known == path),
            "{path}"
        );
    }
}

#[test]
fn the_guide_speaks_only_of_paths_that_exist() {
    let book = Book::of_functions().unwrap();
    let snippets = [
        include_str!("../src/page/snippets/first-proof.sh"),
        include_str!("../src/page/snippets/fetch-stream.mjs"),
        include_str!("../src/page/snippets/offline.mjs"),
    ];
    let text = snippets
        .concat()
        .replace("$ID\"\ncurl -X POST \"$V", "{id}");
    let text = text.replace("${id}", "{id}").replace("$ID", "{id}");
    let is_path = |letter: char| letter.is_ascii_alphanumeric() || "/{}-_.".contains(letter);
    let mut found = 0;
    for start in ["/api/v1/", "/.well-known/"] {
        for (at, _) in text.match_indices(start) {
            let path: String = text[at..]
                .chars()
                .take_while(|letter| is_path(*letter))
                .collect();
            assert!(
                book.openapi_3_1["paths"].get(&path).is_some(),
                "{path} is not in the API"
            );
            found += 1;
        }
    }
    assert_eq!(found, 6);
}

#[test]
fn every_error_code_is_explained() {
    let book = Book::of_functions().unwrap();
    let codes = book.openapi_3_1["components"]["schemas"]["ErrorCode"]["enum"]
        .as_array()
        .unwrap();
    assert!(codes.len() >= 20);
    for code in codes {
        let name = code.as_str().unwrap();
        assert!(
            book.page.contains(&format!("<code>{name}</code></th>")),
            "{name}"
        );
    }
}
