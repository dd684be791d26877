import CacheHierarchy
import Locking
import RedisClient
import Simulation

/// The way between one instance and the simulated server: a connection for requests, and one for messages.
///
/// What is cut off by a loss is decided by the schedule: a request on its way there is never carried out, one whose answer was
/// on its way has been.
final class SimulatedLink: InstanceLink {
    private struct State {
        /// Rises when the connections are lost: what belongs to an earlier one goes nowhere.
        var connection = 0
        var isStalled = false
        var isSevered = false
        var delay: Int64 = 0
        var bus: SimulatedBus?
    }

    let id: String
    let tier: any SharedTier
    let clock: any CacheClock
    private let server: SimulatedServer
    /// How long an instance waits for an answer, in nanoseconds.
    let patience: Int64
    private let state = Lock(State())

    init(
        of id: String, to tier: any SharedTier, on server: SimulatedServer, clock: any CacheClock, patience: Int64
    ) {
        self.id = id
        self.tier = tier
        self.server = server
        self.clock = clock
        self.patience = patience
    }

    var shared: any SharedTier { LinkedSharedTier(link: self) }

    // MARK: Faults

    func stall() async {
        state.withLock { $0.isStalled = true }
        fallSilent()
    }

    func resume() async { state.withLock { $0.isStalled = false } }
    func disconnect() async { loseConnections() }
    func delay(by nanoseconds: Int64) async { state.withLock { $0.delay = nanoseconds } }

    func sever() async {
        let bus = state.withLock { state in
            state.isSevered = true
            state.connection += 1
            defer { state.bus = nil }
            return state.bus
        }
        bus?.close()
    }

    func loseConnections() {
        let bus = state.withLock { state in
            state.connection += 1
            return state.bus
        }
        bus?.lose()
    }

    /// A subscription that hears nothing for as long as an instance has patience is given up.
    func fallSilent() {
        let connection = state.withLock { $0.connection }
        Task { [self] in
            await Simulation.named("silence of \(id)") {
                do { try await clock.sleep(nanoseconds: patience) } catch { return }
                guard isSilent, connection == state.withLock({ $0.connection }) else { return }
                state.withLock { $0.bus }?.lose()
            }
        }
    }

    // MARK: Passing

    var isSevered: Bool { state.withLock { $0.isSevered } }
    /// Nanoseconds in each direction.
    var delay: Int64 { state.withLock { $0.delay } }
    /// Whether nothing passes, though nothing is closed.
    var isSilent: Bool { server.condition.isPaused || state.withLock { $0.isStalled } }
    /// Whether nobody is there to connect to.
    var isRefused: Bool { server.condition.isDown || isSevered }

    func open(_ bus: SimulatedBus) { state.withLock { $0.bus = bus } }

    /// Sends a request and waits for its answer.
    /// - Parameter mayNeedMemory: whether a server without any refuses it.
    /// - Throws: `RedisError`, as the client of a real server does.
    func request<Answer: Sendable>(
        mayNeedMemory: Bool = false, _ body: @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer {
        guard !isRefused else { throw RedisError(.connectFailed, "nobody listens") }
        let connection = state.withLock { $0.connection }
        let deadline = clock.now() + patience
        guard try await travel(on: connection, until: deadline) else {
            // It is still on its way, and will be carried out.
            Task { [self] in
                if (try? await travel(on: connection, until: .max)) == true { _ = try? await body(tier) }
            }
            throw RedisError(.commandTimedOut, "no reply came in time", outcomeUnknown: true)
        }
        if mayNeedMemory, server.condition.isOutOfMemory {
            throw RedisError(.serverError, "OOM command not allowed when used memory > 'maxmemory'.")
        }
        let answer = try await body(tier)
        guard try await travel(on: connection, until: deadline) else {
            throw RedisError(.commandTimedOut, "no reply came in time", outcomeUnknown: true)
        }
        return answer
    }

    /// - Returns: `false` if it takes until after the deadline.
    private func travel(on connection: Int, until deadline: Int64) async throws -> Bool {
        await Simulation.point("travel")
        let delay = delay
        if delay > 0 { try await clock.sleep(nanoseconds: delay) }
        while true {
            guard connection == state.withLock({ $0.connection }) else {
                throw RedisError(.connectionLost, "the connection was closed", outcomeUnknown: true)
            }
            if !isSilent { return true }
            guard clock.now() < deadline else { return false }
            try await pauseBriefly()
        }
    }

    /// Until another look at a way that is blocked.
    func pauseBriefly() async throws { try await clock.sleep(nanoseconds: patience / 20) }
}
