-- Ends pieces of work, one after the other: each one's results, the end of its claim and the next stage's work,
-- all or nothing. ARGV[1]: msgpack {keys, plans}, each a Plan of plan.py; times in ms.
-- Returns {{status, hints}, …}: 'done' with {{stage, member, token}, …}; 'lost' when another holds the claim now;
-- 'outrun' when an article or a path is no longer what the plan was made from (read again, plan again).

local function refusal(work)
  if redis.call('HGET', keys.claims .. work.stage, work.member) ~= work.token then return 'lost' end
  for article, version in pairs(work.expected) do
    if (redis.call('HGET', article, 'v') or '0') ~= version then return 'outrun' end
  end
  for path, article_id in pairs(work.paths) do
    local owner = redis.call('HGET', keys.paths, path)
    if owner and owner ~= article_id then return 'outrun' end
  end
end

local function offer(work, hints, stage, member)
  local token = tostring(redis.call('INCR', keys.tokens))
  redis.call('HSET', keys.claims .. stage, member, token)
  redis.call('ZADD', keys.due .. stage, work.now + work.lease, member)
  hints[#hints + 1] = {stage, member, token}
end

local function touch(work, hints, slug, every)
  local category = keys.category .. slug
  redis.call('HINCRBY', category, 'changed', 1)
  if redis.call('ZSCORE', keys.due .. 'publish', slug) then return end
  local at = tonumber(redis.call('HGET', category, 'published_at') or 0) + every
  if at <= work.now then
    offer(work, hints, 'publish', slug)
  else
    redis.call('ZADD', keys.due .. 'publish', at, slug)
  end
end

local function release(work)
  local stage, member = work.stage, work.member
  local origin = origin_of(stage, member)
  if origin then redis.call('ZREM', keys.slots .. origin.domain, stage .. ':' .. member) end
  redis.call('HDEL', keys.claims .. stage, member)
  redis.call('HDEL', keys.attempts .. stage, member)
  redis.call('HDEL', keys.reserved .. stage, member)
  redis.call('ZREM', keys.due .. stage, member)
  if stage == 'fetch' and work.wanted_still == 0 and redis.call('SISMEMBER', keys.again, member) == 0 then
    redis.call('SREM', keys.asked, member)
  end
end

local EDITED = 100000

local function store(work)
  for path, article_id in pairs(work.paths) do redis.call('HSET', keys.paths, path, article_id) end
  for key, blob in pairs(work.values) do redis.call('SET', key, blob) end
  for key, fields in pairs(work.fields) do
    for field, blob in pairs(fields) do redis.call('HSET', key, field, blob) end
  end
  for key, fields in pairs(work.first_fields) do
    for field, blob in pairs(fields) do redis.call('HSETNX', key, field, blob) end
  end
  for key, fields in pairs(work.dropped_fields) do
    for _, field in ipairs(fields) do redis.call('HDEL', key, field) end
  end
  for _, key in ipairs(work.dropped) do redis.call('DEL', key) end
  for key, scores in pairs(work.indexed) do
    for id, score in pairs(scores) do redis.call('ZADD', key, score, id) end
  end
  for key, ids in pairs(work.unindexed) do
    for _, id in ipairs(ids) do redis.call('ZREM', key, id) end
  end
  for key, kept in pairs(work.history) do
    redis.call('LPUSH', key, kept[1])
    redis.call('LTRIM', key, 0, kept[2] - 1)
  end
  for _, id in ipairs(work.edited) do redis.call('ZADD', keys.edited, redis.call('INCR', keys.tokens), id) end
  if #work.edited > 0 then redis.call('ZREMRANGEBYRANK', keys.edited, 0, -EDITED - 1) end
  if work.announced == 1 then redis.call('PUBLISH', keys.published, work.member) end
end

-- Times that hold for whole hosts and domains: until when they are left alone, how far apart robots.txt wants
-- requests, and requests beyond the claimed one (redirects), which push back the domain's next ones.
local function keep_manners(work)
  for name, at in pairs(work.holds) do
    local key = keys.hold .. name
    local latest = math.max(number_at(key), at)
    if latest > work.now then redis.call('SET', key, latest, 'PX', latest - work.now) end
  end
  for domain, ms in pairs(work.charged) do
    local free, began = keys.free .. domain, keys.began .. domain
    keep_time(free, math.max(number_at(free), work.now) + ms, work.now, ms)
    -- They began before now, and the next one keeps its spacing from them besides.
    keep_time(began, math.max(number_at(began), work.now - ms) + ms, work.now, ms)
  end
  for key, kept in pairs(work.expiring) do redis.call('SET', key, kept[1], 'PX', kept[2]) end
end

-- A render of an older state never replaces a newer one, and what changed meanwhile stays due.
local function fence(work)
  local category = keys.category .. work.member
  local current = tonumber(redis.call('HGET', category, 'published') or 0) <= work.rendered
  if current then
    redis.call('HSET', category, 'published', work.rendered, 'published_at', work.now)
  end
  if tonumber(redis.call('HGET', category, 'changed') or 0) > work.rendered then
    redis.call('ZADD', keys.due .. 'publish', work.now + work.every, work.member)
  end
  return current
end

-- A source that is not to be fetched again (410) is not waited for either.
local function forget_wishes(work)
  if work.stage ~= 'fetch' or #work.scheduled > 0 or #work.offered > 0 then return end
  redis.call('SREM', keys.again, work.member)
  redis.call('SREM', keys.asked, work.member)
end

local function finish(work)
  local refused = refusal(work)
  if refused then return {refused, {}} end
  local hints = {}
  release(work)
  forget_wishes(work)
  if not work.rendered or fence(work) then store(work) end
  keep_manners(work)
  for _, wanted in ipairs(work.scheduled) do
    local at, soonest = wanted[3], wanted[4]
    if wanted[1] == 'fetch' and redis.call('SREM', keys.again, wanted[2]) == 1 then at = soonest end
    redis.call('ZADD', keys.due .. wanted[1], at, wanted[2])
  end
  for _, wanted in ipairs(work.offered) do offer(work, hints, wanted[1], wanted[2]) end
  for slug, every in pairs(work.touched) do touch(work, hints, slug, every) end
  return {'done', hints}
end

local finished = {}
for place, work in ipairs(plan.plans) do finished[place] = finish(work) end
return finished
