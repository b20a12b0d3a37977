"""What is due, by its time: taken under a lease, so that a crash makes it due again."""

TAKE = """
-- KEYS: due, taken. ARGV: now, most, lease. Moves what is due; what was taken long ago is due, too.
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
  redis.call('ZREM', KEYS[2], member)
  redis.call('ZADD', KEYS[1], 'LT', ARGV[1], member)
end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(due) do
  redis.call('ZREM', KEYS[1], member)
  redis.call('ZADD', KEYS[2], ARGV[1] + ARGV[3], member)
end
return due
"""
