-- KEYS: dead letters, their stream, receipt, article, open receipts.
-- ARGV: id of the dead letter, receipt id, the time as text. Answers 1, or 0 if it is gone.
local dead, stream, receipt, article, open = unpack(KEYS)
local id, receipt_id, now_text = unpack(ARGV)
if not replay(dead, stream, id) then return 0 end
if redis.call('HGET', receipt, 'state') == 'dead_lettered' then
  local about = redis.call('HMGET', receipt, 'at:enriched', 'detail:dead_lettered', 'revision')
  redis.call('HSET', receipt, 'state', about[1] and 'enriched' or 'accepted',
    'detail:dead_lettered', (about[2] or '') .. '; replayed at ' .. now_text)
  redis.call('ZADD', open, about[3], receipt_id)
  redis.call('EXPIRE', open, redis.call('TTL', receipt))
  if redis.call('HGET', article, 'receipt') == receipt_id then
    redis.call('HSET', article, 'dead', '0')
  end
end
return 1
