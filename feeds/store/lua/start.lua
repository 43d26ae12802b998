-- Turns a claim into work under way: a fresh token, a lease to the task's own end, one more attempt.
-- ARGV[1]: msgpack {keys, stage, member, token, now, lease}; times in ms.
-- Returns the new token, or nil when the claim is no longer this one (late, doubled or outrun hints end here).
local plan = cmsgpack.unpack(ARGV[1])
local keys, stage, member = plan.keys, plan.stage, plan.member
if redis.call('HGET', keys.claims .. stage, member) ~= plan.token then return false end
-- A lease that lapsed has lost its slot: whoever claims the member next may start it.
if tonumber(redis.call('ZSCORE', keys.due .. stage, member) or 0) < plan.now then return false end
local token = tostring(redis.call('INCR', keys.tokens))
redis.call('HSET', keys.claims .. stage, member, token)
redis.call('ZADD', keys.due .. stage, plan.now + plan.lease, member)
redis.call('HINCRBY', keys.attempts .. stage, member, 1)
local origin = redis.call('HGET', keys.origins .. stage, member)
if origin then
  local domain = string.match(origin, '^(%S+)')
  redis.call('ZADD', keys.slots .. domain, plan.now + plan.lease, stage .. ':' .. member)
end
return token
