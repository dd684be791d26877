import Foundation
import RedisClient

/// The names of a run on a Redis that is not its own: by them its keys and its connections are known from all others.
///
/// Everything that it makes begins with `coherence:run:ID:`, and all its connections are called `coherence-ID…`. While it is
/// alive it has the key `coherence:run:ID:lease`.
package struct GuestIdentity: Sendable, Hashable {
    /// The process's number and something random: no other run has it.
    package let id: String

    package init() {
        id =
            "\(ProcessInfo.processInfo.processIdentifier)-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }

    package init(id: String) { self.id = id }

    /// What the keys and channels of every run begin with.
    package static let prefix = "coherence:"
    /// What the keys of all guests begin with.
    package static let start = prefix + "run:"

    /// Whose key it is; `nil` for one that is no guest's.
    package init?(key: String) {
        guard key.hasPrefix(Self.start) else { return nil }
        let rest = key.dropFirst(Self.start.count)
        guard let colon = rest.firstIndex(of: ":"), colon > rest.startIndex else { return nil }
        id = String(rest[..<colon])
    }

    /// What its keys and channels begin with.
    package var keyStart: String { "\(Self.start)\(id):" }
    /// Finds its keys and no others, as the pattern of a `SCAN`.
    package var keyPattern: String { RedisPattern.escaped(keyStart) + "*" }
    package var leaseKey: String { keyStart + "lease" }
    /// What the names of its connections begin with.
    package var connectionName: String { "coherence-\(id)" }

    /// Whether a connection of that name is one of its own.
    func owns(connection name: String) -> Bool {
        guard name.hasPrefix(connectionName) else { return false }
        // The number of one run may be the beginning of another's.
        guard let next = name.dropFirst(connectionName.count).first else { return true }
        return !next.isLetter && !next.isNumber
    }
}
