"""The Lua scripts of the memory. All its keys share a slot, so each may use any of them.

Only commands of Redis 6.2 are used.
"""

_LAYOUT = """
local POSTED, HEAD, TAIL, NOBODY = 25, 17, 66, string.rep('\\0', 8)

local function terms(record) return string.byte(record, HEAD) or 0 end
local function is_tombstone(record) return #record <= HEAD end
local function day_of(record)
  return math.floor(struct.unpack('>i8', string.sub(record, 9, 16)) / 86400)
end
-- Where the id begins and ends.
local function id_at(record)
  local at = HEAD + 4 * terms(record) + TAIL
  return at + 3, at + 2 + string.byte(record, at + 1) * 256 + string.byte(record, at + 2)
end
-- Behind the id of an article that is not withdrawn: the original of a copy, the time of its last
-- posting, and the story, which is empty until it is decided.
local function state_of(record)
  if not record or is_tombstone(record) then return NOBODY, 0, '' end
  local _, ends = id_at(record)
  local linked_at = struct.unpack('>I8', string.sub(record, ends + 9, ends + 16))
  return string.sub(record, ends + 1, ends + 8), linked_at, string.sub(record, ends + 17)
end
local function postings(record)
  local found = {}
  for at = 0, math.min(terms(record), POSTED) - 1 do
    found[#found + 1] = '{rel}p' .. string.sub(record, HEAD + 1 + 3 * at, HEAD + 3 + 3 * at)
  end
  return found
end
local function post(member, record)
  local time = string.format('%.0f', struct.unpack('>i8', string.sub(record, 9, 16)))
  for _, posting in ipairs(postings(record)) do redis.call('ZADD', posting, time, member) end
end
local function unpost(member, record)
  for _, posting in ipairs(postings(record)) do redis.call('ZREM', posting, member) end
end
"""

# Runs of one script for many articles: one call for all of them.
_FOR_EACH = """
-- ARGV: for each article the number of its arguments and these. Answers for each what `run` does.
local answers, at = {}, 1
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  answers[#answers + 1] = run(unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
return answers
"""

REMEMBER = (
    _LAYOUT
    + """
local function tick()
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  now = math.max(now, tonumber(redis.call('GET', '{rel}clock') or 0) + 1)
  redis.call('SET', '{rel}clock', string.format('%.0f', now))
  return now
end
-- The record becomes the article's, and its postings those of the record, unless a newer version is
-- known. What it is a copy of, and its story, stay until they are decided anew; or they are given,
-- where an article is restored: then it must not be known.
-- Answers {0 where nothing was changed, else 1; the time in milliseconds, later than any before;
-- members of its copies}.
local function run(member, record, restored)
  local key = '{rel}a' .. member
  local old = redis.call('GET', key)
  local version = struct.unpack('>I8', record)
  if old and (restored or struct.unpack('>I8', old) > version) then return {0, tick(), {}} end
  local copy, _, story = state_of(old)
  if restored then copy, story = string.sub(restored, 1, 8), string.sub(restored, 9) end
  if old and string.sub(old, 9, HEAD + 3 * POSTED) ~= string.sub(record, 9, HEAD + 3 * POSTED) then
    unpost(member, old)
  end
  if #record > HEAD and (not restored or copy == NOBODY) then post(member, record) end
  local now = tick()
  if #record > HEAD then
    record = record .. copy .. struct.pack('>I8', now) .. story
  elseif old then
    -- A withdrawn article is forgotten with those of its day.
    record = string.sub(record, 1, 8) .. string.sub(old, 9, 16) .. '\\0'
  end
  redis.call('SET', key, record)
  if not old then redis.call('HINCRBY', '{rel}counts', 'articles', 1) end
  local day = day_of(record)
  if not old or day_of(old) ~= day then
    if redis.call('RPUSH', '{rel}t' .. string.format('%.0f', day), member) == 1 then
      redis.call('ZADD', '{rel}days', day, string.format('%.0f', day))
    end
  end
  if restored and copy ~= NOBODY then redis.call('SADD', '{rel}d' .. copy, member) end
  return {1, now, old and redis.call('SMEMBERS', '{rel}d' .. member) or {}}
end
"""
    + _FOR_EACH
)

AROUND = """
-- KEYS: postings. ARGV: how many to read on either side, then a time for each posting.
-- Answers for each posting the members around that time, written one after another.
local around, side = {}, tonumber(ARGV[1])
for at, posting in ipairs(KEYS) do
  local time = ARGV[at + 1]
  if redis.call('ZCARD', posting) <= 2 * side then
    around[at] = table.concat(redis.call('ZRANGE', posting, 0, -1))
  else
    around[at] = table.concat(
      redis.call('ZREVRANGEBYSCORE', posting, time, '-inf', 'LIMIT', 0, side)
    ) .. table.concat(
      redis.call('ZRANGEBYSCORE', posting, '(' .. time, '+inf', 'LIMIT', 0, side)
    )
  end
end
return around
"""

SETTLE = (
    _LAYOUT
    + """
-- Decides what an article is a copy of, and its story. Another one for which that is not decided
-- yet counts as the first of a story where it was posted before, and not at all where it was later:
-- so two workers come to one story, whichever of them is first here.
-- Arguments: its member and version, the least likeness within a story, how many originals it may
-- be a copy of, their members; then by twos the members most like it and their likeness.
-- Answers {1 for the first of the originals and so on, 0 for none; the story}. A newer version of
-- the article is left as it is.
local function run(member, version, least, count, ...)
  local key, given = '{rel}a' .. member, {...}
  local record = redis.call('GET', key)
  if not record or string.sub(record, 1, 8) ~= version or is_tombstone(record) then
    return {0, ''}
  end
  local before, own_time, story = state_of(record)
  local function other(name)
    local its = redis.call('GET', '{rel}a' .. name)
    local its_copy, its_time, its_story = state_of(its)
    if its_story == '' and its_time > 0 and its_time < own_time then
      its_story = string.sub(its, id_at(its))
    end
    return its_copy, its_time, its_story
  end
  local original, copy, chosen, first = 0, NOBODY, '', math.huge
  for at = 1, tonumber(count) do
    local its_copy, its_time, its_story = other(given[at])
    if its_story ~= '' and its_copy == NOBODY and its_time < first then
      original, copy, chosen, first = at, given[at], its_story, its_time
    end
  end
  if original == 0 then
    local stories = {}
    for at = count + 1, #given, 2 do
      local _, _, its_story = other(given[at])
      if its_story ~= '' then
        stories[its_story] = stories[its_story] or {}
        table.insert(stories[its_story], tonumber(given[at + 1]))
      end
    end
    -- How much a story is like it: the mean of the best third of its articles.
    local most = tonumber(least)
    for its_story, alike in pairs(stories) do
      local best, sum = math.ceil(#alike / 3), 0
      for at = 1, best do sum = sum + alike[at] end
      -- While the story that it has will do, it stays.
      if its_story == story and sum / best >= tonumber(least) then
        most, chosen = math.huge, its_story
      elseif sum / best > most or (sum / best == most and (chosen == '' or its_story < chosen)) then
        most, chosen = sum / best, its_story
      end
    end
  end
  if chosen == '' then chosen = string.sub(record, id_at(record)) end
  if copy ~= NOBODY then
    unpost(member, record)
    redis.call('SADD', '{rel}d' .. copy, member)
  elseif before ~= NOBODY then
    -- Another worker may have taken its postings out since this one wrote them.
    post(member, record)
  end
  if before ~= copy and before ~= NOBODY then redis.call('SREM', '{rel}d' .. before, member) end
  local _, ends = id_at(record)
  local posted_at = string.sub(record, ends + 9, ends + 16)
  redis.call('SET', key, string.sub(record, 1, ends) .. copy .. posted_at .. chosen)
  return {original, chosen}
end
"""
    + _FOR_EACH
)

FORGET = (
    _LAYOUT
    + """
-- ARGV: how many. Forgets articles of the oldest day; answers how many it looked at.
-- Nothing here needs memory: it must work when there is none left.
local day = redis.call('ZRANGE', '{rel}days', 0, 0)[1]
if not day then return 0 end
local list = '{rel}t' .. day
local members = redis.call('LPOP', list, ARGV[1]) or {}
if redis.call('EXISTS', list) == 0 then redis.call('ZREM', '{rel}days', day) end
local forgotten = 0
for _, member in ipairs(members) do
  local record = redis.call('GET', '{rel}a' .. member)
  if record and day_of(record) == tonumber(day) then
    unpost(member, record)
    redis.call('DEL', '{rel}a' .. member, '{rel}d' .. member)
    forgotten = forgotten + 1
  end
end
redis.pcall('HINCRBY', '{rel}counts', 'articles', -forgotten)
redis.pcall('HINCRBY', '{rel}counts', 'forgotten', forgotten)
return #members
"""
)
