import RedisClient

extension CommandRule {
    static let sortedSetRules: [CommandRule] = [
        CommandRule("zadd", -4, [.write, .growing]) { model, call throws(RedisFailure) in try model.zadd(call) },
        CommandRule("zscore", 3, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            let score = try model.collection(SortedSet.self, call.key, call)?.scores[call[2]]
            return score.map { .bulk(Numbers.text(of: $0)) } ?? .null
        },
        CommandRule("zcard", 2, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            .integer(Int64(try model.collection(SortedSet.self, call.key, call)?.scores.count ?? 0))
        },
        CommandRule("zrange", -4, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            let range = try RangeRequest(call)
            guard let set = try model.collection(SortedSet.self, call.key, call) else { return .array([]) }
            return .array(
                range.members(of: set).flatMap { member, score -> [RedisValue] in
                    range.showsScores ? [.bulk(member), .bulk(Numbers.text(of: score))] : [.bulk(member)]
                })
        },
        CommandRule("zrem", -3, .write) { model, call throws(RedisFailure) in
            let removed = try model.update(SortedSet.self, call.key, call) { set in
                call.words.dropFirst(2).count { set.scores.removeValue(forKey: $0) != nil }
            }
            if removed > 0 { model.noteChange(of: call.key) }
            return .integer(Int64(removed))
        },
        CommandRule("zremrangebyscore", 4, .write) { model, call throws(RedisFailure) in
            let range = try ScoreRange(call[2], call[3])
            let removed = try model.update(SortedSet.self, call.key, call) { set in
                let before = set.scores.count
                set.scores = set.scores.filter { !range.contains($0.value) }
                return before - set.scores.count
            }
            if removed > 0 { model.noteChange(of: call.key) }
            return .integer(Int64(removed))
        },
    ]
}

extension RedisModel {
    fileprivate mutating func zadd(_ call: Call) throws(RedisFailure) -> RedisValue {
        var mustExist: Bool?
        var onlyHigher = false
        var onlyLower = false
        var countsChanges = false
        var bothConditions = false
        var place = 2
        options: while place < call.count {
            switch call[place].lowercased.text {
            case "nx":
                bothConditions = bothConditions || mustExist == true
                mustExist = false
            case "xx":
                bothConditions = bothConditions || mustExist == false
                mustExist = true
            case "gt": onlyHigher = true
            case "lt": onlyLower = true
            case "ch": countsChanges = true
            case "incr": throw .notModelled("INCR of ZADD")
            default: break options
            }
            place += 1
        }
        guard place < call.count, (call.count - place).isMultiple(of: 2) else { throw .syntax }
        if bothConditions { throw RedisFailure("ERR XX and NX options at the same time are not compatible") }
        if (onlyHigher && onlyLower) || (mustExist == false && (onlyHigher || onlyLower)) {
            throw RedisFailure("ERR GT, LT, and/or NX options at the same time are not compatible")
        }
        var members: [(Bytes, Double)] = []
        for pair in stride(from: place, to: call.count, by: 2) {
            members.append((call[pair + 1], try call.score(pair)))
        }
        let (added, changed) = try update(SortedSet.self, call.key, call) { set in
            var added = 0
            var changed = 0
            for (member, score) in members {
                let old = set.scores[member]
                if let mustExist, mustExist != (old != nil) { continue }
                if let old {
                    if onlyHigher && score <= old || onlyLower && score >= old || score == old { continue }
                    changed += 1
                } else {
                    added += 1
                }
                set.scores[member] = score
            }
            return (added, changed)
        }
        if added + changed > 0 { noteChange(of: call.key) }
        return .integer(Int64(countsChanges ? added + changed : added))
    }
}

/// A range of scores. `(` before a bound excludes the bound.
private struct ScoreRange {
    let low: Double
    let high: Double
    let leavesOutLow: Bool
    let leavesOutHigh: Bool

    init(_ low: Bytes, _ high: Bytes) throws(RedisFailure) {
        (self.low, leavesOutLow) = try Self.bound(low)
        (self.high, leavesOutHigh) = try Self.bound(high)
    }

    private static func bound(_ bytes: Bytes) throws(RedisFailure) -> (Double, Bool) {
        let isOpen = bytes.first == UInt8(ascii: "(")
        guard let value = Numbers.score(bytes.dropFirst(isOpen ? 1 : 0)) else {
            throw RedisFailure("ERR min or max is not a float")
        }
        return (value, isOpen)
    }

    func contains(_ score: Double) -> Bool {
        (leavesOutLow ? score > low : score >= low) && (leavesOutHigh ? score < high : score <= high)
    }
}

/// The arguments of `ZRANGE`.
private struct RangeRequest {
    private enum Bounds {
        case places(Int64, Int64)
        case scores(ScoreRange)
    }

    private let bounds: Bounds
    private let isReversed: Bool
    let showsScores: Bool
    private let offset: Int64
    private let limit: Int64

    init(_ call: Call) throws(RedisFailure) {
        var byScore = false
        var isReversed = false
        var showsScores = false
        var limit: (Int64, Int64)?
        var place = 4
        while place < call.count {
            switch call[place].lowercased.text {
            case "withscores": showsScores = true
            case "byscore": byScore = true
            case "rev": isReversed = true
            case "limit" where place + 2 < call.count:
                limit = (try call.integer(place + 1), try call.integer(place + 2))
                place += 2
            case "bylex": throw .notModelled("BYLEX of ZRANGE")
            default: throw .syntax
            }
            place += 1
        }
        if limit != nil, !byScore {
            throw RedisFailure(
                "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX")
        }
        self.isReversed = isReversed
        self.showsScores = showsScores
        (offset, self.limit) = limit ?? (0, -1)
        if byScore {
            let (low, high) = isReversed ? (call[3], call[2]) : (call[2], call[3])
            bounds = .scores(try ScoreRange(low, high))
        } else {
            bounds = .places(try call.integer(2), try call.integer(3))
        }
    }

    func members(of set: SortedSet) -> [(member: Bytes, score: Double)] {
        let ordered = isReversed ? set.ordered.reversed() : set.ordered
        switch bounds {
        case .places(let first, let last):
            let count = Int64(ordered.count)
            let start = max(0, first < 0 ? max(first, -count) + count : first)
            let end = min(last < 0 ? max(last, -count - 1) + count : last, count - 1)
            guard start <= end, start < count else { return [] }
            return Array(ordered[Int(start)...Int(end)])
        case .scores(let range):
            guard offset >= 0 else { return [] }
            let found = ordered.filter { range.contains($0.score) }.dropFirst(Int(clamping: offset))
            return Array(limit < 0 ? found : found.prefix(Int(clamping: limit)))
        }
    }
}
