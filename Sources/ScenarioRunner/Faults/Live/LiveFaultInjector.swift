import CacheHierarchy
import Foundation
import Processes
import RedisClient
import Scenarios
import Support

/// Faults of a real server, by signals to its process, and of real connections, by a forwarder between both.
final class LiveFaultInjector: FaultInjector {
    private let server: RedisServer
    /// Straight to the server.
    private let pool: RedisPool
    private let tier: RedisSharedTier.Configuration
    /// The way of an instance, if it has none of its own to the server but one that all of a process share; `nil` if
    /// it has.
    private let commonLink: @Sendable (_ id: String) -> (any InstanceLink)?
    /// How long an instance waits for a reply before it gives a command, or its connection, up.
    private let patience: Duration
    private let forwarder: Forwarder
    private let keepsData: Bool
    private let evictor: LiveEvictor
    private let replica: LiveReplica
    private let state = Lock(State())

    private struct State {
        var identity: ServerIdentity?
        var mismatch: String?
        var isDown = false
        var remains = Fault.Remains.lost
        var linkCount = 0
    }

    /// - Throws: ``WorldError`` if the server is not ours, and a fault would hit everybody who uses it.
    init(
        _ scenario: Scenario, server: RedisServer, pool: RedisPool, tier: RedisSharedTier.Configuration,
        commonLink: @escaping @Sendable (_ id: String) -> (any InstanceLink)? = { _ in nil }
    ) async throws {
        if let fault = scenario.faults.first(where: \.concernsServer), !server.isPrivate {
            throw WorldError(
                .faultRefused, "a guest does not bring about a \(fault): others may use that server",
                advice: "Leave out --redis to have a private server started, or run it in the simulated world")
        }
        self.server = server
        self.pool = pool
        self.tier = tier
        self.commonLink = commonLink
        patience = scenario.cluster.lease
        keepsData = scenario.faults.contains { $0.action == .crash(.kept) }
        let endpoint = server.configuration.endpoint
        forwarder = try Forwarder { Socket.connect(to: endpoint) }
        evictor = LiveEvictor(pool: pool)
        replica = LiveReplica(of: server, pool: pool, forwarder: forwarder)
        guard server.isPrivate else { return }
        do {
            try await findProcess()
            if keepsData { try await writeEverythingDown() }
        } catch {
            await forwarder.stop()
            throw error
        }
    }

    func makeLink(of id: String) async throws -> any InstanceLink {
        if let link = commonLink(id) { return link }
        let route = try await makeRoute(of: id)
        var configuration = route.configuration
        configuration.clientName = "\(id).pool"
        let ownPool = RedisPool(configuration)
        return LiveLink(
            shared: RedisSharedTier(tier, pool: ownPool, server: configuration), pool: ownPool, route: route)
    }

    /// The way of one instance, for whoever connects on it, in this process or in another.
    func makeRoute(of id: String) async throws -> LiveRoute {
        let number = state.withLock { state in
            state.linkCount += 1
            return state.linkCount
        }
        // Short, because the path of a Unix socket may have a hundred characters at most.
        let path = "\(server.caretaker.folder)/\(String(UInt32.random(in: 0...UInt32.max), radix: 36))-\(number)"
        try await forwarder.addRoute(id, listeningAt: path)
        var configuration = server.configuration.patient(for: patience)
        configuration.endpoint = .unixSocket(path: path)
        return LiveRoute(configuration: configuration, forwarder: forwarder, route: id)
    }

    // MARK: The server

    /// A server that answers every command only when it is in its file, from where it comes back with it.
    private func writeEverythingDown() async throws {
        // By the system's buffers: what a process has handed over survives its death.
        _ = try await pool.send(RedisCommand("CONFIG", "SET", "appendfsync", "no"))
        _ = try await pool.send(RedisCommand("CONFIG", "SET", "appendonly", "yes"))
        while true {
            let information = try await pool.send(RedisCommand("INFO", "persistence")).string ?? ""
            let isBegun =
                information.contains("aof_rewrite_in_progress:0") && information.contains("aof_rewrite_scheduled:0")
            if isBegun { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    private func findProcess() async throws {
        let identity = try await ServerIdentity(of: pool)
        guard Self.process(of: identity) != nil else {
            throw FaultError(.failed, "redis-server does not tell its process")
        }
        let mismatch = await server.mismatch(of: identity)
        state.withLock { state in
            state.identity = identity
            state.mismatch = state.mismatch ?? mismatch
        }
    }

    /// A process that signals can be sent to: zero and less would be groups of processes.
    private static func process(of identity: ServerIdentity?) -> pid_t? {
        guard let process = identity?.process.flatMap({ pid_t(exactly: $0) }), process > 1 else { return nil }
        return process
    }

    /// The server that was started last; `nil` if it is not ours.
    var identity: ServerIdentity? { state.withLock { $0.identity } }
    /// Why some server that answered was not the one that was started, as a sentence; `nil` if each was.
    var mismatch: String? { state.withLock { $0.mismatch } }

    /// The process is a child of the caretaker, who waits for it only before it starts another: its number is nobody else's.
    private func signal(_ number: Int32) throws {
        guard let process = Self.process(of: identity), Foundation.kill(process, number) == 0 else {
            throw FaultError(.failed, "no signal could be sent to redis-server: \(String(cString: strerror(errno)))")
        }
    }

    func crashRedis(_ remains: Fault.Remains) async throws {
        state.withLock { $0.remains = remains }
        try await kill()
    }

    private func kill() async throws {
        try signal(SIGKILL)
        state.withLock { $0.isDown = true }
        // The connections of a process that was killed are closed soon after.
        while let connection = Socket.connect(to: server.configuration.endpoint) {
            close(connection)
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    func restartRedis() async throws {
        let remains = state.withLock { $0.remains }
        try await server.restart(remains == .kept ? "--appendonly yes --appendfsync no" : "--appendonly no")
        state.withLock { $0.isDown = false }
        try await findProcess()
        if remains == .lost { try await forgetWhatWasWrittenDown() }
    }

    /// What an earlier process has written down must not come back after another crash, which keeps what there is.
    private func forgetWhatWasWrittenDown() async throws {
        if keepsData { try await writeEverythingDown() }
    }

    func pauseRedis() async throws { try signal(SIGSTOP) }

    func resumeRedis() async throws {
        try signal(SIGCONT)
        try await server.waitForAnswer()
    }

    func refuseMemory(_ isRefused: Bool) async throws {
        _ = try await pool.send(RedisCommand("CONFIG", "SET", "maxmemory", isRefused ? "1" : "0"))
    }

    func evictKey() async throws { try await evictor.evictKey() }

    func holdBackReplica() async throws { try await replica.holdBack() }

    func failOver() async throws {
        try await kill()
        try await replica.takeOver()
        state.withLock { $0.isDown = false }
        try await findProcess()
        try await forgetWhatWasWrittenDown()
    }

    // MARK: The end

    func heal() async {
        guard server.isPrivate else { return }
        if state.withLock({ $0.isDown }) {
            try? await restartRedis()
        } else {
            try? signal(SIGCONT)
            try? await refuseMemory(false)
        }
        await replica.discard()
    }

    func remove() async {
        await evictor.stop()
        if keepsData { _ = try? await pool.send(RedisCommand("CONFIG", "SET", "appendonly", "no")) }
        await forwarder.stop()
    }
}
