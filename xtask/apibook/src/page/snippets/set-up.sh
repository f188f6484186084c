export PROOF_URL="https://proof.example"
export PROOF_KEY="pk_test_…"
