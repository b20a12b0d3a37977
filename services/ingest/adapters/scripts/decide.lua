-- Decides on one article, and publishes its event, in one step.
-- Answers {outcome, revision, receipt, Redis' time in ms, ms to wait}.
local generation_key, article, receipt, stream, open, own, rate, kept, curation = unpack(KEYS)
local deadline, kind, id, publisher, external_id, url, stated, hash, dated, receipt_id, event,
  same_identity, now_text, per_second, fingerprint, receipt_prefix, receipt_seconds, of_others,
  choices, updated_at = unpack(ARGV)
local REVISION_LIMIT = 2 ^ 45 - 1
local DAY = 86400

local now = now_ms()

local function answer(outcome, revision, of_receipt, wait)
  return { outcome, whole(revision or 0), of_receipt or '', whole(now), whole(wait or 0) }
end

local function settle(outcome, revision, of_receipt)
  if fingerprint ~= '' then
    redis.call('SET', kept, cjson.encode({ fingerprint, outcome, whole(revision), of_receipt }), 'EX', DAY)
  end
  return answer(outcome, revision, of_receipt)
end

if now > tonumber(deadline) then return answer('late') end

if fingerprint ~= '' then
  local before = redis.call('GET', kept)
  if before then
    local known = cjson.decode(before)
    if known[1] ~= fingerprint then return answer('other_request') end
    if known[2] == 'running' then return answer('running') end
    return answer(known[2], tonumber(known[3]), known[4])
  end
end

local generation = string.match(redis.call('GET', generation_key) or '', ':(%d+)$')
if not generation then return answer('recovering') end

local record = read_hash(article)
local exists = record.revision ~= nil
if kind ~= 'publish' and not exists then return answer('unknown') end
if exists and record.publisher ~= publisher and of_others ~= '1' then return answer('foreign') end
if same_identity == '0' then return answer('other_identity') end

local wait = wait_for_turn(rate, now, tonumber(per_second), 1, false)
if wait > 0 then return answer('limited', 0, '', wait) end

local revision = tonumber(record.revision or 0)
local seen = tonumber(record.seen or 0)
local asked = tonumber(stated)
local withdrawn = record.withdrawn == '1'
-- Under a new generation the index may have lost it, and a dead letter never reached it.
local reached = record.generation == generation and record.dead ~= '1'
local published_at = dated
if published_at == '' then published_at = record.published_at or '' end
if published_at == '' then published_at = now_text end

local function open_receipt(number, of_kind)
  redis.call('HSET', receipt, 'article', id, 'publisher', publisher, 'revision', whole(number),
    'kind', of_kind)
  step(receipt, 'accepted', now)
  redis.call('EXPIRE', receipt, receipt_seconds)
  redis.call('ZADD', open, number, receipt_id)
  redis.call('EXPIRE', open, receipt_seconds)
end

local function curate()
  if withdrawn then return answer('withdrawn', revision) end
  local before = read_hash(curation)
  if before.choices == choices and before.generation == generation then
    return settle('unchanged', revision, before.receipt)
  end
  local number = redis.call('HINCRBY', curation, 'number', 1)
  redis.call('HSET', curation, 'choices', choices, 'receipt', receipt_id, 'generation', generation)
  open_receipt(revision, 'curate')
  redis.call('HSET', receipt, 'curation', whole(number))
  redis.call('XADD', stream, '*', '__data__', event .. ',"revision":' .. whole(revision)
    .. ',"generation":' .. generation .. ',"number":' .. whole(number) .. '}}')
  return settle('accepted', revision, receipt_id)
end

-- A correction without a date of its own is updated now. Dates of one form compare as text.
local function date_of_update(number)
  local updated = updated_at
  if updated == '' and exists then
    updated = number > revision and now_text or record.updated_at or ''
  end
  if updated ~= '' and updated < published_at then updated = published_at end
  return updated
end

local function accept(number)
  if number > REVISION_LIMIT then return answer('exhausted') end
  local version = ',"revision":' .. whole(number) .. ',"generation":' .. generation
    .. ',"published_at":"' .. published_at .. '"'
  if kind == 'withdraw' then
    version = version .. ',"url":' .. cjson.encode(record.url)
    if record.external_id ~= '' then
      version = version .. ',"external_id":' .. cjson.encode(record.external_id)
    end
    if record.hash ~= '' then version = version .. ',"content_hash":"' .. record.hash .. '"' end
    redis.call('HSET', article, 'withdrawn', '1')
    for _, other in ipairs(redis.call('ZRANGEBYSCORE', open, revision, revision)) do
      local state = redis.call('HGET', receipt_prefix .. other, 'state')
      if OPEN[state] then step(receipt_prefix .. other, 'withdrawn', now) end
      redis.call('ZREM', open, other)
    end
  else
    local updated = date_of_update(number)
    if updated ~= '' then version = version .. ',"updated_at":"' .. updated .. '"' end
    redis.call('HSET', article, 'publisher', publisher, 'external_id', external_id, 'url', url,
      'hash', hash, 'published_at', published_at, 'updated_at', updated, 'withdrawn', '0')
  end
  redis.call('HSET', article, 'revision', whole(number), 'seen', whole(math.max(number, seen)),
    'generation', generation, 'receipt', receipt_id, 'dead', '0')
  open_receipt(number, kind == 'withdraw' and 'withdraw' or 'publish')
  redis.call('ZADD', own, 0, id)
  redis.call('XADD', stream, '*', '__data__', event .. version .. '}}')
  return settle('accepted', number, receipt_id)
end

local function keep(outcome)
  if asked and asked > seen then redis.call('HSET', article, 'seen', whole(asked)) end
  return settle(outcome, revision, record.receipt or '')
end

if kind == 'curate' then return curate() end

if kind == 'withdraw' then
  if asked and asked < seen and not (withdrawn and asked == revision) then
    return keep('superseded')
  end
  if withdrawn and reached then return keep('unchanged') end
  return accept(math.max(asked or 0, revision))
end

if not exists then return accept(asked or 1) end

local equal = record.hash == hash and record.published_at == published_at

if withdrawn then
  if asked and asked > seen then return accept(asked) end
  if equal and (not asked or asked == revision or asked == seen) then return keep('unchanged') end
  if asked then return keep('superseded') end
  return accept(math.max(revision, seen) + 1)
end

if equal and reached and (not asked or asked == revision or asked >= seen) then
  return keep('unchanged')
end
if not asked then return accept(equal and revision or math.max(revision, seen) + 1) end
if equal and asked == revision then return accept(revision) end
if asked < seen then return keep('superseded') end
if asked == seen and not equal then return answer('conflict', revision, record.receipt) end
return accept(asked)
