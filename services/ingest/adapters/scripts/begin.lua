-- Marks the key of a batch as running where it stands for nothing yet. Answers first, running or answered.
local kept, lease_ms = KEYS[1], ARGV[1]

local before = recall(kept)
if not before then
  redis.call('SET', kept, cjson.encode({ '', 'running' }), 'PX', lease_ms)
  return 'first'
end
return before[1] == 'running' and 'running' or 'answered'
