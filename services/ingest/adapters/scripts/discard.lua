-- KEYS: dead letters, receipt, article. ARGV: id of the dead letter, receipt id, error.
-- Answers 1, or 0 if it is gone.
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
dead_letter(KEYS[2], KEYS[3], ARGV[2], ARGV[3])
if redis.call('HGET', KEYS[2], 'state') == 'dead_lettered' then
  local detail = redis.call('HGET', KEYS[2], 'detail:dead_lettered') or ''
  redis.call('HSET', KEYS[2], 'detail:dead_lettered', detail .. '; discarded')
end
return 1
