-- Stands in front of each script: its plan, and where a member's request goes under what limits.
-- An origin is "domain per_domain spacing host robots" (origins.py); spacing in ms, robots 1 where Crawl-delay counts.
local plan = cmsgpack.unpack(ARGV[1])
local keys = plan.keys
local ORIGIN = '^(%S+) (%d+) (%d+) (%S+) ([01])$'
local KEPT = 1000 -- ms that a domain's times outlive their use

local function number_at(key) return tonumber(redis.call('GET', key) or 0) end

local function origin_of(stage, member)
  local text = redis.call('HGET', keys.origins .. stage, member)
  local domain, per_domain, spacing, host, robots = string.match(text or '', ORIGIN)
  if not domain then return nil end
  local delay = robots == '1' and number_at(keys.delay .. host) or 0
  return {domain = domain, per_domain = tonumber(per_domain), spacing = tonumber(spacing), host = host, delay = delay}
end

-- The queues a request stands in, as {name, ms apart}: its host's, where a Crawl-delay counts, and its domain's.
local function lanes_of(origin)
  local lanes = {}
  if origin.delay > 0 then lanes[1] = {'host:' .. origin.host, origin.delay} end
  if origin.spacing > 0 then lanes[#lanes + 1] = {origin.domain, origin.spacing} end
  return lanes
end

-- Until when nobody may ask the host or its domain, by their own word (Retry-After).
local function held_until(origin)
  local host, domain = keys.hold .. 'host:' .. origin.host, keys.hold .. 'domain:' .. origin.domain
  return math.max(number_at(host), number_at(domain))
end

local function keep_time(key, at, now, spacing)
  redis.call('SET', key, at, 'PX', math.max(KEPT, at - now + spacing + KEPT))
end
