import Processes
import RedisClient
import Support

/// Has a real server give up keys for want of memory, one at a time, under the policy by which any of them may be chosen.
///
/// Under `allkeys-lru` the same keys may go: it draws a few and takes the one that has not been used for longest, counted in
/// seconds, so that within one they are all alike.
final class LiveEvictor: Sendable {
    private struct State {
        /// How many keys are to go yet.
        var due = 0
        var isAtWork = false
        var isPrepared = false
    }

    private let pool: RedisPool
    private let state = Lock(State())

    init(pool: RedisPool) { self.pool = pool }

    /// Returns when a key has gone, or somebody else sees to it; with nothing left to go it does nothing.
    func evictKey() async throws {
        let isOthersWork = state.withLock { state in
            state.due += 1
            defer { state.isAtWork = true }
            return state.isAtWork
        }
        guard !isOthersWork else { return }
        do {
            try await prepare()
            while takeDue() { try await evict() }
        } catch {
            state.withLock { $0.isAtWork = false }
            throw error
        }
    }

    private func takeDue() -> Bool {
        state.withLock { state in
            guard state.due > 0 else {
                state.isAtWork = false
                return false
            }
            state.due -= 1
            return true
        }
    }

    private func prepare() async throws {
        guard !state.withLock({ $0.isPrepared }) else { return }
        state.withLock { $0.isPrepared = true }
        try await set("maxmemory-policy", "allkeys-random")
    }

    /// Takes away a little more memory each time, until it is missed. The server looks for room before its next command.
    private func evict() async throws {
        let before = try await number("evicted_keys", in: "stats")
        var excess: Int64 = 1
        while try await pool.send(RedisCommand("DBSIZE")).integerValue ?? 0 > 0 {
            let used = try await number("used_memory", in: "memory")
            try await set("maxmemory", String(max(1, used > excess ? used - excess : 1)))
            try await set("maxmemory", "0")
            if try await number("evicted_keys", in: "stats") > before { return }
            guard excess < 1 << 50 else { throw FaultError(.failed, "redis-server evicts nothing") }
            excess = excess * 4 + 1024
        }
    }

    /// The server has memory again.
    func stop() async {
        guard state.withLock({ $0.isPrepared }) else { return }
        try? await set("maxmemory", "0")
        try? await set("maxmemory-policy", "noeviction")
    }

    private func set(_ name: String, _ value: String) async throws {
        _ = try await pool.send(RedisCommand("CONFIG", "SET", name, value))
    }

    private func number(_ name: String, in section: String) async throws -> Int64 {
        let information = try await pool.send(RedisCommand("INFO", section)).string ?? ""
        guard let number = ServerInformation(text: information).number(name) else {
            throw FaultError(.failed, "redis-server does not tell \(name)")
        }
        return number
    }
}
