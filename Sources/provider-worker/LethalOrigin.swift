import CacheHierarchy
import Foundation
import Synchronization

/// Whether the next commit is the last thing that this process does.
final class Fate: Sendable {
    private let isSealed = Atomic<Bool>(false)

    func seal() { isSealed.store(true, ordering: .releasing) }

    /// Ends the process as `kill -9` does, if that is its fate: nothing is told, closed or written any more.
    func come() {
        guard isSealed.load(ordering: .acquiring) else { return }
        kill(getpid(), SIGKILL)
        // The signal takes effect before the call returns, or a moment later on another thread.
        while true { pause() }
    }
}

/// A storage between whose commit and whatever would follow it the process may be killed.
struct LethalOrigin: Origin {
    let base: any Origin
    let fate: Fate

    func load(_ key: String) async throws -> OriginRecord { try await base.load(key) }

    func commit(_ key: String, value: [UInt8]?, tags: [String]) async throws -> Int64 {
        let version = try await base.commit(key, value: value, tags: tags)
        fate.come()
        return version
    }
}
