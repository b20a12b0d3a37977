-- Keeps the answer to a batch. ARGV: fingerprint of the request, outcome, answer.
remember(KEYS[1], unpack(ARGV))
