import RedisClient

/// The scripts by which the hierarchy uses Redis. Each is one atomic step.
///
/// P is the root of a ``RedisNamespace``: `P:e:KEY` an entry (hash: `a` current as of, `v` version, `d` value, `t1`… tags) ·
/// `P:s` the state (hash: `c` logical time, `b` logical time when this state began, `r` the server that began it, `l` when
/// an earlier state was lost, in milliseconds, or 0, `f` and `t` the horizons of the floors, `m` members by the end of
/// their leases, `h:KEY` holds) · `P:f` and `P:t` the floors of keys and tags (sorted sets of `:NAME`) · `P:bus` the
/// announcements, a channel or a stream (field `e`) · `P:ack:INSTANCE` a channel.
///
/// A server may lose any key at any time: it evicts, it comes back empty, or older. Entries may go. The other three keys
/// vouch for each other: the floors carry the `b` of the state, which carries the name of the server's process. Whichever
/// is missing or differs, all three are begun anew, at a later logical time than any before, and whatever is current only
/// as of an earlier one is refused: so none of them is ever lost alone.
///
/// Every script is given, before its own arguments, the name of the server's process (ARGV[1]) and for how long keys may
/// outlive the last sign of life, in milliseconds, or 0 for ever (ARGV[2]). In the latter case each key gets that time to
/// live in the very step that makes it. An entry that is declared to live longer has its deadline as a field: `x`.
package enum RedisScripts {
    /// More floors than this are forgotten, the older half first.
    package static let floorCapacity = 65_536

    /// `open(isLoss)` begins the state anew if what is there cannot be believed, `begin(isLoss, beyond)` does so at a logical
    /// time later than `beyond`, `tick()` advances logical time, and
    /// `last(name)` bounds the time that a key has to live.
    private static let prelude = """
        local P = KEYS[1]
        local S, F, T = P .. ':s', P .. ':f', P .. ':t'
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local server, lifetime = ARGV[1], ARGV[2]
        local fields = redis.call('HMGET', S, 'b', 'c', 'r', 'l', 'f', 't')
        local birth, clock, lost = fields[1], fields[2], fields[4]
        local horizons = { [F] = tonumber(fields[5] or 0), [T] = tonumber(fields[6] or 0) }
        local function last(name)
          if lifetime ~= '0' then redis.call('PEXPIRE', name, lifetime) end
        end
        local function begin(isLoss, beyond)
          local start = math.max(time[1] * 1000000 + time[2], beyond + 1, tonumber(clock or 0) + 1)
          birth, clock, lost = string.format('%d', start), string.format('%d', start), '0'
          if isLoss then lost = string.format('%d', now) end
          horizons[F], horizons[T] = 0, 0
          redis.call('DEL', S, F, T)
          redis.call('HSET', S, 'b', birth, 'c', clock, 'r', server, 'l', lost)
          redis.call('ZADD', F, birth, 'b')
          redis.call('ZADD', T, birth, 'b')
          last(S) last(F) last(T)
        end
        local function open(isLoss)
          local keys, tags = redis.call('ZSCORE', F, 'b'), redis.call('ZSCORE', T, 'b')
          if birth and fields[3] == server and keys and tags and tonumber(keys) == tonumber(birth)
              and tonumber(tags) == tonumber(birth) then return end
          begin(isLoss or birth or keys or tags, 0)
        end
        local function tick()
          clock = string.format('%d', tonumber(clock) + 1)
          redis.call('HSET', S, 'c', clock)
        end
        -- Names with the end of each, in milliseconds: 'LENGTH:NAME END;'…
        local function unpacked(list)
          local names, ends, position = {}, {}, 1
          while list and position <= #list do
            local colon = string.find(list, ':', position, true)
            local stop = colon + tonumber(string.sub(list, position, colon - 1))
            local semicolon = string.find(list, ';', stop + 1, true)
            names[#names + 1] = string.sub(list, colon + 1, stop)
            ends[#ends + 1] = tonumber(string.sub(list, stop + 2, semicolon - 1))
            position = semicolon + 1
          end
          return names, ends
        end
        -- The list without a name and without what is over, with the name at the end if it has an end.
        local function changed(list, name, till)
          local names, ends = unpacked(list)
          local packed = {}
          for i = 1, #names do
            if names[i] ~= name and ends[i] > now then
              packed[#packed + 1] = string.format('%d:%s %d;', #names[i], names[i], ends[i])
            end
          end
          if till then packed[#packed + 1] = string.format('%d:%s %d;', #name, name, till) end
          return table.concat(packed)
        end
        local function put(field, list)
          if list == '' then redis.call('HDEL', S, field) else redis.call('HSET', S, field, list) end
        end
        local function held(key)
          local list = redis.call('HGET', S, 'h:' .. key)
          if not list then return false end
          local _, ends = unpacked(list)
          for i = 1, #ends do
            if ends[i] > now then return true end
          end
          redis.call('HDEL', S, 'h:' .. key)
          return false
        end
        local function above(floors, name, asOf)
          if asOf < horizons[floors] then return false end
          local floor = redis.call('ZSCORE', floors, ':' .. name)
          return not floor or tonumber(floor) <= asOf
        end
        local function members(answer)
          local names, ends = unpacked(redis.call('HGET', S, 'm'))
          for i = 1, #names do
            if ends[i] > now then answer[#answer + 1] = names[i] end
          end
          return answer
        end

        """

    /// `look(key)` returns { logical time, birth, 'held' } or { …, 'miss' } or
    /// { …, 'hit', remaining ms, version, value or false, tags… }.
    private static let look = """
        open(true)
        local function look(key)
          if held(key) then return { clock, birth, 'held' } end
          local entry = redis.call('HGETALL', P .. ':e:' .. key)
          if #entry == 0 then return { clock, birth, 'miss' } end
          local asOf, version, value, till, tags = 0, '0', false, nil, {}
          for i = 1, #entry, 2 do
            local name = entry[i]
            if name == 'a' then asOf = tonumber(entry[i + 1])
            elseif name == 'v' then version = entry[i + 1]
            elseif name == 'd' then value = entry[i + 1]
            elseif name == 'x' then till = tonumber(entry[i + 1])
            else tags[#tags + 1] = entry[i + 1] end
          end
          if asOf < tonumber(birth) then return { clock, birth, 'miss' } end
          for _, tag in ipairs(tags) do
            if not above(T, tag, asOf) then return { clock, birth, 'miss' } end
          end
          -- The server keeps a key until the millisecond of its deadline is over.
          local left = redis.call('PTTL', P .. ':e:' .. key)
          if left > 0 and till then left = till - now end
          if left < 1 then return { clock, birth, 'miss' } end
          local answer = { clock, birth, 'hit', left, version, value }
          for _, tag in ipairs(tags) do answer[#answer + 1] = tag end
          return answer
        end

        """

    /// ARGV, from the third on: key. Returns what `look` does.
    package static let read = RedisScript(name: "read", source: prelude + look + "return look(ARGV[3])")

    /// ARGV, from the third on: keys. Returns what `look` does, for each.
    package static let inspect = RedisScript(
        name: "inspect",
        source: prelude + look + """
            local answers = {}
            for i = 3, #ARGV do answers[i - 2] = look(ARGV[i]) end
            return answers
            """)

    /// `keep(first, last, declared, ignoresFloors)` stores the entry of which ARGV has from the one number to the other: key,
    /// as of, version, has value '1'/'0', value, tags…. Its lifetime is declared in milliseconds. Returns 1 if stored.
    private static let keep = """
        open(true)
        local function keep(first, final, declared, ignoresFloors)
          local key, asOf, version = ARGV[first], tonumber(ARGV[first + 1]), ARGV[first + 2]
          local entry = P .. ':e:' .. key
          if not ignoresFloors then
            if asOf < tonumber(birth) then return 0 end
            if held(key) then return 0 end
            if not above(F, key, asOf) then return 0 end
            for i = first + 5, final do
              if not above(T, ARGV[i], asOf) then return 0 end
            end
            local present = redis.call('HMGET', entry, 'a', 'v')
            local isThere = present[1] and tonumber(present[1]) >= tonumber(birth)
            if isThere and tonumber(present[2]) > tonumber(version) then return 0 end
          end
          redis.call('DEL', entry)
          local fields = { 'a', ARGV[first + 1], 'v', version }
          if ARGV[first + 3] == '1' then
            fields[5], fields[6] = 'd', ARGV[first + 4]
          end
          for i = first + 5, final do
            fields[#fields + 1] = 't' .. (i - first - 4)
            fields[#fields + 1] = ARGV[i]
          end
          -- What is declared to live longer than the server may keep it has its deadline as data.
          local isBounded = lifetime ~= '0' and tonumber(lifetime) < tonumber(declared)
          if isBounded then
            fields[#fields + 1] = 'x'
            fields[#fields + 1] = string.format('%d', now + tonumber(declared))
          end
          -- Lua unpacks no more than its stack holds.
          for i = 1, #fields, 1000 do
            redis.call('HSET', entry, unpack(fields, i, math.min(i + 999, #fields)))
          end
          if isBounded then last(entry) else redis.call('PEXPIRE', entry, declared) end
          return 1
        end

        """

    /// ARGV, from the third on: ignore floors '1'/'0', lifetime ms, and an entry as `keep` takes it. Returns 1 if stored.
    package static let fill = RedisScript(
        name: "fill", source: prelude + keep + "return keep(5, #ARGV, ARGV[4], ARGV[3] == '1')")

    /// ARGV, from the third on: ignore floors '1'/'0', lifetime ms, and entries, before each of them the number of arguments
    /// that it takes. Returns for each what `keep` does.
    package static let fillMany = RedisScript(
        name: "fill many",
        source: prelude + keep + """
            local answers, position = {}, 5
            while position <= #ARGV do
              local final = position + tonumber(ARGV[position])
              answers[#answers + 1] = keep(position + 1, final, ARGV[4], ARGV[3] == '1')
              position = final + 1
            end
            return answers
            """)

    /// ARGV, from the third on: action 'd'/'h'/'r', hold id, hold lifetime ms, message body, most floors, length of the
    /// stream or 0 for a channel, number of keys, keys…, tags…. Returns { logical time, birth, ms since the loss of an
    /// earlier state or -1, live instances… }.
    package static let announce = RedisScript(
        name: "announce",
        source: prelude + """
            open(true)
            tick()
            local function raise(floors, name)
              redis.call('ZADD', floors, clock, ':' .. name)
              local most = tonumber(ARGV[7])
              if redis.call('ZCARD', floors) <= most + 1 then return end
              -- The first in rank is the birth, which stays.
              local half = math.floor(most / 2)
              local horizon = redis.call('ZRANGE', floors, half, half, 'WITHSCORES')[2]
              redis.call('HSET', S, floors == F and 'f' or 't', horizon)
              redis.call('ZREMRANGEBYRANK', floors, 1, half)
            end
            local keyCount = tonumber(ARGV[9])
            for i = 10, 9 + keyCount do
              local key = ARGV[i]
              redis.call('DEL', P .. ':e:' .. key)
              raise(F, key)
              if ARGV[3] ~= 'd' then
                local till = ARGV[3] == 'h' and now + tonumber(ARGV[5]) or nil
                put('h:' .. key, changed(redis.call('HGET', S, 'h:' .. key), ARGV[4], till))
              end
            end
            for i = 10 + keyCount, #ARGV do raise(T, ARGV[i]) end
            local message = clock .. ' ' .. ARGV[6]
            if ARGV[8] == '0' then redis.call('PUBLISH', P .. ':bus', message)
            else
              redis.call('XADD', P .. ':bus', 'MAXLEN', '~', ARGV[8], '*', 'e', message)
              last(P .. ':bus')
            end
            -- A hold that is forgotten while it stands would be no hold.
            last(S) last(F) last(T)
            return members({ clock, birth, lost == '0' and -1 or now - tonumber(lost) })
            """)

    /// ARGV, from the third on: instance, lease ms, applied logical time. Returns { was alive 1/0, logical time,
    /// birth }.
    package static let renew = RedisScript(
        name: "renew",
        source: prelude + """
            local applied = tonumber(ARGV[5])
            open(applied > 0)
            -- This server has forgotten announcements that the instance has heard; or the instance comes from an earlier
            -- state, and a newcomer has begun this one without knowing that there had been any.
            if applied > tonumber(clock) or applied > 0 and applied < tonumber(birth) and lost == '0' then
              begin(true, applied)
            end
            local alive = 0
            local list = redis.call('HGET', S, 'm')
            local names, ends = unpacked(list)
            for i = 1, #names do
              if names[i] == ARGV[3] and ends[i] > now then alive = 1 end
            end
            put('m', changed(list, ARGV[3], now + tonumber(ARGV[4])))
            last(S) last(F) last(T) last(P .. ':bus')
            return { alive, clock, birth }
            """)

    /// ARGV, from the third on: instance, which is gone.
    package static let leave = RedisScript(
        name: "leave",
        source: prelude + """
            put('m', changed(redis.call('HGET', S, 'm'), ARGV[3], nil))
            return 1
            """)

    /// Returns { birth, live instances… }.
    package static let members = RedisScript(
        name: "members",
        source: prelude + """
            open(true)
            return members({ birth })
            """)

    /// Returns logical time.
    package static let logicalTime = RedisScript(
        name: "logical time",
        source: prelude + """
            open(false)
            return clock
            """)
}
