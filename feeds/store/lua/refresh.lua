-- Makes a source due; one that is claimed, or whose payload waits, is marked `again` and never stolen.
-- ARGV[1]: msgpack {keys, member, at, asked}; at in ms; asked 1 when somebody waits for this fetch.
-- Returns 'due' or 'again'.
local member = plan.member
if plan.asked == 1 then redis.call('SADD', keys.asked, member) end
local claimed = redis.call('HEXISTS', keys.claims .. 'fetch', member) == 1
if claimed or redis.call('ZSCORE', keys.due .. 'parse', member) then
  redis.call('SADD', keys.again, member)
  return 'again'
end
redis.call('HDEL', keys.reserved .. 'fetch', member)
redis.call('ZADD', keys.due .. 'fetch', plan.at, member)
return 'due'
