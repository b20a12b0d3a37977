-- KEYS: receipt, article. ARGV: receipt id, error.
local state = redis.call('HGET', KEYS[1], 'state')
if state and OPEN[state] then
  step(KEYS[1], 'dead_lettered', now_ms(), ARGV[2])
  if redis.call('HGET', KEYS[2], 'receipt') == ARGV[1] then
    redis.call('HSET', KEYS[2], 'dead', '1')
  end
end
