-- Claims what is due in one stage, within the limits of each registrable domain.
-- ARGV[1]: msgpack {keys, stage, now, lease, limit, scan, horizon}; times in ms.
-- Returns {{member, token, attempts}, …}.
--
-- A member with an origin needs a slot of its domain (a leased member of slots:<domain>) and, where the domain
-- has a spacing, a start time: it goes now if the domain is free, otherwise its due time becomes the next
-- time nobody has reserved, so that many members of one domain are spread and not bounced. Pages reserve
-- no further ahead than the horizon, so that a list poll never waits behind all of them. What its host or
-- domain has asked to be left alone is due when that is over. A Crawl-delay is a second such queue, of the
-- host and of those who heed robots.txt only, so that no list poll waits for it.
local stage, now = plan.stage, plan.now
local due, claims = keys.due .. stage, keys.claims .. stage
local attempts, reserved = keys.attempts .. stage, keys.reserved .. stage
local CROWD = 50 -- members of one full domain that may wait at the head of the set
local LATE = 1000 -- ms of our own lateness that do not shift a domain's reserved times

local domains = {} -- what this call has learnt of each domain

local function domain_of(name)
  local domain = domains[name]
  if not domain then
    redis.call('ZREMRANGEBYSCORE', keys.slots .. name, '-inf', now)
    domain = {
      slots = keys.slots .. name, used = redis.call('ZCARD', keys.slots .. name), waiting = 0,
    }
    domains[name] = domain
  end
  return domain
end

local lanes = {} -- and of each lane

local function lane_of(name)
  lanes[name] = lanes[name] or {
    free_key = keys.free .. name, tail_key = keys.tail .. name,
    free = number_at(keys.free .. name), tail = number_at(keys.tail .. name),
  }
  return lanes[name]
end

-- Whatever claim it had has lapsed: a time ahead must not look like its lease (start.lua).
local function move(member, at)
  redis.call('HDEL', claims, member)
  redis.call('ZADD', due, at, member)
end

local function reserve(lane, member, apart)
  local at = math.max(lane.tail, lane.free)
  if stage == 'page' and at > now + plan.horizon then
    move(member, now + plan.horizon)
    return
  end
  lane.tail = at + apart
  keep_time(lane.tail_key, lane.tail, now, apart)
  redis.call('HSET', reserved, member, at)
  move(member, at)
end

-- Whoever waits for what is asked for (once) does not wait for that long. An article's page is claimed all the
-- same: its step publishes the article meanwhile.
local function wait_until(member, at)
  redis.call('SREM', keys.asked, member)
  redis.call('HDEL', reserved, member)
  move(member, at)
end

local function take_turn(member, wanted)
  for _, one in ipairs(wanted) do
    local lane, apart = lane_of(one[1]), one[2]
    if lane.free > now then reserve(lane, member, apart) return false end
  end
  local kept = tonumber(redis.call('HGET', reserved, member) or now)
  for _, one in ipairs(wanted) do
    local lane, apart = lane_of(one[1]), one[2]
    lane.free = math.max(lane.free, math.max(kept, now - LATE)) + apart
    keep_time(lane.free_key, lane.free, now, apart)
  end
  redis.call('HDEL', reserved, member)
  return true
end

local function take_slot(member, origin)
  local held = held_until(origin)
  if held > now and stage == 'fetch' then wait_until(member, held) return false end
  local domain = domain_of(origin.domain)
  local occupant = stage .. ':' .. member
  if redis.call('ZREM', domain.slots, occupant) == 1 then domain.used = domain.used - 1 end
  if domain.used >= origin.per_domain then
    domain.waiting = domain.waiting + 1
    if domain.waiting > CROWD then move(member, now + LATE) end
    return false
  end
  if not take_turn(member, lanes_of(origin)) then return false end
  domain.used = domain.used + 1
  redis.call('ZADD', domain.slots, now + plan.lease, occupant)
  redis.call('PEXPIRE', domain.slots, 3600000)
  return true
end

local claimed = {}
local candidates = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, plan.scan)
for _, member in ipairs(candidates) do
  if #claimed >= plan.limit then break end
  local origin = origin_of(stage, member)
  if not origin or take_slot(member, origin) then
    local token = redis.call('INCR', keys.tokens)
    redis.call('HSET', claims, member, token)
    redis.call('ZADD', due, now + plan.lease, member)
    claimed[#claimed + 1] = {member, tostring(token), tonumber(redis.call('HGET', attempts, member) or 0)}
  end
end
return claimed
