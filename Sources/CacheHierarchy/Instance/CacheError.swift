/// Why a cache could not do what it was asked.
public struct CacheError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Nothing was written: the other instances could not be told to stand by.
        case holdFailed = "hold-failed"
        /// The origin could not be asked, or did not commit.
        case originFailed = "origin-failed"
        /// The invalidation may or may not have been announced.
        case announcementUnknown = "announcement-unknown"
        /// The instance was stopped.
        case stopped
    }

    public let code: Code
    public let message: String
    /// What lay beneath it.
    public let underlying: (any Error)?

    /// Whether what was asked may have happened all the same.
    public var isOutcomeUnknown: Bool { code == .announcementUnknown || code == .originFailed }

    public var description: String {
        "\(code.rawValue): \(message)" + (underlying.map { " (\($0))" } ?? "")
    }

    init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}
