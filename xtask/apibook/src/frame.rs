//! What belongs to the whole API and to no function: its name, its tags, its key, and the answers
//! and headers that the door gives before or after any handler.
//! States nothing about a single operation; that is the functions' to say.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorBody, ErrorCode, ErrorObject, FieldProblem};
use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Status;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::tag::{Tag, TagBuilder};
use utoipa::openapi::{
    ContentBuilder, Header, InfoBuilder, LicenseBuilder, ObjectBuilder, Ref, Response,
    ResponseBuilder, ServerBuilder, Type,
};

/// The name of the one security scheme: an API key as a bearer token.
pub const API_KEY: &str = "apiKey";

/// The error, and the words that parameters name: the generator follows bodies, not parameters.
#[derive(OpenApi)]
#[openapi(components(schemas(
    ErrorBody,
    ErrorObject,
    ErrorCode,
    FieldProblem,
    AssetType,
    Channel,
    Environment,
    Status,
    Timestamp,
)))]
struct Schemas;

/// Which operations get an answer that their function did not state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// All under `/api/v1`.
    Api,
    /// Those that ask for a key.
    Secured,
    /// Those that read a body.
    WithBody,
}

/// An answer that the door gives on behalf of many operations.
#[derive(Clone, Copy, Debug)]
pub struct SharedAnswer {
    /// Its name among the components.
    pub name: &'static str,
    pub given: Where,
    pub code: ErrorCode,
    description: &'static str,
    example: &'static str,
}

/// Every such answer, by status.
pub const SHARED_ANSWERS: [SharedAnswer; 7] = [
    SharedAnswer {
        name: "Unauthorized",
        given: Where::Secured,
        code: ErrorCode::Unauthorized,
        description: "The API key is missing, malformed, unknown or revoked.",
        example: "The API key is missing or not valid.",
    },
    SharedAnswer {
        name: "RequestTimeout",
        given: Where::WithBody,
        code: ErrorCode::RequestTimeout,
        description: "The request body did not arrive in time.",
        example: "The request body did not arrive in time.",
    },
    SharedAnswer {
        name: "PayloadTooLarge",
        given: Where::WithBody,
        code: ErrorCode::PayloadTooLarge,
        description: "The request body is larger than allowed.",
        example: "The request body is larger than allowed.",
    },
    SharedAnswer {
        name: "UnsupportedMediaType",
        given: Where::WithBody,
        code: ErrorCode::UnsupportedMediaType,
        description: "The request body is not JSON.",
        example: "Send the body as application/json.",
    },
    SharedAnswer {
        name: "RateLimited",
        given: Where::Api,
        code: ErrorCode::RateLimited,
        description: "Too many requests. `Retry-After` says when to try again.",
        example: "Too many requests. Try again later.",
    },
    SharedAnswer {
        name: "InternalError",
        given: Where::Api,
        code: ErrorCode::InternalError,
        description: "The fault is on this side.",
        example: "Something went wrong on our side.",
    },
    SharedAnswer {
        name: "Unavailable",
        given: Where::Api,
        code: ErrorCode::Unavailable,
        description: "A part of the system cannot answer now; the same request may succeed later.",
        example: "This part of the system cannot answer now.",
    },
];

/// A header that answers carry, and the answers that carry it.
#[derive(Clone, Copy, Debug)]
pub struct SharedHeader {
    pub name: &'static str,
    pub carried: Carried,
    description: &'static str,
    example: Example,
}

/// Which answers carry a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    Always,
    /// By answers under `/api/v1`, once the caller is known and counted.
    Counted,
    /// By answers that ask for a key.
    Unauthorized,
    /// By answers that ask to try again.
    Later,
}

#[derive(Clone, Copy, Debug)]
enum Example {
    Text(&'static str),
    Number(u32),
}

/// Every such header.
pub const SHARED_HEADERS: [SharedHeader; 7] = [
    SharedHeader {
        name: "X-Request-Id",
        carried: Carried::Always,
        description: "The name of this request. Quote it when you ask for help.",
        example: Example::Text("req_5f2b1c0d9e8a7b6c5d4e3f21"),
    },
    SharedHeader {
        name: "RateLimit-Limit",
        carried: Carried::Counted,
        description: "Requests allowed in a minute.",
        example: Example::Number(100),
    },
    SharedHeader {
        name: "RateLimit-Remaining",
        carried: Carried::Counted,
        description: "Requests left in this minute.",
        example: Example::Number(99),
    },
    SharedHeader {
        name: "RateLimit-Reset",
        carried: Carried::Counted,
        description: "Seconds until the minute ends.",
        example: Example::Number(42),
    },
    SharedHeader {
        name: "RateLimit-Policy",
        carried: Carried::Counted,
        description: "Limit and window in one: requests, then seconds.",
        example: Example::Text("100;w=60"),
    },
    SharedHeader {
        name: "Retry-After",
        carried: Carried::Later,
        description: "Seconds after which the same request may succeed.",
        example: Example::Number(17),
    },
    SharedHeader {
        name: "WWW-Authenticate",
        carried: Carried::Unauthorized,
        description: "How to authenticate.",
        example: Example::Text("Bearer"),
    },
];

/// The tags that the API has, in the order in which they are read.
const TAGS: &[(&str, &str)] = &[
    (
        "Verifications",
        "A verification asks a person to show that something is theirs. It waits for an answer and \
         ends verified, failed or expired.",
    ),
    (
        "Domains",
        "The same for a domain in one call: the record to publish, where to publish it, and whether \
         it is there.",
    ),
    (
        "Sessions",
        "A session begins with the phone: the person sends a message, and you learn and have proven \
         from which number.",
    ),
    (
        "Verification requests",
        "A request asks one person for several assets at once, on a page that this service shows \
         them or by calls of your own, and ends when enough of them are verified.",
    ),
    (
        "Proofs",
        "A proof is what a verification leaves behind: a signed token that anyone can check, here \
         or offline, until it expires or is revoked.",
    ),
    (
        "Webhooks",
        "What happens is sent to your endpoints, signed, until they take it; and everything that \
         happened is in the feed, in order.",
    ),
    (
        "Channels",
        "What each channel needs to be used live, and your own accounts with providers.",
    ),
    (
        "Project",
        "How you present yourself to people: your name, your look, and where people may be led back.",
    ),
    (
        "Personal data",
        "Everything about one of your users deleted at your wish, with a receipt.",
    ),
    (
        "Service",
        "What you have used, how the service is, and this description for machines.",
    ),
];

/// The document without any path: what the functions' documents are merged into.
pub fn frame(version: &str) -> Value {
    let mut document = Schemas::openapi();
    document.info = InfoBuilder::new()
        .title("Proof API")
        .version(version)
        .description(Some(
            "Ask a person to prove that a phone number, an e-mail address or a domain is theirs, \
             and receive a signed proof that anyone can check offline.",
        ))
        .license(Some(
            LicenseBuilder::new()
                .name("Apache-2.0")
                .identifier(Some("Apache-2.0"))
                .build(),
        ))
        .build();
    document.servers = Some(vec![
        ServerBuilder::new()
            .url("/")
            .description(Some("The host this document comes from"))
            .build(),
    ]);
    document.tags = Some(
        TAGS.iter()
            .map(|(name, description)| tag(name, description))
            .collect(),
    );
    let components = document.components.get_or_insert_default();
    components.security_schemes.insert(
        API_KEY.to_owned(),
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .bearer_format("API key")
                .description(Some(
                    "`Authorization: Bearer pk_live_…`, or `pk_test_…` in test mode, where nothing \
                 is sent and nothing is counted.",
                ))
                .build(),
        )
        .into(),
    );
    for header in SHARED_HEADERS {
        components
            .headers
            .insert(header.name.to_owned(), header.component().into());
    }
    for answer in SHARED_ANSWERS {
        components
            .responses
            .insert(answer.name.to_owned(), answer.component().into());
    }
    serde_json::to_value(document).unwrap_or_default()
}

fn tag(name: &str, description: &str) -> Tag {
    TagBuilder::new()
        .name(name)
        .description(Some(description))
        .build()
}

impl SharedAnswer {
    pub fn status(&self) -> String {
        self.code.status().to_string()
    }

    fn component(&self) -> Response {
        let error = ApiError::new(self.code, self.example);
        let example = json!(ErrorBody::new(&error, "req_5f2b1c0d9e8a7b6c5d4e3f21"));
        ResponseBuilder::new()
            .description(self.description)
            .content(
                "application/json",
                ContentBuilder::new()
                    .schema(Some(Ref::from_schema_name("Error")))
                    .example(Some(example))
                    .build(),
            )
            .build()
    }
}

impl SharedHeader {
    fn component(&self) -> Header {
        let (kind, example) = match self.example {
            Example::Text(text) => (Type::String, Value::from(text)),
            Example::Number(number) => (Type::Integer, Value::from(number)),
        };
        let schema = ObjectBuilder::new()
            .schema_type(kind)
            .examples([example])
            .build();
        HeaderBuilder::new()
            .description(Some(self.description))
            .schema(Some(schema))
            .build()
    }
}
