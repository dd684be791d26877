/// Why a world could not be had.
public struct WorldError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// There is no redis-server to start.
        case noRedisServer = "no-redis-server"
        /// It was started, or given, but does not answer as it should.
        case redisUnusable = "redis-unusable"
        /// Something of this machine is missing (a folder that can be written, a process that can be started).
        case hostUnusable = "host-unusable"
        /// A fault was declared that this server must not suffer.
        case faultRefused = "fault-refused"
    }

    public let code: Code
    public let message: String
    /// What to do about it.
    public let advice: String

    public var description: String { "\(message). \(advice)" }

    public init(_ code: Code, _ message: String, advice: String) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    static let noProgram = WorldError(
        .hostUnusable, "the scenario's instances are to be processes, and no program is known that could be one",
        advice: "Run it with the command coherence, or say which program to start")
}
