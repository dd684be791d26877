import RedisClient

/// The scripts by which the hierarchy uses Redis. Each is one atomic step.
///
/// P is the root of a ``RedisNamespace``: `P:clock` logical time · `P:birth` logical time when this data set began · `P:e:KEY` an entry (hash: `a`
/// current as of, `v` version, `d` value, `t1`… tags) · `P:f:KEY` and `P:t:TAG` floors · `P:h:KEY` holds (hash of id to
/// end in milliseconds) · `P:m` members by the end of their leases · `P:bus` and `P:ack:INSTANCE` channels.
///
/// A clock that does not exist starts at the server's time in microseconds, which is later than any it had before: a
/// server that lost its data never repeats a logical time.
package enum RedisScripts {
    /// `tick()` advances logical time, `now` is the server's time in milliseconds.
    private static let prelude = """
        local P = KEYS[1]
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local function begin()
          if redis.call('EXISTS', P .. ':clock') == 0 then
            local start = string.format('%d', time[1] * 1000000 + time[2])
            redis.call('SET', P .. ':clock', start)
            redis.call('SET', P .. ':birth', start)
          end
        end
        local function clock()
          begin()
          return redis.call('GET', P .. ':clock')
        end
        local function tick()
          begin()
          return string.format('%d', redis.call('INCR', P .. ':clock'))
        end
        local function held(key)
          local holds = redis.call('HGETALL', P .. ':h:' .. key)
          for i = 2, #holds, 2 do
            if tonumber(holds[i]) > now then return true end
          end
          return false
        end
        local function above(kind, name, asOf)
          local floor = redis.call('GET', P .. kind .. name)
          return not floor or tonumber(floor) <= asOf
        end

        """

    /// `look(key)` returns { logical time, milliseconds, 'held' } or { …, 'miss' } or
    /// { …, 'hit', remaining ms, version, value or false, tags… }.
    private static let look = """
        local stamp = clock()
        local function look(key)
          if held(key) then return { stamp, now, 'held' } end
          local fields = redis.call('HGETALL', P .. ':e:' .. key)
          if #fields == 0 then return { stamp, now, 'miss' } end
          local asOf, version, value, tags = 0, '0', false, {}
          for i = 1, #fields, 2 do
            local name = fields[i]
            if name == 'a' then asOf = tonumber(fields[i + 1])
            elseif name == 'v' then version = fields[i + 1]
            elseif name == 'd' then value = fields[i + 1]
            else tags[#tags + 1] = fields[i + 1] end
          end
          for _, tag in ipairs(tags) do
            if not above(':t:', tag, asOf) then return { stamp, now, 'miss' } end
          end
          -- The server keeps a key until the millisecond of its deadline is over.
          local left = redis.call('PTTL', P .. ':e:' .. key)
          if left < 1 then return { stamp, now, 'miss' } end
          local answer = { stamp, now, 'hit', left, version, value }
          for _, tag in ipairs(tags) do answer[#answer + 1] = tag end
          return answer
        end

        """

    /// ARGV: key. Returns what `look` does.
    package static let read = RedisScript(name: "read", source: prelude + look + "return look(ARGV[1])")

    /// ARGV: keys. Returns what `look` does, for each.
    package static let inspect = RedisScript(
        name: "inspect",
        source: prelude + look + """
            local answers = {}
            for i, key in ipairs(ARGV) do answers[i] = look(key) end
            return answers
            """)

    /// ARGV: key, as of, issued at ms, floor lifetime ms, ignore floors '1'/'0', lifetime ms, version, has value '1'/'0',
    /// value, tags…. Returns 1 if stored.
    package static let fill = RedisScript(
        name: "fill",
        source: prelude + """
            local key, asOf = ARGV[1], tonumber(ARGV[2])
            local entry = P .. ':e:' .. key
            if ARGV[5] ~= '1' then
              if now - tonumber(ARGV[3]) > tonumber(ARGV[4]) / 2 then return 0 end
              if asOf < tonumber(redis.call('GET', P .. ':birth') or '9007199254740991') then return 0 end
              if held(key) then return 0 end
              if not above(':f:', key, asOf) then return 0 end
              for i = 10, #ARGV do
                if not above(':t:', ARGV[i], asOf) then return 0 end
              end
              local version = redis.call('HGET', entry, 'v')
              if version and tonumber(version) > tonumber(ARGV[7]) then return 0 end
            end
            redis.call('DEL', entry)
            redis.call('HSET', entry, 'a', ARGV[2], 'v', ARGV[7])
            if ARGV[8] == '1' then redis.call('HSET', entry, 'd', ARGV[9]) end
            for i = 10, #ARGV do redis.call('HSET', entry, 't' .. (i - 9), ARGV[i]) end
            redis.call('PEXPIRE', entry, ARGV[6])
            return 1
            """)

    /// ARGV: action 'd'/'h'/'r', hold id, hold lifetime ms, floor lifetime ms, tag floor lifetime ms, message body, number
    /// of keys, keys…, tags…. Returns { logical time, live instances… }.
    package static let announce = RedisScript(
        name: "announce",
        source: prelude + """
            local stamp = tick()
            local keyCount = tonumber(ARGV[7])
            for i = 8, 7 + keyCount do
              local key = ARGV[i]
              redis.call('DEL', P .. ':e:' .. key)
              redis.call('SET', P .. ':f:' .. key, stamp, 'PX', ARGV[4])
              if ARGV[1] == 'h' then
                redis.call('HSET', P .. ':h:' .. key, ARGV[2], string.format('%d', now + tonumber(ARGV[3])))
                redis.call('PEXPIRE', P .. ':h:' .. key, ARGV[3])
              elseif ARGV[1] == 'r' then
                redis.call('HDEL', P .. ':h:' .. key, ARGV[2])
              end
            end
            for i = 8 + keyCount, #ARGV do
              redis.call('SET', P .. ':t:' .. ARGV[i], stamp, 'PX', ARGV[5])
            end
            redis.call('PUBLISH', P .. ':bus', stamp .. ' ' .. ARGV[6])
            redis.call('ZREMRANGEBYSCORE', P .. ':m', '-inf', now)
            local answer = redis.call('ZRANGE', P .. ':m', 0, -1)
            table.insert(answer, 1, stamp)
            return answer
            """)

    /// ARGV: instance, lease ms, data lifetime ms or 0, applied logical time. Returns { was alive 1/0, logical time }.
    package static let renew = RedisScript(
        name: "renew",
        source: prelude + """
            local score = redis.call('ZSCORE', P .. ':m', ARGV[1])
            local alive = 0
            if score and tonumber(score) > now then alive = 1 end
            redis.call('ZADD', P .. ':m', string.format('%d', now + tonumber(ARGV[2])), ARGV[1])
            if tonumber(clock()) < tonumber(ARGV[4]) then
              -- This server has forgotten announcements that the instance has heard.
              local start = math.max(tonumber(ARGV[4]) + 1, time[1] * 1000000 + time[2])
              redis.call('SET', P .. ':clock', string.format('%d', start))
              redis.call('SET', P .. ':birth', string.format('%d', start))
            end
            local stamp = clock()
            if ARGV[3] ~= '0' then
              for _, name in ipairs({ ':clock', ':birth', ':m' }) do redis.call('PEXPIRE', P .. name, ARGV[3]) end
            end
            return { alive, stamp }
            """)

    /// Returns the live instances.
    package static let members = RedisScript(
        name: "members",
        source: prelude + """
            redis.call('ZREMRANGEBYSCORE', P .. ':m', '-inf', now)
            return redis.call('ZRANGE', P .. ':m', 0, -1)
            """)

    /// Returns logical time.
    package static let logicalTime = RedisScript(name: "logical time", source: prelude + "return clock()")
}
