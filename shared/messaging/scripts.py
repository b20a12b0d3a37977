"""The Lua scripts of the delivery layer: each is one step that no crash can cut in half.

Only commands of Redis 6.2 are used. An entry is settled only while it is pending for the consumer
that asks: a worker that was stopped for longer than the claim time must not speak for an entry
that another one has taken over.
"""

HAND_OVER = """
-- KEYS: source stream, attempts hash, output streams..., guard keys...
-- ARGV: group, consumer, entry id, number of outputs, events..., guard values...
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if #pending == 0 or pending[1][2] ~= ARGV[2] then return 'lost' end
local outputs = tonumber(ARGV[4])
for i = 3 + outputs, #KEYS do
  local value = redis.call('GET', KEYS[i]) or ''
  if value ~= ARGV[2 + i] then return 'moved' end
end
for i = 1, outputs do
  redis.call('XADD', KEYS[2 + i], '*', '__data__', ARGV[4 + i])
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[3], ARGV[3] .. ':first')
return 'done'
"""

FAIL = """
-- KEYS: source stream, attempts hash. ARGV: group, consumer, entry id, error.
-- Counts an own failure and answers {attempts, first error}; {0, ''} if the entry is not ours.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if #pending == 0 or pending[1][2] ~= ARGV[2] then return {0, ''} end
redis.call('HSETNX', KEYS[2], ARGV[3] .. ':first', ARGV[4])
local attempts = redis.call('HINCRBY', KEYS[2], ARGV[3], 1)
return {attempts, redis.call('HGET', KEYS[2], ARGV[3] .. ':first')}
"""

BURY = """
-- KEYS: source stream, attempts hash, target stream. ARGV: group, consumer, entry id, fields...
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if #pending == 0 or pending[1][2] ~= ARGV[2] then return 'lost' end
redis.call('XADD', KEYS[3], '*', unpack(ARGV, 4))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[3], ARGV[3] .. ':first')
return 'done'
"""

KEEP = """
-- KEYS: stream. ARGV: group, consumer, entry ids...
-- Restarts the idle time of the entries that are still ours and answers their ids.
local kept = {}
for i = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1)
  if #pending == 1 and pending[1][2] == ARGV[2] then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    kept[#kept + 1] = ARGV[i]
  end
end
return kept
"""

REMOVE_CONSUMER = """
-- KEYS: stream. ARGV: group, consumer. Deletes the consumer only if nothing is pending for it.
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2])
if #pending > 0 then return 0 end
redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
return 1
"""

UNPARK = """
-- KEYS: parked stream, source stream. ARGV: parked id, event. Puts one entry back to be read.
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', '__data__', ARGV[2])
return 1
"""
