-- Ends a piece of work: its results, the end of its claim and the next stage's work, all or nothing.
-- ARGV[1]: msgpack of the Plan in plan.py; times in ms.
-- Returns {status, hints}: 'done' with {{stage, member, token}, …}; 'lost' when another holds the claim now;
-- 'outrun' when an article or a path is no longer what the plan was made from (read again, plan again).
local plan = cmsgpack.unpack(ARGV[1])
local keys, stage, member, now = plan.keys, plan.stage, plan.member, plan.now

if redis.call('HGET', keys.claims .. stage, member) ~= plan.token then return {'lost', {}} end
for article, version in pairs(plan.expected) do
  if (redis.call('HGET', article, 'v') or '0') ~= version then return {'outrun', {}} end
end
for path, article_id in pairs(plan.paths) do
  local owner = redis.call('HGET', keys.paths, path)
  if owner and owner ~= article_id then return {'outrun', {}} end
end

local hints = {}

local function offer(next_stage, next_member)
  local token = tostring(redis.call('INCR', keys.tokens))
  redis.call('HSET', keys.claims .. next_stage, next_member, token)
  redis.call('ZADD', keys.due .. next_stage, now + plan.lease, next_member)
  hints[#hints + 1] = {next_stage, next_member, token}
end

local function touch(slug, every)
  local category = keys.category .. slug
  redis.call('HINCRBY', category, 'changed', 1)
  if redis.call('ZSCORE', keys.due .. 'publish', slug) then return end
  local at = tonumber(redis.call('HGET', category, 'published_at') or 0) + every
  if at <= now then offer('publish', slug) else redis.call('ZADD', keys.due .. 'publish', at, slug) end
end

local function release()
  local origin = redis.call('HGET', keys.origins .. stage, member)
  if origin then
    redis.call('ZREM', keys.slots .. string.match(origin, '^(%S+)'), stage .. ':' .. member)
  end
  redis.call('HDEL', keys.claims .. stage, member)
  redis.call('HDEL', keys.attempts .. stage, member)
  redis.call('HDEL', keys.reserved .. stage, member)
  redis.call('ZREM', keys.due .. stage, member)
  if stage == 'fetch' and redis.call('SISMEMBER', keys.again, member) == 0 then
    redis.call('SREM', keys.asked, member)
  end
end

local function store()
  for path, article_id in pairs(plan.paths) do redis.call('HSET', keys.paths, path, article_id) end
  for key, blob in pairs(plan.values) do redis.call('SET', key, blob) end
  for key, fields in pairs(plan.fields) do
    for field, blob in pairs(fields) do redis.call('HSET', key, field, blob) end
  end
  for key, fields in pairs(plan.first_fields) do
    for field, blob in pairs(fields) do redis.call('HSETNX', key, field, blob) end
  end
  for key, fields in pairs(plan.dropped_fields) do
    for _, field in ipairs(fields) do redis.call('HDEL', key, field) end
  end
  for _, key in ipairs(plan.dropped) do redis.call('DEL', key) end
  for key, scores in pairs(plan.indexed) do
    for id, score in pairs(scores) do redis.call('ZADD', key, score, id) end
  end
  for key, ids in pairs(plan.unindexed) do
    for _, id in ipairs(ids) do redis.call('ZREM', key, id) end
  end
end

-- A render of an older state never replaces a newer one, and what changed meanwhile stays due.
local function fence()
  local category = keys.category .. member
  local current = tonumber(redis.call('HGET', category, 'published') or 0) <= plan.rendered
  if current then
    redis.call('HSET', category, 'published', plan.rendered, 'published_at', now)
  end
  if tonumber(redis.call('HGET', category, 'changed') or 0) > plan.rendered then
    redis.call('ZADD', keys.due .. 'publish', now + plan.every, member)
  end
  return current
end

-- A source that is not to be fetched again (410) is not waited for either.
local function forget_wishes()
  if stage ~= 'fetch' or #plan.scheduled > 0 or #plan.offered > 0 then return end
  redis.call('SREM', keys.again, member)
  redis.call('SREM', keys.asked, member)
end

release()
forget_wishes()
if not plan.rendered or fence() then store() end
for _, wanted in ipairs(plan.scheduled) do
  local at, soonest = wanted[3], wanted[4]
  if wanted[1] == 'fetch' and redis.call('SREM', keys.again, wanted[2]) == 1 then at = soonest end
  redis.call('ZADD', keys.due .. wanted[1], at, wanted[2])
end
for _, wanted in ipairs(plan.offered) do offer(wanted[1], wanted[2]) end
for slug, every in pairs(plan.touched) do touch(slug, every) end
return {'done', hints}
