//! Wallets' signatures. They are judged here, outside the object, because a contract wallet has to
//! be asked over a node; the object is told the judgement and decides by its state at that moment.
//! Whatever the node does wrong is never taken for the wallet's word.

use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::VerificationView;
use proof_evidence::exchange::ProviderError;
use proof_evidence::settings::MissingSettings;
use proof_evidence::wallet::ethereum::{Alone, ContractQuestion, EthereumRpc, Verdict};
use proof_evidence::wallet::{Finding, SignatureError, check};

use crate::answer::Raw;
use crate::channels::settings;
use crate::objects::{MessageToSign, Verifications};
use crate::providers;
use crate::scope::Scope;

/// Seconds after which the node may be asked again, if it does not say.
const PATIENCE: u32 = 5;

/// A signature was submitted for a verification.
pub async fn submit(
    scope: &Scope,
    owner: Owner,
    id: Id,
    signature: &str,
) -> Result<Raw<VerificationView>, ApiError> {
    let objects = Verifications::of(scope);
    let wanted = objects.message(owner.clone(), id).await?;
    let genuine = is_genuine(scope, &wanted, signature).await?;
    objects.signed(owner, id, genuine).await
}

async fn is_genuine(
    scope: &Scope,
    wanted: &MessageToSign,
    signature: &str,
) -> Result<bool, ApiError> {
    let found = check(wanted.channel, &wanted.address, &wanted.message, signature);
    match found.map_err(refusal)? {
        Finding::Genuine => Ok(true),
        Finding::Wrong => Ok(false),
        Finding::AskContract(question) => ask(scope, &question).await,
    }
}

async fn ask(scope: &Scope, question: &ContractQuestion) -> Result<bool, ApiError> {
    let settings = settings(scope, None, Channel::Ethereum).await?;
    let rpc = match EthereumRpc::from_settings(&settings) {
        Ok(rpc) => rpc,
        Err(missing) => return without_contract(question, Some(missing)),
    };
    let verdict = match providers::send(rpc.ask(question)).await {
        Ok(response) => rpc.read(&response),
        Err(error) => Err(error),
    };
    match verdict.map_err(|error| unavailable(&error))? {
        Verdict::Genuine => Ok(true),
        Verdict::Refused => Ok(false),
        Verdict::NoContract => without_contract(question, None),
    }
}

/// What the signature is worth by itself: there is no contract, or no node that knows it.
fn without_contract(
    question: &ContractQuestion,
    missing: Option<MissingSettings>,
) -> Result<bool, ApiError> {
    match (question.alone(), missing) {
        (Alone::Malformed(error), _) => Err(refusal(error)),
        (Alone::Undecided, Some(MissingSettings(names))) => Err(ApiError::of_field(
            ErrorCode::ChannelNotConfigured,
            "signature",
            format!(
                "only a contract could have made this signature, and contract wallets are not \
                 configured. The operator must set {}.",
                names.join(", ")
            ),
        )),
        (Alone::Wrong, _) | (Alone::Undecided, None) => Ok(false),
    }
}

fn refusal(error: SignatureError) -> ApiError {
    match error {
        SignatureError::Address => ApiError::internal("a wallet that cannot be checked"),
        _ => ApiError::field("signature", error.to_string()),
    }
}

fn unavailable(error: &ProviderError) -> ApiError {
    let mut refusal = ApiError::new(
        ErrorCode::RpcUnavailable,
        "The node that knows contract wallets does not answer as it should. Send the same \
         signature again.",
    );
    refusal.retry_after = Some(match error {
        ProviderError::RateLimited {
            retry_after: Some(seconds),
        } => (*seconds).clamp(1, 600),
        _ => PATIENCE,
    });
    refusal.internal = Some(format!("ETHEREUM_RPC_URL: {error}"));
    refusal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(signature: &str) -> ContractQuestion {
        let address = "0x52908400098527886E0F7030069857D2E4169EE7";
        match check(Channel::Ethereum, address, "m", signature) {
            Ok(Finding::AskContract(question)) => question,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn without_a_node_keys_are_judged_all_the_same() {
        let missing = || Some(MissingSettings(vec!["ETHEREUM_RPC_URL"]));
        let of_a_key = question(&format!("0x{}1b", "01".repeat(64)));
        assert_eq!(without_contract(&of_a_key, missing()), Ok(false));
        assert_eq!(without_contract(&of_a_key, None), Ok(false));
        let odd = question(&format!("0x{}1f", "01".repeat(64)));
        for missing in [None, missing()] {
            let refused = without_contract(&odd, missing).unwrap_err();
            assert_eq!(refused.code, ErrorCode::ValidationError);
        }
        let of_a_contract = question("0x");
        let refused = without_contract(&of_a_contract, missing()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::ChannelNotConfigured);
        assert!(refused.message.contains("ETHEREUM_RPC_URL"));
        assert_eq!(without_contract(&of_a_contract, None), Ok(false));
    }

    /// Nothing of the node's answer or address reaches the caller.
    #[test]
    fn a_node_that_fails_is_said_to_be_unavailable() {
        for (error, patience) in [
            (ProviderError::Timeout, PATIENCE),
            (ProviderError::refused("json_rpc_3"), PATIENCE),
            (
                ProviderError::RateLimited {
                    retry_after: Some(60),
                },
                60,
            ),
            (
                ProviderError::RateLimited {
                    retry_after: Some(100_000),
                },
                600,
            ),
        ] {
            let refused = unavailable(&error);
            assert_eq!(refused.code, ErrorCode::RpcUnavailable);
            assert_eq!(refused.code.status(), 503);
            assert_eq!(refused.retry_after, Some(patience));
            assert!(!refused.message.contains("json_rpc"));
        }
    }
}
