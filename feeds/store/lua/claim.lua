-- Claims what is due in one stage, within the limits of each registrable domain.
-- ARGV[1]: msgpack {keys, stage, now, lease, limit, scan, horizon}; times in ms.
-- Returns {{member, token, attempts}, …}.
--
-- A member with an origin needs a slot of its domain (a leased member of slots:<domain>) and, where the domain
-- has a spacing, a start time: it goes now if the domain is free, otherwise its due time becomes the next
-- time nobody has reserved, so that many members of one domain are spread and not bounced. Pages reserve
-- no further ahead than the horizon, so that a list poll never waits behind all of them.
local plan = cmsgpack.unpack(ARGV[1])
local keys, stage, now = plan.keys, plan.stage, plan.now
local due, claims = keys.due .. stage, keys.claims .. stage
local attempts, origins, reserved = keys.attempts .. stage, keys.origins .. stage, keys.reserved .. stage
local ORIGIN = '^(%S+) (%d+) (%d+)$'
local CROWD = 50 -- members of one full domain that may wait at the head of the set
local LATE = 1000 -- ms of our own lateness that do not shift a domain's reserved times

local domains = {} -- what this call has learnt of each domain

local function domain_of(origin)
  local name, per_domain, spacing = string.match(origin, ORIGIN)
  local domain = domains[name]
  if not domain then
    redis.call('ZREMRANGEBYSCORE', keys.slots .. name, '-inf', now)
    domain = {
      slots = keys.slots .. name, free_key = keys.free .. name, tail_key = keys.tail .. name,
      used = redis.call('ZCARD', keys.slots .. name), waiting = 0,
      free = tonumber(redis.call('GET', keys.free .. name) or 0),
      tail = tonumber(redis.call('GET', keys.tail .. name) or 0),
    }
    domains[name] = domain
  end
  return domain, tonumber(per_domain), tonumber(spacing)
end

local function reserve(domain, member, spacing)
  local at = math.max(domain.tail, domain.free)
  if stage == 'page' and at > now + plan.horizon then
    redis.call('ZADD', due, now + plan.horizon, member)
    return
  end
  domain.tail = at + spacing
  redis.call('SET', domain.tail_key, domain.tail, 'PX', math.max(1000, domain.tail - now + spacing))
  redis.call('HSET', reserved, member, at)
  redis.call('ZADD', due, at, member)
end

local function take_slot(member, origin)
  local domain, per_domain, spacing = domain_of(origin)
  local occupant = stage .. ':' .. member
  if redis.call('ZREM', domain.slots, occupant) == 1 then domain.used = domain.used - 1 end
  if domain.used >= per_domain then
    domain.waiting = domain.waiting + 1
    if domain.waiting > CROWD then redis.call('ZADD', due, now + LATE, member) end
    return false
  end
  if spacing > 0 then
    if domain.free > now then reserve(domain, member, spacing) return false end
    local kept = tonumber(redis.call('HGET', reserved, member) or now)
    domain.free = math.max(domain.free, math.max(kept, now - LATE)) + spacing
    redis.call('SET', domain.free_key, domain.free, 'PX', math.max(1000, domain.free - now + spacing))
    redis.call('HDEL', reserved, member)
  end
  domain.used = domain.used + 1
  redis.call('ZADD', domain.slots, now + plan.lease, occupant)
  redis.call('PEXPIRE', domain.slots, 3600000)
  return true
end

local claimed = {}
local candidates = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, plan.scan)
for _, member in ipairs(candidates) do
  if #claimed >= plan.limit then break end
  local origin = redis.call('HGET', origins, member)
  if not origin or not string.match(origin, ORIGIN) or take_slot(member, origin) then
    local token = redis.call('INCR', keys.tokens)
    redis.call('HSET', claims, member, token)
    redis.call('ZADD', due, now + plan.lease, member)
    claimed[#claimed + 1] = {member, tostring(token), tonumber(redis.call('HGET', attempts, member) or 0)}
  end
end
return claimed
