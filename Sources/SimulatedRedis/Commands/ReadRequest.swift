/// The arguments of `XREAD` and `XREADGROUP`.
struct ReadRequest {
    var group: Bytes?
    var consumer: Bytes?
    var count: Int?
    var waits = false
    var acknowledgesAtOnce = false
    /// The keys, and for each the identifier after which to read.
    var streams: [(key: Bytes, id: Bytes)] = []

    init(_ call: Call, isOfGroup: Bool) throws(RedisFailure) {
        var place = 1
        while place < call.count {
            let following = call.count - place - 1
            switch call[place].lowercased.text {
            case "count" where following > 0:
                place += 1
                let number = try call.integer(place)
                count = number > 0 ? Int(number) : nil
            case "block" where following > 0:
                place += 1
                guard Numbers.integer(call[place]) != nil else {
                    throw RedisFailure("ERR timeout is not an integer or out of range")
                }
                waits = true
            case "group" where following > 1:
                guard isOfGroup else {
                    throw RedisFailure(
                        "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.")
                }
                (group, consumer) = (call[place + 1], call[place + 2])
                place += 2
            case "noack":
                guard isOfGroup else {
                    throw RedisFailure(
                        "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.")
                }
                acknowledgesAtOnce = true
            case "streams" where following > 0:
                guard following.isMultiple(of: 2) else {
                    throw RedisFailure(
                        "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.")
                }
                let half = following / 2
                streams = (1...half).map { (call[place + $0], call[place + half + $0]) }
                place = call.count
            default: throw .syntax
            }
            place += 1
        }
        guard !streams.isEmpty else { throw .syntax }
        if isOfGroup, group == nil { throw RedisFailure("ERR Missing GROUP option for XREADGROUP") }
    }

    /// Throws an error if the command would have to wait.
    ///
    /// The model cannot wake a connection: its caller would have to. The server does not wait inside transactions and
    /// scripts either.
    func refuseToWait(_ call: Call) throws(RedisFailure) {
        if waits, !call.isNested { throw .notModelled("BLOCK where there is nothing to read") }
    }
}
