import Foundation
import RedisClient
import Support
import Synchronization
import TestSupport
import Testing

@testable import Processes

@Suite("The supervisor of runs")
struct RunSupervisorTests {
    private static let long = Duration.seconds(600)

    /// Looks often, and waits for nothing but what a test shortens.
    private static func limits(_ change: (inout RunSupervisor.Limits) -> Void = { _ in }) -> RunSupervisor.Limits {
        var limits = RunSupervisor.Limits()
        limits.silence = long
        limits.standstill = long
        limits.grace = long
        limits.interval = .milliseconds(5)
        change(&limits)
        return limits
    }

    private static func budget(_ limit: Duration = long) -> RunBudget { RunBudget(expected: 1, limit: limit) }

    private static func sleep() async throws { try await Task.sleep(for: long) }

    /// Runs work that sleeps until it is cancelled.
    /// - Returns: why it was.
    private static func stall(_ supervisor: RunSupervisor) async -> RunStall? {
        try? await supervisor.run { try await sleep() }
        return supervisor.stall
    }

    @Test("Work that gets on is left alone, and its result handed on")
    func undisturbed() async throws {
        let supervisor = RunSupervisor(Self.budget(), limits: Self.limits(), probe: nil)
        #expect(try await supervisor.run { 7 } == 7)
        #expect(supervisor.stall == nil)
        await #expect(throws: WorldError.self) {
            try await supervisor.run { throw WorldError(.hostUnusable, "no folder", advice: "") }
        }
    }

    @Test("Of the time between two looks no more counts than should have passed")
    func laps() {
        let start = ContinuousClock.now
        var lap = Lap(most: .milliseconds(500), since: start)
        let looks = [Duration.milliseconds(250), .milliseconds(700), .seconds(60), .milliseconds(60_001)]
        let counted = looks.map { lap.next(at: start + $0) }
        #expect(counted == [.milliseconds(250), .milliseconds(450), .milliseconds(500), .milliseconds(1)])
    }

    /// Answers until it is to be closed, which lasts until it was asked in vain a hundred times, or for a while if
    /// nobody asks.
    private final class SlowlyClosedProbe: ServerProbe {
        let endpoint = "nowhere"
        let timeLimit = Duration.milliseconds(1)
        let lastError: String? = "the pool was closed"
        private let isClosing = Atomic(false)
        private let unanswered = Atomic(0)

        func isAnswered() async -> Bool {
            guard isClosing.load(ordering: .relaxed) else { return true }
            unanswered.add(1, ordering: .relaxed)
            return false
        }

        func close() async {
            isClosing.store(true, ordering: .relaxed)
            for _ in 0..<200 where unanswered.load(ordering: .relaxed) < 100 {
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test("A server that is not answered any more because the work is over has made no silence")
    func closing() async throws {
        let limits = Self.limits {
            $0.silence = .milliseconds(1)
            $0.interval = .microseconds(100)
        }
        let supervisor = RunSupervisor(Self.budget(), limits: limits, probe: SlowlyClosedProbe())
        #expect(try await supervisor.run { 7 } == 7)
        #expect(supervisor.stall == nil)
    }

    @Test("A budget that is spent ends the work, and names what it waited for")
    func budgetSpent() async throws {
        let supervisor = RunSupervisor(
            Self.budget(.milliseconds(50)), limits: Self.limits(), probe: nil, stage: "phase race")
        let stall = try #require(await Self.stall(supervisor))
        #expect(stall == RunStall(waitingFor: "phase race", cause: .budgetSpent(.milliseconds(50))))
        #expect(stall.description.contains("waited for phase race: its budget of 50 ms is spent"))
    }

    @Test("Workers who finish nothing end the work; those who finish something do not")
    func standstill() async throws {
        let finished = Atomic(0)
        let supervisor = RunSupervisor(
            Self.budget(), limits: Self.limits { $0.standstill = .milliseconds(50) }, probe: nil)
        try await supervisor.run {
            supervisor.enter("phase one") {
                finished.add(1, ordering: .relaxed).newValue
            }
            try await eventually("many looks") { finished.load(ordering: .relaxed) > 40 }
        }
        #expect(supervisor.stall == nil)
        try? await supervisor.run {
            supervisor.enter("phase two") { 5 }
            try await Self.sleep()
        }
        #expect(
            supervisor.stall == RunStall(waitingFor: "phase two", cause: .standstill(.milliseconds(50), finished: 5)))
    }

    @Test("What is declared to go wrong is no standstill")
    func tolerated() async throws {
        let looks = Atomic(0)
        let supervisor = RunSupervisor(
            Self.budget(), limits: Self.limits { $0.standstill = .milliseconds(50) }, probe: nil)
        try await supervisor.run {
            supervisor.tolerate { looks.add(1, ordering: .relaxed).newValue > 0 }
            supervisor.enter("phase one") { 5 }
            try await eventually("many looks") { looks.load(ordering: .relaxed) > 40 }
        }
        #expect(supervisor.stall == nil)
    }

    @Test(
        "A Redis without an answer ends the work, whatever it does instead",
        arguments: [
            HostileServer.Answer.silence, .drop, .bytes("$-1\r\n"), .bytes("+OK\r\n"),
            .bytes("HTTP/1.1 200 OK\r\n\r\n"),
            .endless("$500000000\r\n", then: "aaaaaaaaaaaaaaaa"),
        ])
    func silence(_ answer: HostileServer.Answer) async throws {
        let server = try HostileServer(answer, isPolite: false)
        defer { server.stop() }
        let probe = RedisProbe(
            RedisConfiguration(endpoint: .unixSocket(path: server.path)), name: "probe", timeLimit: .milliseconds(50))
        let supervisor = RunSupervisor(
            Self.budget(), limits: Self.limits { $0.silence = .milliseconds(100) }, probe: probe, stage: "phase race")
        let stall = try #require(await Self.stall(supervisor))
        guard case .silence = stall.cause else {
            Issue.record("\(stall)")
            return
        }
        #expect(stall.description.contains("the Redis at unix://\(server.path) has given no answer for 100 ms"))
    }

    @Test("A Redis that answers, if only with an error, does not")
    func answers() async throws {
        let server = try HostileServer(.bytes("-BUSY a script is running\r\n"), isPolite: false)
        defer { server.stop() }
        let probe = RedisProbe(RedisConfiguration(endpoint: .unixSocket(path: server.path)), name: "probe")
        #expect(await probe.isAnswered())
        await probe.close()
    }

    @Test("Work that ignores its cancellation is not waited for")
    func abandoned() async throws {
        let (released, release) = AsyncStream.makeStream(of: Void.self)
        let supervisor = RunSupervisor(
            Self.budget(.milliseconds(20)), limits: Self.limits { $0.grace = .milliseconds(20) }, probe: nil)
        let error = await #expect(throws: RunStall.self) {
            try await supervisor.run {
                // Not cancelled with its caller.
                await Task { for await _ in released {} }.value
            }
        }
        #expect(error?.cause == .budgetSpent(.milliseconds(20)))
        release.finish()
    }

    @Test("A cancellation of the caller reaches the work")
    func cancelled() async throws {
        let supervisor = RunSupervisor(Self.budget(), limits: Self.limits(), probe: nil)
        let isRunning = Atomic(false)
        let task = Task {
            try await supervisor.run {
                isRunning.store(true, ordering: .relaxed)
                try await Self.sleep()
            }
        }
        try await eventually("it runs") { isRunning.load(ordering: .relaxed) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(supervisor.stall == nil)
    }
}
