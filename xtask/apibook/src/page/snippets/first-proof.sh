# 1. Ask. In test mode nothing is sent and nothing is counted.
curl "$PROOF_URL/api/v1/verifications" \
  -H "Authorization: Bearer $PROOF_KEY" \
  -H "Content-Type: application/json" \
  -d '{"type": "phone", "channel": "whatsapp",
       "identifier": "+37069199199"}'

# 2. Answer in the person's place, with the id from above.
curl -X POST "$PROOF_URL/api/v1/verifications/$ID/test-verify" \
  -H "Authorization: Bearer $PROOF_KEY"

# 3. Check the proof_token that came back.
curl "$PROOF_URL/api/v1/proofs/validate" \
  -H "Authorization: Bearer $PROOF_KEY" \
  -H "Content-Type: application/json" \
  -d "{\"proof_token\": \"$TOKEN\"}"
