local OPEN = { accepted = true, enriched = true }

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function whole(number)
  return string.format('%.0f', number)
end

local function read_hash(key)
  local flat, found = redis.call('HGETALL', key), {}
  for i = 1, #flat, 2 do found[flat[i]] = flat[i + 1] end
  return found
end

-- A receipt reaches a state: when, and a word on it.
local function step(receipt, state, now, detail)
  redis.call('HSET', receipt, 'state', state, 'at:' .. state, whole(now))
  if detail and detail ~= '' then redis.call('HSET', receipt, 'detail:' .. state, detail) end
end

-- The receipt, if still open, is dead-lettered; its content may be sent again.
local function dead_letter(receipt, article, receipt_id, reason)
  local state = redis.call('HGET', receipt, 'state')
  if state and OPEN[state] then
    step(receipt, 'dead_lettered', now_ms(), reason)
    if redis.call('HGET', article, 'receipt') == receipt_id then
      redis.call('HSET', article, 'dead', '1')
    end
  end
end

-- Moves this much further in the publisher's allowance; a second's worth may be used at once.
-- Answers the milliseconds to wait. Only with `borrow` is the allowance used up all the same.
local function wait_for_turn(key, now, per_second, amount, borrow)
  if per_second == 0 then return 0 end
  local due = math.max(tonumber(redis.call('GET', key) or '0'), now)
  local after = due + amount * 1000 / per_second
  local wait = math.ceil((borrow and due or after) - now - 1000)
  if wait <= 0 or borrow then
    redis.call('SET', key, string.format('%.3f', after), 'PX', math.ceil(after - now) + 1000)
  end
  return math.max(wait, 0)
end

-- What an idempotency key stands for: nil, or an outcome and what its answer needs. One that runs has
-- no fingerprint yet. A request that does not know its own fingerprint yet leaves it out.
local function recall(kept, fingerprint)
  local before = fingerprint ~= '' and redis.call('GET', kept)
  if not before then return nil end
  local known = cjson.decode(before)
  local of_request = table.remove(known, 1)
  if known[1] == 'running' then return { 'running' } end
  if fingerprint and of_request ~= fingerprint then return { 'other_request' } end
  return known
end

-- For 24 hours; a request without a key has no fingerprint.
local function remember(kept, fingerprint, ...)
  if fingerprint ~= '' then redis.call('SET', kept, cjson.encode({ fingerprint, ... }), 'EX', 86400) end
end
