# 1. Ask. Nothing is sent, nothing is counted.
curl "$PROOF_URL/api/v1/verifications" \
  -H "Authorization: Bearer $PROOF_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "type": "phone",
    "channel": "whatsapp",
    "identifier": "+37069199199"
  }'

# 2. Answer for the person. ID is from above.
V="$PROOF_URL/api/v1/verifications/$ID"
curl -X POST "$V/test-verify" \
  -H "Authorization: Bearer $PROOF_KEY"

# 3. Check. TOKEN is the proof_token from above.
curl "$PROOF_URL/api/v1/proofs/validate" \
  -H "Authorization: Bearer $PROOF_KEY" \
  -H "Content-Type: application/json" \
  -d "{\"proof_token\": \"$TOKEN\"}"
