import CacheHierarchy
import RedisClient
import Scenarios
import Simulation
import Support

/// The way between one instance and the simulated server: a connection for requests, and one for messages.
///
/// What is cut off by a loss is decided by the schedule: a request on its way there is never carried out, one whose answer was
/// on its way has been.
final class SimulatedLink: InstanceLink {
    private struct State {
        /// Rises when the connections are lost: what belongs to an earlier one goes nowhere.
        var connection = 0
        var stall: Stall?
        var isSevered = false
        var delay: Int64 = 0
        var bus: SimulatedBus?
        /// Those who wait for the way to open, in the order in which they came: it is the same in every run.
        var naps: [Task<Void, any Error>] = []
    }

    /// A way that stands still, but for what it lets through.
    private struct Stall {
        let passing: Fault.Direction?
    }

    let id: String
    let tier: any SharedTier
    let clock: any CacheClock
    private let server: SimulatedServer
    /// How long an instance waits for an answer, in nanoseconds.
    let patience: Int64
    /// How many announcements the server keeps for whoever is away; `nil` if none.
    let streamLength: Int?
    private let state = Lock(State())

    init(
        of id: String, to tier: any SharedTier, on server: SimulatedServer, clock: any CacheClock, patience: Int64,
        streamLength: Int? = nil
    ) {
        self.id = id
        self.tier = tier
        self.server = server
        self.clock = clock
        self.patience = patience
        self.streamLength = streamLength
    }

    var shared: any SharedTier { LinkedSharedTier(link: self) }

    private func look<Result>(_ body: (borrowing State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.link(id), .reads)
        return state.withLock { body($0) }
    }

    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        Simulation.touch(SimulatedPart.link(id), .writes)
        return state.withLock { body(&$0) }
    }

    // MARK: Faults

    func stall(passing: Fault.Direction?) async {
        change { $0.stall = Stall(passing: passing) }
        if passing != .answers { fallSilent() }
    }

    func resume() async {
        change { $0.stall = nil }
        lookAgain()
    }

    /// Whoever waits for the way to open sees at once whether it has.
    func lookAgain() {
        let naps = state.withLock { state in
            defer { state.naps = [] }
            return state.naps
        }
        for nap in naps { nap.cancel() }
    }

    func disconnect() async { loseConnections() }
    func delay(by nanoseconds: Int64) async { change { $0.delay = nanoseconds } }

    func sever() async {
        let bus = change { state in
            state.isSevered = true
            state.connection += 1
            defer { state.bus = nil }
            return state.bus
        }
        bus?.close()
        lookAgain()
    }

    func loseConnections() {
        let bus = change { state in
            state.connection += 1
            return state.bus
        }
        bus?.lose()
    }

    /// The server has come back without the stream, or with an older one.
    func loseStream(upTo time: Int64) { look { $0.bus }?.loseStream(upTo: time) }

    /// A subscription that hears nothing for as long as an instance has patience is given up.
    func fallSilent() {
        let connection = look { $0.connection }
        Task { [self] in
            await Simulation.named("silence of \(id)") {
                do { try await clock.sleep(nanoseconds: patience) } catch { return }
                guard isSilent, isOpen(connection) else { return }
                look { $0.bus }?.lose()
            }
        }
    }

    // MARK: Passing

    var isSevered: Bool { look { $0.isSevered } }
    /// Nanoseconds in each direction.
    var delay: Int64 { look { $0.delay } }
    /// Whether nothing that Redis sends arrives, though nothing is closed.
    var isSilent: Bool { isStill(for: .answers) }

    /// Whether nothing passes in a direction.
    private func isStill(for direction: Fault.Direction) -> Bool {
        server.condition.isPaused || look { $0.stall.map { $0.passing != direction } ?? false }
    }

    /// Whether nobody can connect: that takes both directions.
    var isUnreachable: Bool { isRefused || isStill(for: .requests) || isStill(for: .answers) }
    /// Whether nobody is there to connect to.
    var isRefused: Bool { server.condition.isDown || isSevered }

    /// Whether a connection has not been lost since.
    func isOpen(_ connection: Int) -> Bool { look { $0.connection } == connection }

    static let connectionLost = RedisError(.connectionLost, "the connection was closed", outcomeUnknown: true)

    func open(_ bus: SimulatedBus) { change { $0.bus = bus } }

    /// Sends a request and waits for its answer.
    /// - Parameter mayNeedMemory: whether a server without any refuses it.
    /// - Throws: `RedisError`, as the client of a real server does.
    func request<Answer: Sendable>(
        mayNeedMemory: Bool = false, _ body: @escaping @Sendable (any SharedTier) async throws -> Answer
    ) async throws -> Answer {
        guard !isRefused else { throw RedisError(.connectFailed, "nobody listens") }
        let connection = look { $0.connection }
        let deadline = clock.now() + patience
        guard try await travel(.requests, on: connection, until: deadline) else {
            // It is still on its way, and will be carried out.
            Task { [self] in
                if (try? await travel(.requests, on: connection, until: .max)) == true {
                    _ = try? await carryOut(body, over: connection)
                }
            }
            throw RedisError(.commandTimedOut, "no reply came in time", outcomeUnknown: true)
        }
        if mayNeedMemory, server.condition.isOutOfMemory {
            throw RedisError(.serverError, "OOM command not allowed when used memory > 'maxmemory'.")
        }
        let answer = try await carryOut(body, over: connection)
        guard try await travel(.answers, on: connection, until: deadline) else {
            throw RedisError(.commandTimedOut, "no reply came in time", outcomeUnknown: true)
        }
        return answer
    }

    private func carryOut<Answer: Sendable>(
        _ body: @escaping @Sendable (any SharedTier) async throws -> Answer, over connection: Int
    ) async throws -> Answer {
        let sender = AnsweringTier.Sender(link: self, connection: connection)
        return try await AnsweringTier.$sender.withValue(sender) { try await body(tier) }
    }

    /// - Returns: `false` if it takes until after the deadline.
    private func travel(
        _ direction: Fault.Direction, on connection: Int, until deadline: Int64
    ) async throws -> Bool {
        await Simulation.point("travel")
        let delay = delay
        if delay > 0 { try await clock.sleep(nanoseconds: delay) }
        while true {
            guard isOpen(connection) else { throw Self.connectionLost }
            if !isStill(for: direction) { return true }
            guard clock.now() < deadline else { return false }
            try await pauseBriefly()
        }
    }

    /// Until another look at a way that is blocked: for a time, or until it opens.
    func pauseBriefly() async throws {
        let nap = Task { try await clock.sleep(nanoseconds: patience / 20) }
        change { $0.naps.append(nap) }
        await withTaskCancellationHandler {
            _ = await nap.result
        } onCancel: {
            nap.cancel()
        }
        state.withLock { $0.naps.removeAll { $0 == nap } }
        try Task.checkCancellation()
    }
}
