"""The Lua scripts of the delivery layer: each is one step that no crash can cut in half.

Only commands of Redis 6.2 are used. An entry is settled only while it is pending for the consumer
that asks: a worker that was stopped for longer than the claim time must not speak for an entry
that another one has taken over.
"""

_OURS = """
local function ours(id)
  -- A group that was destroyed holds nothing: made again at 0, it hands everything out anew.
  local pending = redis.pcall('XPENDING', KEYS[1], ARGV[1], id, id, 1)
  if pending.err then
    if string.find(pending.err, 'NOGROUP', 1, true) then return false end
    error(pending.err)
  end
  return #pending == 1 and pending[1][2] == ARGV[2]
end
"""

HAND_OVER = (
    _OURS
    + """
-- KEYS: source stream, attempts hash, output streams..., guard keys...
-- ARGV: group, consumer, entry id, number of outputs, events..., guard values...
if not ours(ARGV[3]) then return 'lost' end
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
)

PUBLISH = """
-- KEYS: streams..., guard keys... ARGV: number of outputs, events..., guard values...
-- Appends events that no entry caused, if what they were computed from still stands.
local outputs = tonumber(ARGV[1])
for i = outputs + 1, #KEYS do
  if (redis.call('GET', KEYS[i]) or '') ~= ARGV[1 + i] then return 0 end
end
for i = 1, outputs do redis.call('XADD', KEYS[i], '*', '__data__', ARGV[1 + i]) end
return 1
"""

FAIL = (
    _OURS
    + """
-- KEYS: source stream, attempts hash. ARGV: group, consumer, entry id, error.
-- Counts an own failure and answers {attempts, first error}; {0, ''} if the entry is not ours.
if not ours(ARGV[3]) then return {0, ''} end
redis.call('HSETNX', KEYS[2], ARGV[3] .. ':first', ARGV[4])
local attempts = redis.call('HINCRBY', KEYS[2], ARGV[3], 1)
return {attempts, redis.call('HGET', KEYS[2], ARGV[3] .. ':first')}
"""
)

BURY = (
    _OURS
    + """
-- KEYS: source stream, attempts hash, target stream. ARGV: group, consumer, entry id, fields...
if not ours(ARGV[3]) then return 'lost' end
redis.call('XADD', KEYS[3], '*', unpack(ARGV, 4))
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('HDEL', KEYS[2], ARGV[3], ARGV[3] .. ':first')
return 'done'
"""
)

KEEP = (
    _OURS
    + """
-- KEYS: stream. ARGV: group, consumer, entry ids...
-- Restarts the idle time of the entries that are still ours and answers their ids.
local kept = {}
for i = 3, #ARGV do
  if ours(ARGV[i]) then
    -- Redis 7 would forget that a deleted entry is pending, and refuse what is made of it.
    if #redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i]) > 0 then
      redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    end
    kept[#kept + 1] = ARGV[i]
  end
end
return kept
"""
)

ACKNOWLEDGE_DELETED = """
-- KEYS: stream, attempts hash. ARGV: group, entry ids...
-- Acknowledges the pending entries that are no longer in the stream and answers their ids.
local deleted = {}
for i = 2, #ARGV do
  local gone = #redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i]) == 0
  if gone and redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) == 1 then
    redis.call('HDEL', KEYS[2], ARGV[i], ARGV[i] .. ':first')
    deleted[#deleted + 1] = ARGV[i]
  end
end
return deleted
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

_ORDER_OF_IDS = """
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)%-?(%d*)$')
  return tonumber(ms), tonumber(seq) or 0
end
local function before(one, other)
  local ms, seq = parts(one)
  local other_ms, other_seq = parts(other)
  return ms < other_ms or (ms == other_ms and seq < other_seq)
end
local function after(id)
  local ms, seq = parts(id)
  return string.format('%.0f-%.0f', ms, seq + 1)
end
local function fields(flat)
  local found = {}
  for i = 1, #flat, 2 do found[flat[i]] = flat[i + 1] end
  return found
end
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
"""

TRIM = (
    _ORDER_OF_IDS
    + """
-- KEYS: stream, holds, trimmed. ARGV: retention in ms, groups that must exist...
-- Answers how many entries went.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local floor = string.format('%.0f-0', now_ms() - tonumber(ARGV[1]))
local found = {}
for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = fields(row)
  found[group.name] = true
  local first = after(group['last-delivered-id'])
  if group.pending > 0 then first = redis.call('XPENDING', KEYS[1], group.name)[2] end
  if before(first, floor) then floor = first end
end
for i = 2, #ARGV do
  if not found[ARGV[i]] then return 0 end
end
local held = redis.call('HGETALL', KEYS[2])
for i = 1, #held, 2 do
  local position, ends = string.match(held[i + 1], '^(%S+) (%d+)$')
  if tonumber(ends) < now_ms() then
    redis.call('HDEL', KEYS[2], held[i])
  elseif string.match(held[i], '^%S+') == KEYS[1] and before(position, floor) then
    floor = position
  end
end
local cut = redis.call('XTRIM', KEYS[1], 'MINID', '~', floor)
if cut > 0 then redis.call('HSET', KEYS[3], KEYS[1], floor) end
return cut
"""
)

HOLD = (
    _ORDER_OF_IDS
    + """
-- KEYS: stream, holds, trimmed. ARGV: holder, first id to keep or '$', lease in ms.
-- Answers the id held; nothing if entries from there on are gone.
local position = ARGV[2]
if position == '$' then
  position = '0-1'
  if redis.call('EXISTS', KEYS[1]) == 1 then
    position = after(fields(redis.call('XINFO', 'STREAM', KEYS[1]))['last-generated-id'])
  end
end
if before(position, redis.call('HGET', KEYS[3], KEYS[1]) or '0-0') then return false end
local ends = string.format('%.0f', now_ms() + tonumber(ARGV[3]))
redis.call('HSET', KEYS[2], KEYS[1] .. ' ' .. ARGV[1], position .. ' ' .. ends)
return position
"""
)

BACKLOG = (
    _ORDER_OF_IDS
    + """
-- KEYS: streams. Answers for each of their groups {stream, group, ms that the oldest entry waits
-- which nobody was handed, pending}; under group '' those of all entries. 0 ms means that none
-- waits: also one that has just come, or is from a clock ahead, waits for 1.
local now, found = now_ms(), {}
local function waited(stream, from)
  local oldest = redis.call('XRANGE', stream, from, '+', 'COUNT', 1)[1]
  if not oldest then return '0' end
  return string.format('%.0f', math.max(1, now - parts(oldest[1])))
end
for _, stream in ipairs(KEYS) do
  if redis.call('EXISTS', stream) == 1 then
    found[#found + 1] = { stream, '', waited(stream, '-'), 0 }
    for _, row in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
      local group = fields(row)
      local untried = waited(stream, '(' .. group['last-delivered-id'])
      found[#found + 1] = { stream, group.name, untried, group.pending }
    end
  end
end
return found
"""
)
