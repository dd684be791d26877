import CacheHierarchy
import Locking

/// Says, once, that an instance has committed a write at the origin, before the instance itself learns of it: whoever
/// ends it then ends it between storage and cache.
final class CommitWatch: Sendable {
    private let action = Lock<(@Sendable () -> Void)?>(nil)

    /// - Parameter action: done after the next commit, by whoever made it; it replaces one that was to be done.
    func atNextCommit(_ action: @escaping @Sendable () -> Void) {
        self.action.withLock { $0 = action }
    }

    /// Does nothing at a commit any more.
    func giveUp() { action.withLock { $0 = nil } }

    func committed() {
        let action = action.withLock { action in
            defer { action = nil }
            return action
        }
        action?()
    }
}

/// The origin, as an instance uses it whose commits are watched.
struct WatchedOrigin: Origin {
    let base: any Origin
    let watch: CommitWatch

    func load(_ key: String) async throws -> OriginRecord { try await base.load(key) }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        let version = try await base.commit(key, value: value, tags: tags)
        watch.committed()
        return version
    }
}
