import RedisClient

extension CommandRule {
    static let streamRules: [CommandRule] = [
        CommandRule("xadd", -5, [.write, .growing]) { model, call throws(RedisFailure) in try model.xadd(call) },
        CommandRule("xlen", 2, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            .integer(Int64(try model.collection(Stream.self, call.key, call)?.entries.count ?? 0))
        },
        CommandRule("xdel", -3, .write) { model, call throws(RedisFailure) in
            // The server checks the type of the key before the identifiers.
            guard try model.collection(Stream.self, call.key, call) != nil else { return .integer(0) }
            let ids = try call.streamIDs(from: 2)
            let removed = try model.update(Stream.self, call.key, call) { stream in ids.count { stream.remove($0) } }
            if removed > 0 { model.noteChange(of: call.key) }
            return .integer(Int64(removed))
        },
        CommandRule("xrange", -4, .readOnly, keys: .first) { model, call throws(RedisFailure) in
            let start = try call.intervalStart(2)
            let end = try call.intervalEnd(3)
            var count: Int64?
            for place in stride(from: 4, to: call.count, by: 2) {
                guard place + 1 < call.count, call[place].isWord("count") else { throw .syntax }
                count = max(0, try call.integer(place + 1))
            }
            guard let stream = try model.collection(Stream.self, call.key, call) else { return .array([]) }
            if count == 0 { return .null }
            return .array(stream.entries(from: start, through: end, count: count.map { Int($0) }).map(\.reply))
        },
        CommandRule("xread", -4, .readOnly, keys: .streams) { model, call throws(RedisFailure) in
            let request = try ReadRequest(call, isOfGroup: false)
            var starts: [StreamID?] = []
            for (key, id) in request.streams {
                let stream = try model.collection(Stream.self, key, call)
                starts.append(
                    id.isWord("$") ? (stream?.lastID ?? .zero).next : try StreamID(strict: id).next)
            }
            var found: [RedisValue] = []
            for ((key, _), start) in zip(request.streams, starts) {
                guard let start, let stream = try model.collection(Stream.self, key, call) else { continue }
                let entries = stream.entries(from: start, through: .last, count: request.count)
                if !entries.isEmpty { found.append(.array([.bulk(key), .array(entries.map(\.reply))])) }
            }
            if found.isEmpty { try request.refuseToWait(call) }
            return found.isEmpty ? .null : .array(found)
        },
    ]
}

extension RedisModel {
    fileprivate mutating func xadd(_ call: Call) throws(RedisFailure) -> RedisValue {
        var place = 2
        var mustExist = false
        var maximum: Int64?
        options: while place < call.count {
            switch call[place].lowercased.text {
            case "nomkstream": mustExist = true
            case "maxlen" where place + 1 < call.count:
                let isExact = call[place + 1].isWord("=")
                if isExact || call[place + 1].isWord("~") { place += 1 }
                guard place + 1 < call.count else { throw .syntax }
                maximum = try call.integer(place + 1)
                guard maximum! >= 0 else { throw RedisFailure("ERR The MAXLEN argument must be >= 0.") }
                place += 1
            case "minid", "limit": throw .notModelled("\(call[place].text) of XADD")
            default: break options
            }
            place += 1
        }
        let fieldCount = call.count - place - 1
        guard place < call.count else { throw .wrongArity("xadd") }
        let requested = try NewStreamID(call[place])
        guard fieldCount >= 2, fieldCount.isMultiple(of: 2) else { throw .wrongArity("xadd") }
        if case .exact(.zero) = requested {
            throw RedisFailure("ERR The ID specified in XADD must be greater than 0-0")
        }
        if mustExist, try collection(Stream.self, call.key, call) == nil { return .null }
        let id = try update(Stream.self, call.key, call) { stream throws(RedisFailure) in
            let id = try requested.resolved(after: stream.lastID, at: call.milliseconds)
            stream.entries.append(Stream.Entry(id: id, fields: Array(call.words[(place + 1)...])))
            stream.lastID = id
            if let maximum { stream.entries.removeFirst(max(0, stream.entries.count - Int(clamping: maximum))) }
            return id
        }
        noteChange(of: call.key)
        return .bulk(id.text)
    }
}

/// The identifier argument of `XADD`.
private enum NewStreamID {
    case automatic
    case automaticSequence(UInt64)
    case exact(StreamID)

    init(_ bytes: Bytes) throws(RedisFailure) {
        if bytes.isWord("*") {
            self = .automatic
        } else if bytes.count > 2, bytes.suffix(2).elementsEqual("-*".utf8),
            let time = Numbers.unsigned(bytes.dropLast(2))
        {
            self = .automaticSequence(time)
        } else {
            self = .exact(try StreamID(strict: bytes))
        }
    }

    func resolved(after last: StreamID, at milliseconds: Int64) throws(RedisFailure) -> StreamID {
        guard let next = last.next else {
            throw RedisFailure(
                "ERR The stream has exhausted the last possible ID, unable to add more items")
        }
        let id: StreamID?
        switch self {
        case .automatic:
            let time = UInt64(max(0, milliseconds))
            id = time > last.time ? StreamID(time: time, sequence: 0) : next
        case .automaticSequence(let time):
            let sequence = time == last.time ? (last.sequence == .max ? nil : last.sequence + 1) : 0
            id = time < last.time ? nil : sequence.map { StreamID(time: time, sequence: $0) }
        case .exact(let exact): id = exact > last ? exact : nil
        }
        guard let id else {
            throw RedisFailure("ERR The ID specified in XADD is equal or smaller than the target stream top item")
        }
        return id
    }
}

extension Stream.Entry {
    var reply: RedisValue { .array([.bulk(id.text), .array(fields.map { .bulk($0) })]) }
}

extension StreamID {
    init(strict bytes: Bytes, missingSequence: UInt64 = 0) throws(RedisFailure) {
        guard let id = StreamID(bytes, missingSequence: missingSequence) else { throw .invalidStreamID }
        self = id
    }
}

extension Call {
    func streamIDs(from place: Int) throws(RedisFailure) -> [StreamID] {
        var ids: [StreamID] = []
        for word in words[place...] { ids.append(try StreamID(strict: word)) }
        return ids
    }

    func intervalStart(_ place: Int) throws(RedisFailure) -> StreamID {
        try interval(place, missingSequence: 0, step: \.next, "ERR invalid start ID for the interval")
    }

    func intervalEnd(_ place: Int) throws(RedisFailure) -> StreamID {
        try interval(place, missingSequence: .max, step: \.previous, "ERR invalid end ID for the interval")
    }

    private func interval(
        _ place: Int, missingSequence: UInt64, step: KeyPath<StreamID, StreamID?>, _ refusal: String
    ) throws(RedisFailure) -> StreamID {
        let word = words[place]
        if word.isWord("-") { return .zero }
        if word.isWord("+") { return .last }
        guard word.first == UInt8(ascii: "(") else {
            return try StreamID(strict: word, missingSequence: missingSequence)
        }
        let bound = try StreamID(strict: Array(word.dropFirst()), missingSequence: missingSequence)
        guard let inner = bound[keyPath: step] else { throw RedisFailure(refusal) }
        return inner
    }
}
