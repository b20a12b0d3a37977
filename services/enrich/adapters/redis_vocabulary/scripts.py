"""The Lua scripts of the vocabulary: each is one step, of commands of Redis 6.2."""

_PRELUDE = """
local TAGS = '{tags}:'

-- Of a language the most frequent form; of equals the first by its bytes, so that all agree.
local function most_frequent(slug, language)
  local flat = redis.call('HGETALL', TAGS .. 'forms:' .. slug)
  local best, most = '', 0
  for i = 1, #flat, 2 do
    local count = tonumber(flat[i + 1])
    if string.match(flat[i], '^[^\\t]*') == language
      and (count > most or (count == most and flat[i] < best)) then
      best, most = flat[i], count
    end
  end
  return best
end
"""

COUNT = (
    _PRELUDE
    + """
-- KEYS: of. ARGV: article, version, language, uses as JSON, now, pause in seconds, longest pause.
-- Answers the most frequent form of each slug, in order. An older version counts nothing.
local article, version, language, now = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[5])
local before = redis.call('HMGET', KEYS[1], 'version', 'uses')
local uses = cjson.decode(ARGV[4])
local touched = {}

local function count(slug, form, by)
  if form ~= '' then
    local forms = TAGS .. 'forms:' .. slug
    if redis.call('HINCRBY', forms, form, by) <= 0 then redis.call('HDEL', forms, form) end
  end
  touched[slug .. '\\n' .. (form == '' and language or string.match(form, '^[^\\t]*'))] = slug
end

if version >= tonumber(before[1] or -1) then
  local was, is = {}, {}
  for _, use in ipairs(cjson.decode(before[2] or '[]')) do was[use[1]] = use[2] end
  for _, use in ipairs(uses) do is[use[1]] = use[2] end
  for slug, form in pairs(was) do
    if is[slug] ~= form then count(slug, form, -1) end
    if not is[slug] then redis.call('SREM', TAGS .. 'articles:' .. slug, article) end
  end
  for slug, form in pairs(is) do
    if was[slug] ~= form then count(slug, form, 1) end
    if not was[slug] then redis.call('SADD', TAGS .. 'articles:' .. slug, article) end
  end
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'uses', ARGV[4])
end

for at, slug in pairs(touched) do
  local of = string.match(at, '\\n(.*)$')
  local form = most_frequent(slug, of)
  local shown = redis.call('HGET', TAGS .. 'shown:' .. slug, of)
  if form == '' then
    redis.call('HDEL', TAGS .. 'shown:' .. slug, of)
  elseif not shown then
    redis.call('HSET', TAGS .. 'shown:' .. slug, of, form)
  elseif shown ~= form then
    -- The more often it changed, the longer it is left to settle.
    local changes = tonumber(redis.call('HGET', TAGS .. 'shown:' .. slug, 'changes') or 0)
    local pause = math.min(tonumber(ARGV[6]) * 2 ^ changes, tonumber(ARGV[7]))
    redis.call('ZADD', TAGS .. 'changed', 'NX', now + pause, slug)
  end
end

local forms = {}
for i, use in ipairs(uses) do forms[i] = most_frequent(use[1], language) end
return forms
"""
)

MOVED = (
    _PRELUDE
    + """
-- ARGV: now, most. The slugs left to settle for long enough, with 1 where another form than the one
-- shown is the most frequent one by now.
local answers = {}
for _, slug in ipairs(redis.call('ZRANGEBYSCORE', TAGS .. 'changed', '-inf', ARGV[1], 'LIMIT', 0,
    ARGV[2])) do
  local shown, moved = TAGS .. 'shown:' .. slug, 0
  for _, language in ipairs(redis.call('HKEYS', shown)) do
    local form = language ~= 'changes' and most_frequent(slug, language) or ''
    if form ~= '' and form ~= redis.call('HGET', shown, language) then moved = 1 end
  end
  answers[#answers + 1] = {slug, moved}
end
return answers
"""
)

FOLLOW = (
    _PRELUDE
    + """
-- ARGV: slug. From now on its most frequent forms are the ones shown.
local slug, shown, moved = ARGV[1], TAGS .. 'shown:' .. ARGV[1], false
for _, language in ipairs(redis.call('HKEYS', shown)) do
  local form = language ~= 'changes' and most_frequent(slug, language) or ''
  if form ~= '' and form ~= redis.call('HGET', shown, language) then
    redis.call('HSET', shown, language, form)
    moved = true
  end
end
if moved then redis.call('HINCRBY', shown, 'changes', 1) end
redis.call('ZREM', TAGS .. 'changed', slug)
return 1
"""
)

RENAME = """
-- ARGV: slug, name, number. Answers the slug under which it is shown; '' if a later decision on the
-- tag stands.
local slug = ARGV[1]
local ruled = tonumber(redis.call('HGET', '{tags}:ruled', slug) or 0)
if ruled > tonumber(ARGV[3]) then return '' end
if ruled < tonumber(ARGV[3]) then
  redis.call('HSET', '{tags}:ruled', slug, ARGV[3])
  redis.call('HSET', '{tags}:names', slug, ARGV[2])
  redis.call('INCR', '{tags}:rulings')
end
return redis.call('HGET', '{tags}:merged', slug) or slug
"""

MERGE = """
-- ARGV: slug, into, number. What was merged into the slug before goes with it.
-- Answers the slug that it is merged into; '' if a later decision on the tag stands, or none.
local slug, merged = ARGV[1], '{tags}:merged'
local ruled = tonumber(redis.call('HGET', '{tags}:ruled', slug) or 0)
if ruled > tonumber(ARGV[3]) then return '' end
if ruled == tonumber(ARGV[3]) then return redis.call('HGET', merged, slug) or '' end
redis.call('HSET', '{tags}:ruled', slug, ARGV[3])
local into = redis.call('HGET', merged, ARGV[2]) or ARGV[2]
if into == slug then return '' end
local flat = redis.call('HGETALL', merged)
for i = 1, #flat, 2 do
  if flat[i + 1] == slug then redis.call('HSET', merged, flat[i], into) end
end
redis.call('HSET', merged, slug, into)
redis.call('INCR', '{tags}:rulings')
return into
"""

RESTORE = """
-- ARGV: how many names; slugs and names, then slugs and what they were merged into.
local moved = 0
for at = 2, #ARGV, 2 do
  local hash = at <= 1 + 2 * ARGV[1] and '{tags}:names' or '{tags}:merged'
  moved = moved + redis.call('HSETNX', hash, ARGV[at], ARGV[at + 1])
end
if moved > 0 then redis.call('INCR', '{tags}:rulings') end
return moved
"""

CURATE = """
-- KEYS: curation. ARGV: number, curation. 0 if a later decision stands.
local before = redis.call('GET', KEYS[1])
if before and cjson.decode(before).number >= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
