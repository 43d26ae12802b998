-- Turns claims into work under way: a fresh token, a lease to the task's own end, one more attempt.
-- ARGV[1]: msgpack {keys, stage, hints: {{member, token}, …}, now, lease, patience}; times in ms.
-- Returns {{token, at}, …}: when the work may begin, its domain's spacing kept over all workers to the ms. An
-- empty token where the claim is no longer this one (late, doubled or outrun hints end here), or where the
-- domain is not free for so long (patience) that the member is due again then instead.
local stage, now = plan.stage, plan.now
local due, claims = keys.due .. stage, keys.claims .. stage

local function is_current(member, token)
  if redis.call('HGET', claims, member) ~= token then return false end
  -- A lease that lapsed has lost its slot: whoever claims the member next may start it.
  return tonumber(redis.call('ZSCORE', due, member) or 0) > now
end

local function turn_of(origin)
  local at = now
  for _, lane in ipairs(origin and lanes_of(origin) or {}) do
    at = math.max(at, number_at(keys.began .. lane[1]) + lane[2])
  end
  return at
end

local function give_back(member, origin, at)
  redis.call('HDEL', claims, member)
  redis.call('ZREM', keys.slots .. origin.domain, stage .. ':' .. member)
  redis.call('ZADD', due, at, member)
end

local function start(member, token)
  if not is_current(member, token) then return {'', now} end
  local origin = origin_of(stage, member)
  local at = turn_of(origin)
  -- An article's page is begun all the same: its step publishes the article meanwhile.
  if origin and stage == 'fetch' then at = math.max(at, held_until(origin)) end
  if at > now + plan.patience then
    give_back(member, origin, at)
    return {'', at}
  end
  local fresh = tostring(redis.call('INCR', keys.tokens))
  redis.call('HSET', claims, member, fresh)
  redis.call('ZADD', due, at + plan.lease, member)
  redis.call('HINCRBY', keys.attempts .. stage, member, 1)
  if origin then
    redis.call('ZADD', keys.slots .. origin.domain, at + plan.lease, stage .. ':' .. member)
    for _, lane in ipairs(lanes_of(origin)) do keep_time(keys.began .. lane[1], at, now, lane[2]) end
  end
  return {fresh, at}
end

local started = {}
for place, hint in ipairs(plan.hints) do started[place] = start(hint[1], hint[2]) end
return started
