import CacheHierarchy
import Foundation
import Support

/// Says, once, that an instance has committed a write at the origin, before the instance itself learns of it: whoever
/// ends it then ends it between storage and cache.
final class CommitWatch: Sendable {
    private let action = Lock<(@Sendable () -> Void)?>(nil)

    init() {}

    /// - Parameter action: done after the next commit, by whoever made it; it replaces one that was to be done.
    func atNextCommit(_ action: @escaping @Sendable () -> Void) {
        self.action.withLock { $0 = action }
    }

    /// Ends the process after the next commit as `kill -9` does: nothing is told, closed or written any more.
    func dieAtNextCommit() {
        atNextCommit {
            kill(getpid(), SIGKILL)
            // The signal takes effect before the call returns, or a moment later on another thread.
            while true { pause() }
        }
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
    private let base: any Origin
    private let watch: CommitWatch

    init(base: any Origin, watch: CommitWatch) {
        self.base = base
        self.watch = watch
    }

    func load(_ key: String) async throws -> OriginRecord { try await base.load(key) }

    func load(_ keys: [String]) async throws -> [OriginRecord] { try await base.load(keys) }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        let version = try await base.commit(key, value: value, tags: tags)
        watch.committed()
        return version
    }
}
