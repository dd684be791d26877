import RedisClient
import Scenarios

extension RedisReplyLimits {
    /// For runs on small values: nothing that a cache asks for comes near it.
    package static let usual = RedisReplyLimits(size: 32 << 20)

    /// Room for so many values of a size in one reply, if the usual limit has none.
    package static func holding(_ count: Int, of size: Int) -> RedisReplyLimits {
        // A value comes with its key, its tags and its numbers.
        let (bytes, overflow) = (size + 4096).multipliedReportingOverflow(by: count)
        return RedisReplyLimits(size: max(usual.size, overflow ? .max : bytes))
    }
}

extension Scenario {
    /// What a server may answer in a run. A look into the shared layer asks for a hundred entries at a time; records may be
    /// larger than their data set says.
    var replyLimits: RedisReplyLimits {
        let records = data.flatMap(\.records).map(\.text.bytes.count).max() ?? 0
        return .holding(100, of: (data.map(\.valueSize).max() ?? 0) + 2 * records)
    }
}
