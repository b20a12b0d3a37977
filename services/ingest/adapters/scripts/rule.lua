-- An editor renames or merges a tag: the decision and its event in one step.
-- KEYS: generation, names, given names, merged, number, stream, kept answer.
-- ARGV: rename or merge, slug, new name or target, event, fingerprint of the request. Answers {outcome, slug, name}.
local generation_key, names, given, merged, number_key, stream, kept = unpack(KEYS)
local kind, slug, value, event, fingerprint = unpack(ARGV)

local function name_of(tag)
  return redis.call('HGET', given, tag) or redis.call('HGET', names, tag)
end

local before = recall(kept, fingerprint)
if before then return { before[1], before[2] or slug, before[3] or '' } end

if not redis.call('GET', generation_key) then return { 'recovering', slug, '' } end
local became = redis.call('HGET', merged, slug)
if became then return { 'merged', became, name_of(became) or became } end
if not name_of(slug) then return { 'unknown', slug, '' } end

local target = slug
if kind == 'rename' then
  redis.call('HSET', given, slug, value)
else
  target = redis.call('HGET', merged, value) or value
  if not name_of(target) then return { 'unknown_target', value, '' } end
  if target == slug then return { 'itself', slug, '' } end
  local flat = redis.call('HGETALL', merged)
  for i = 1, #flat, 2 do
    if flat[i + 1] == slug then redis.call('HSET', merged, flat[i], target) end
  end
  redis.call('HSET', merged, slug, target)
  event = event .. ',"into":' .. cjson.encode(target)
end
local number = redis.call('INCR', number_key)
redis.call('XADD', stream, '*', '__data__', event .. ',"number":' .. whole(number) .. '}}')
local name = name_of(target)
remember(kept, fingerprint, 'accepted', target, name)
return { 'accepted', target, name }
