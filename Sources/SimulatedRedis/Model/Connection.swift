/// The state of one client connection.
struct Connection: Sendable, Hashable {
    struct Transaction: Sendable, Hashable {
        var commands: [[Bytes]] = []
        /// Whether the server refused a command for the queue. `EXEC` then fails.
        var isRefused = false
    }

    struct Tracking: Sendable, Hashable {
        var redirect: ConnectionID?
        /// The prefixes, or `nil` in the default mode, in which the server stores the keys that the client has read.
        var prefixes: [Bytes]?
        var ignoresOwnChanges = false
    }

    var name = Bytes()
    var channels: Set<Bytes> = []
    var transaction: Transaction?
    /// The watched keys, and for each whether it was past its deadline when the watch began.
    var watched: [Bytes: Bool] = [:]
    /// Whether a watched key has changed.
    var isDisturbed = false
    var tracking: Tracking?
}

/// The number of a connection. `CLIENT ID` returns it, and `CLIENT TRACKING … REDIRECT` refers to it.
public struct ConnectionID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number, in the server's order of connecting.
    public let number: Int64

    /// Creates the identifier of a connection. The caller chooses the number.
    public init(_ number: Int64) { self.number = number }

    public static func < (left: ConnectionID, right: ConnectionID) -> Bool { left.number < right.number }
    /// The word "connection" and the number.
    public var description: String { "connection \(number)" }
}
