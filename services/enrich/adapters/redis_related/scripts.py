"""The Lua scripts of the memory: each for one article, but POST for postings, LIFTED for embargoes.

Those that a batch calls for many articles are run as `per_article` has it.
"""

SET_RECORD = """
-- KEYS: record, card, older terms, untold. ARGV: version, record, card ('' for none).
-- 1 if this is now the record; 0 if a newer one stands.
local old = redis.call('GET', KEYS[1])
if old and struct.unpack('>I8', old) > tonumber(ARGV[1]) then return 0 end
if old and old ~= ARGV[2] and string.byte(old, 17) > 0 then
  redis.call('APPEND', KEYS[3], string.sub(old, 18, 17 + 4 * string.byte(old, 17)))
end
local card = redis.call('GET', KEYS[2])
if card and card ~= ARGV[3] then redis.call('SET', KEYS[4], redis.sha1hex(ARGV[3])) end
redis.call('SET', KEYS[1], ARGV[2])
if ARGV[3] == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], ARGV[3]) end
return 1
"""

POST = """
-- KEYS: postings, all of one slot. ARGV: how many to read on either side, then for each posting the
-- member to write and its time.
-- Answers for each posting the members around that time, written one after another.
local around = {}
for at, posting in ipairs(KEYS) do
  local member, time = ARGV[2 * at], ARGV[2 * at + 1]
  redis.call('ZADD', posting, time, member)
  around[at] = table.concat(
    redis.call('ZREVRANGEBYSCORE', posting, time, '-inf', 'LIMIT', 0, ARGV[1])
  ) .. table.concat(
    redis.call('ZRANGEBYSCORE', posting, '(' .. time, '+inf', 'LIMIT', 0, ARGV[1])
  )
end
return around
"""

AROUND = """
-- KEYS: list, back references, pinned in, copies, older terms, untold.
return {
  redis.call('ZRANGE', KEYS[1], 0, -1),
  redis.call('ZRANGE', KEYS[2], 0, -1),
  redis.call('ZRANGE', KEYS[3], 0, -1),
  redis.call('ZRANGE', KEYS[4], 0, -1),
  redis.call('GET', KEYS[5]) or '',
  redis.call('GET', KEYS[6]) or ''
}
"""

LINK = """
-- KEYS: list, state, record, back references.
-- ARGV: version of the list's article as 8 bytes, kept, shown, how many arguments say who comes to
-- list that article, these (a zero before each); then by threes a member, its score (0: take it
-- out) and its kinship.
-- Answers whether the list is to be announced (-1: nothing is known, the article has moved; 0: no;
-- 1: yes; 2: soon, because it shows what was taken out), whether the article it followed is no
-- longer so near, how often it was announced and when last, and the members no longer listed.
if redis.call('GETRANGE', KEYS[3], 0, 7) ~= ARGV[1] then return {-1, 0, false, false} end
local links = 5 + ARGV[4]
for at = 5, links - 1, 1000 do
  redis.call('ZADD', KEYS[4], unpack(ARGV, at, math.min(at + 999, links - 1)))
end
-- By bytes, as Python has it: Lua's own order is that of the server's locale.
local function precedes(one, other)
  for at = 1, #one do
    local a, b = string.byte(one, at), string.byte(other, at)
    if a ~= b then return b and a < b end
  end
  return false
end
local kept, shown = tonumber(ARGV[2]), tonumber(ARGV[3])
local state = redis.call('HMGET', KEYS[2], 'kin', 'dirty', 'refreshes', 'refreshed')
local kin, nearest = 0, ''
if state[1] and string.sub(state[1], 1, 8) == ARGV[1] then
  kin, nearest = tonumber(string.sub(state[1], 9, 13)), string.sub(state[1], 14)
end
local before_kin, before_nearest = kin, nearest
local size = redis.call('ZCARD', KEYS[1])
local function is_shown(member)
  return size <= shown or redis.call('ZREVRANK', KEYS[1], member) < shown
end
local changed, taken_out, lost, answer = false, false, 0, {0, 0, state[3], state[4]}
local new, first = {}, size == 0
for at = links, #ARGV, 3 do
  local member, score, near = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  if member == nearest and near < kin then
    kin, lost = near, 1
    if kin == 0 then nearest = '' end
  elseif near > kin or (near > 0 and near == kin and precedes(member, nearest)) then
    kin, nearest = near, member
  end
  local old = tonumber(not first and redis.call('ZSCORE', KEYS[1], member) or 0)
  local refused = false
  if #ARGV == links + 2 and size >= kept and old == 0 and score > 0 and member ~= nearest then
    -- By itself the least of a full list would be gone again below, so it never comes in.
    refused = score < tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])
  end
  if score == 0 or refused then answer[#answer + 1] = member end
  if first and score > 0 then
    new[#new + 1] = score
    new[#new + 1] = member
  elseif score ~= old and not refused then
    local before = old > 0 and is_shown(member)
    if score == 0 then
      size = size - redis.call('ZREM', KEYS[1], member)
    else
      size = size + redis.call('ZADD', KEYS[1], score, member)
    end
    local after = score > 0 and is_shown(member)
    changed = changed or before or after
    taken_out = taken_out or (before and not after)
  end
end
if #new > 0 then
  size = redis.call('ZADD', KEYS[1], unpack(new))
  changed = true
end
for _ = kept + 1, size do
  local least = redis.call('ZRANGE', KEYS[1], 0, 1)
  -- The article it follows stays, so that whoever takes that one out finds this one.
  local gone = least[1] == nearest and least[2] or least[1]
  redis.call('ZREM', KEYS[1], gone)
  answer[#answer + 1] = gone
end
if kin ~= before_kin or nearest ~= before_nearest then
  changed = true
  redis.call('HSET', KEYS[2], 'kin', ARGV[1] .. string.format('%05d', kin) .. nearest)
end
if changed and not state[2] then redis.call('HSET', KEYS[2], 'dirty', 1) end
if changed or state[2] then answer[1] = taken_out and 2 or 1 end
answer[2] = lost
return answer
"""

UNLISTED = """
-- KEYS: back references. ARGV: who does not list the article any more.
for at = 1, #ARGV, 1000 do
  redis.call('ZREM', KEYS[1], unpack(ARGV, at, math.min(at + 999, #ARGV)))
end
return 1
"""

READ = """
-- KEYS: list, state, choices. Takes the next number together with what is read.
redis.call('HDEL', KEYS[2], 'dirty')
local number = redis.call('HINCRBY', KEYS[2], 'number', 1)
local state = redis.call('HMGET', KEYS[2], 'announced', 'kin', 'story')
return {
  number, redis.call('ZREVRANGE', KEYS[1], 0, -1, 'WITHSCORES'), redis.call('GET', KEYS[3]) or '',
  state[1] or '', state[2] or '', state[3] or ''
}
"""

TELL = """
-- KEYS: state. ARGV: story. 1 if it was told as part of another one before.
local old = redis.call('HGET', KEYS[1], 'story')
redis.call('HSET', KEYS[1], 'story', ARGV[1])
return old and old ~= ARGV[1] and 1 or 0
"""

ANNOUNCED = """
-- KEYS: state. ARGV: number, digest, now, seconds after which it counts anew how often it was
-- announced. Remembers what was published last.
local state = redis.call('HMGET', KEYS[1], 'last', 'refreshes', 'refreshed')
if tonumber(state[1] or 0) >= tonumber(ARGV[1]) then return 0 end
local quiet = tonumber(ARGV[3]) - tonumber(state[3] or 0) >= tonumber(ARGV[4])
local refreshes = quiet and 1 or state[2] + 1
redis.call('HSET', KEYS[1], 'last', ARGV[1], 'announced', ARGV[2])
redis.call('HSET', KEYS[1], 'refreshes', refreshes, 'refreshed', ARGV[3])
return refreshes
"""

CHOOSE = """
-- KEYS: choices, state. ARGV: number of the decision, choices. 0 if a newer decision stands.
if tonumber(redis.call('HGET', KEYS[2], 'choice') or 0) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[2], 'choice', ARGV[1])
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""

FORGET = """
-- KEYS: a string. ARGV: what it was. Nothing is forgotten that came meanwhile.
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""

LIFTED = """
-- KEYS: embargoes. ARGV: now, members. Strikes off those that have not been put off meanwhile.
for at = 2, #ARGV do
  local time = redis.call('ZSCORE', KEYS[1], ARGV[at])
  if time and tonumber(time) <= tonumber(ARGV[1]) then redis.call('ZREM', KEYS[1], ARGV[at]) end
end
return 1
"""
