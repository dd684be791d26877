/// What the server remembers about one client.
struct Connection: Sendable, Hashable {
    struct Transaction: Sendable, Hashable {
        var commands: [[Bytes]] = []
        /// Whether a command was refused while it was queued, so that nothing will be done.
        var isRefused = false
    }

    struct Tracking: Sendable, Hashable {
        var redirect: ConnectionID?
        /// `nil` in the default mode, where the server remembers which keys the client has read.
        var prefixes: [Bytes]?
        var ignoresOwnChanges = false
    }

    var name = Bytes()
    var channels: Set<Bytes> = []
    var transaction: Transaction?
    /// The keys that are watched, and whether each was past its deadline already when the watch began.
    var watched: [Bytes: Bool] = [:]
    /// Whether something watched has changed.
    var isDisturbed = false
    var tracking: Tracking?
}
