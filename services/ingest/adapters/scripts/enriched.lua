-- KEYS: receipt.
if redis.call('HGET', KEYS[1], 'state') == 'accepted' then step(KEYS[1], 'enriched', now_ms()) end
