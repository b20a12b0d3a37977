-- What search now holds of an article: closes receipts, and raises or refills our record of it.
-- Answers for each receipt that became searchable the ms since it was accepted.
local article, open, own, decided = unpack(KEYS)
local id, publisher, external_id, url, number, hash, withdrawn, published_at, generation, receipt_id,
  embargoed, receipt_prefix, curation, choices = unpack(ARGV)
local revision = tonumber(number)
local now = now_ms()

local record = read_hash(article)
local ours = tonumber(record.revision or 0)
local newer = revision > ours
  or (revision == ours and withdrawn == '1' and record.withdrawn ~= '1')
if newer then
  redis.call('HSET', article, 'publisher', publisher, 'external_id', external_id, 'url', url,
    'revision', number, 'hash', hash, 'withdrawn', withdrawn, 'published_at', published_at,
    'generation', generation, 'receipt', receipt_id, 'dead', '0')
  redis.call('ZADD', own, 0, id)
elseif revision == ours and withdrawn == (record.withdrawn or '0') then
  redis.call('HSET', article, 'dead', '0')
end
if revision > tonumber(record.seen or 0) then redis.call('HSET', article, 'seen', number) end

-- What Redis has lost of editors' decisions, the index still knows.
if choices ~= '' and redis.call('EXISTS', decided) == 0 then
  redis.call('HSET', decided, 'number', curation, 'choices', choices, 'receipt', '', 'generation', '0')
end

-- A decision of editors is kept by later revisions: whichever follows it closes its receipt.
local function curated(decision)
  if withdrawn == '1' then return 'withdrawn' end
  if tonumber(decision) > tonumber(curation) then return nil end
  return embargoed ~= '' and 'enriched' or 'searchable'
end

local function reached(state, kind, same_revision)
  if not same_revision then return OPEN[state] and 'superseded' end
  if withdrawn == '1' then return (OPEN[state] or kind == 'withdraw') and 'withdrawn' end
  if kind == 'withdraw' then return nil end
  return embargoed ~= '' and 'enriched' or 'searchable'
end

local waited = {}
local held = redis.call('ZRANGEBYSCORE', open, '-inf', number, 'WITHSCORES')
for i = 1, #held, 2 do
  local receipt = receipt_prefix .. held[i]
  local about = redis.call('HMGET', receipt, 'state', 'kind', 'at:accepted', 'curation')
  local same_revision = tonumber(held[i + 1]) == revision
  local state
  if about[2] == 'curate' then
    same_revision = true
    state = curated(about[4])
  else
    state = about[1] and reached(about[1], about[2], same_revision)
  end
  if state == 'enriched' then
    step(receipt, state, now, embargoed)
  else
    if state then step(receipt, state, now) end
    if state == 'searchable' and about[2] ~= 'curate' then waited[#waited + 1] = now - tonumber(about[3]) end
    if state or not same_revision then redis.call('ZREM', open, held[i]) end
  end
end
return waited
