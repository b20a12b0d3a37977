-- KEYS: key, ids of all keys, hashes of revoked keys.
-- ARGV: id, hash, publisher, scopes, 1 where it is kept only if there is no key at all.
local key, ids, revoked = unpack(KEYS)
local id, hash, publisher, scopes, only_first = unpack(ARGV)

if redis.call('SISMEMBER', revoked, hash) == 1 then return 'revoked' end
if redis.call('HGET', key, 'hash') == hash then return 'there' end
if only_first == '1' and redis.call('SCARD', ids) > 0 then return 'others' end
redis.call('HSET', key, 'publisher', publisher, 'scopes', scopes, 'hash', hash)
redis.call('SADD', ids, id)
return 'loaded'
