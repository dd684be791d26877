/// A command on its way through the model.
struct Call {
    var words: [Bytes]
    var connection: ConnectionID
    /// Nanoseconds since the beginning of 1970, by the clock of the server.
    var now: Int64
    /// Whether a script or a transaction calls: nothing may wait there.
    var isNested = false

    /// The time that keys expire by.
    var milliseconds: Int64 { now / 1_000_000 }
    var count: Int { words.count }
    var key: Bytes { words[1] }

    subscript(_ index: Int) -> Bytes { words[index] }

    func integer(_ index: Int) throws(RedisFailure) -> Int64 {
        guard let value = Numbers.integer(words[index]) else { throw .notInteger }
        return value
    }

    func score(_ index: Int) throws(RedisFailure) -> Double {
        guard let value = Numbers.score(words[index]) else { throw .notFloat }
        return value
    }
}
