"""The Lua scripts of the memory; each but TAKE touches the keys of one article only."""

SET_RECORD = """
-- KEYS: record, card, older terms. ARGV: version, record, card ('' for none).
-- 1 if this is now the record; 0 if a newer one stands.
local old = redis.call('GET', KEYS[1])
if old and struct.unpack('>I8', old) > tonumber(ARGV[1]) then return 0 end
if old and old ~= ARGV[2] then
  redis.call('APPEND', KEYS[3], string.sub(old, 18, 17 + 4 * string.byte(old, 17)))
end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[3] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[3]) end
return 1
"""

LINK = """
-- KEYS: list, state, record of the list's article.
-- ARGV: version of that article as 8 bytes, member, score (0: take it out), kept, shown, many.
-- Answers what is to be announced (-1: nothing is known, the article has moved; 0: nothing; 1: the
-- list; 2: the list, as so often), and the member that is no longer listed.
if redis.call('GETRANGE', KEYS[3], 0, 7) ~= ARGV[1] then return {-1, ''} end
local member, score, shown = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
local old = tonumber(redis.call('ZSCORE', KEYS[1], member) or 0)
local gone = score == 0 and member or ''
if score ~= old then
  local before = redis.call('ZREVRANK', KEYS[1], member)
  if score == 0 then
    redis.call('ZREM', KEYS[1], member)
  else
    redis.call('ZADD', KEYS[1], score, member)
    if redis.call('ZCARD', KEYS[1]) > tonumber(ARGV[4]) then
      gone = redis.call('ZPOPMIN', KEYS[1])[1]
    end
  end
  local after = redis.call('ZREVRANK', KEYS[1], member)
  if (before and before < shown) or (after and after < shown) then
    redis.call('HSET', KEYS[2], 'dirty', 1)
  end
end
if redis.call('HEXISTS', KEYS[2], 'dirty') == 0 then return {0, gone} end
local refreshes = tonumber(redis.call('HGET', KEYS[2], 'refreshes') or 0)
return {refreshes >= tonumber(ARGV[6]) and 2 or 1, gone}
"""

READ = """
-- KEYS: list, state, choices. Takes the next number together with the list and the choices.
redis.call('HDEL', KEYS[2], 'dirty')
local number = redis.call('HINCRBY', KEYS[2], 'number', 1)
local announced = redis.call('HGET', KEYS[2], 'announced') or ''
local list = redis.call('ZREVRANGE', KEYS[1], 0, -1, 'WITHSCORES')
return {number, announced, list, redis.call('GET', KEYS[3]) or ''}
"""

ANNOUNCED = """
-- KEYS: state. ARGV: number, digest. Remembers what was published last.
local last = tonumber(redis.call('HGET', KEYS[1], 'last') or 0)
if last >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'last', ARGV[1], 'announced', ARGV[2])
return redis.call('HINCRBY', KEYS[1], 'refreshes', 1)
"""

CHOOSE = """
-- KEYS: choices, state. ARGV: number of the decision, choices. 0 if a newer decision stands.
if tonumber(redis.call('HGET', KEYS[2], 'choice') or 0) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[2], 'choice', ARGV[1])
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""

CLEANED = """
-- KEYS: older terms. ARGV: the terms taken back. Nothing is forgotten that came meanwhile.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""

TAKE = """
-- KEYS: due, taken. ARGV: now, most, lease. Moves what is due; what was taken long ago is due, too.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
  redis.call('ZREM', KEYS[2], member)
  redis.call('ZADD', KEYS[1], 'NX', ARGV[1], member)
end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(due) do
  redis.call('ZREM', KEYS[1], member)
  redis.call('ZADD', KEYS[2], ARGV[1] + ARGV[3], member)
end
return due
"""
