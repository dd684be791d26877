import AdapterProtocol
import CacheHierarchy
import Checking
import Foundation
import History
import Judging
import Processes
import RedisClient
import Scenarios
import Support
import Synchronization

/// Runs scenarios: clusters of the reference cache one after the other, in the live world on a Redis server, in the
/// simulated one in virtual time; verdicts.
///
/// Open one with ``open(_:)``, run as many scenarios as you like, and ``close()`` it: the private server and every file go
/// with it.
public final class ScenarioRunner: Sendable {
    /// What may be chosen for all scenarios of a run.
    public struct Configuration: Sendable {
        /// Where to run each scenario, as far as it allows that. Default: live.
        public var worlds: [World] = [.live]
        /// The server of the live world. Default: a private one.
        public var redis: RedisServer.Source = .privateServer
        /// What to start for an instance of a scenario whose instances are processes. Default: nothing, and then such a
        /// scenario is unknown.
        public var instanceProgram: InstanceProgram?
        /// Deliberate bugs given to the cache; none by default.
        public var defects: Set<Defect> = []
        /// The cache under test, if it is part of this process; it takes the place of any that a scenario declares.
        package var subject: LocalSubject?
        /// How long one run of a variant may take, in place of what ``RunBudget`` computes.
        public var timeout: Duration?
        /// How long a key of this run may outlive it on a Redis that is not its own, should it be killed. Default: its
        /// ``RunBudget`` and 120 seconds.
        public var keyLifetime: Duration?
        /// How long a run may wait for Redis, or for the next operation, before it is ended.
        package var supervision = RunSupervisor.Limits()
        /// The label of the only variant to run of each scenario; `nil`: all of them.
        public var variant: String?
        /// Told what is going on.
        public var onProgress: @Sendable (Progress) -> Void = { _ in }

        public init() {}
    }

    /// What is going on.
    public enum Progress: Sendable {
        case started(scenario: String, seed: UInt64)
        /// The scenario does not run in a world that was asked for, or not on the cache under test.
        case skipped(scenario: String, world: World, reason: String?)
        case phase(scenario: String, phase: String, number: Int, of: Int)
        case checking(scenario: String)
        case finished(ScenarioResult)
    }

    /// `nil` if nothing is to be run live.
    private let server: RedisServer?
    private let configuration: Configuration
    /// Before the keys of this run; each cluster adds its number.
    private let runPrefix: String
    private let clusterCount = Atomic<Int>(0)

    private init(server: RedisServer?, configuration: Configuration) {
        self.server = server
        self.configuration = configuration
        runPrefix = (server?.identity ?? GuestIdentity()).connectionName
    }

    /// Starts or reaches the server, if anything is to be run live.
    /// - Throws: ``WorldError`` if there is none to be had.
    public static func open(_ configuration: Configuration = Configuration()) async throws -> ScenarioRunner {
        let server =
            configuration.worlds.contains(.live)
            ? try await RedisServer.open(configuration.redis, keyLifetime: configuration.keyLifetime) : nil
        return ScenarioRunner(server: server, configuration: configuration)
    }

    /// Ends the private server, or removes what is left on the one that was given, and removes the run's files. It does so
    /// where the caller is cancelled as well.
    /// - Returns: what could not be removed, as a sentence; `nil` if nothing of the run is left.
    @discardableResult
    public func close() async -> String? { await server?.close() }

    /// Runs every variant of a scenario, one after the other, in each of the worlds.
    public func run(_ scenario: Scenario, seed: UInt64) async -> [ScenarioResult] {
        var results: [ScenarioResult] = []
        for world in configuration.worlds {
            let scenario = configuration.subject == nil ? scenario : scenario.testingLocally(in: world)
            guard scenario.worlds.contains(world) else {
                configuration.onProgress(
                    .skipped(scenario: scenario.name, world: world, reason: scenario.notSimulatedBecause))
                continue
            }
            for variant in scenario.variants() where isWanted(variant) && !Task.isCancelled {
                switch world {
                case .live:
                    guard let server else { continue }
                    results += await runTenants(of: variant.scenario, on: server, seed: seed)
                case .simulated: results.append(await runSimulated(variant.scenario, seed: seed))
                // One schedule among many says little: exploring goes there.
                case .gated: continue
                }
            }
        }
        return results
    }

    private func isWanted(_ variant: ScenarioVariant) -> Bool {
        configuration.variant.map { $0 == variant.label } ?? true
    }

    private func runSimulated(_ scenario: Scenario, seed: UInt64) async -> ScenarioResult {
        configuration.onProgress(.started(scenario: scenario.name, seed: seed))
        var run = SimulatedRun(scenario: scenario, defects: configuration.defects)
        run.subject = configuration.subject
        let budget = RunBudget(for: scenario, in: .simulated, limit: configuration.timeout)
        let isInterrupted = Atomic(false)
        let result = await withTaskCancellationHandler {
            run.result(seed: seed, budget: budget) { isInterrupted.load(ordering: .relaxed) }
        } onCancel: {
            isInterrupted.store(true, ordering: .relaxed)
        }
        configuration.onProgress(.finished(result))
        return result
    }

    /// Runs all applications that share the server, at the same time and each with a workload of its own; in their order.
    private func runTenants(of scenario: Scenario, on server: RedisServer, seed: UInt64) async -> [ScenarioResult] {
        let number = clusterCount.wrappingAdd(1, ordering: .relaxed).newValue
        let prefix = "\(runPrefix)-\(number)"
        let tenants = scenario.tenants()
        let keeper = ManagerKeeper(application: prefix)
        let results =
            tenants.isEmpty
            ? [await runLive(scenario, on: server, prefix: prefix, keeper, seed: seed)]
            : await runTenants(tenants, on: server, prefix: prefix, keeper, seed: seed)
        await keeper.close()
        return results
    }

    private func runTenants(
        _ tenants: [(name: String, scenario: Scenario)], on server: RedisServer, prefix: String,
        _ keeper: ManagerKeeper, seed: UInt64
    ) async -> [ScenarioResult] {
        await withTaskGroup(of: (Int, ScenarioResult).self) { group in
            for (index, tenant) in tenants.enumerated() {
                group.addTask {
                    let result = await self.runLive(
                        tenant.scenario, on: server, prefix: "\(prefix).\(index)", application: prefix + tenant.name,
                        keeper, seed: seed &+ UInt64(index), runSeed: seed)
                    return (index, result)
                }
            }
            var results: [(Int, ScenarioResult)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func runLive(
        _ scenario: Scenario, on server: RedisServer, prefix: String, application: String? = nil,
        _ keeper: ManagerKeeper, seed: UInt64, runSeed: UInt64? = nil
    ) async -> ScenarioResult {
        configuration.onProgress(.started(scenario: scenario.name, seed: seed))
        let start = ContinuousClock.now
        var result = ScenarioResult(
            scenario, world: .live, seed: seed, defects: Set(configuration.defects.map(\.rawValue)))
        let budget = RunBudget(for: scenario, limit: configuration.timeout)
        let supervisor = RunSupervisor(
            budget, limits: configuration.supervision,
            probe: RedisProbe(server.configuration, name: "\(runPrefix)-probe"), stage: "the cluster to be built")
        result.runSeed = runSeed
        let driven = Lock<DrivenRun?>(nil)
        do {
            try OpenFileLimit.require(scenario.openFiles, for: "the scenario")
            if configuration.subject != nil { try scenario.requireLocal(in: .live) }
            let run = try await supervisor.run { [self] in
                let cluster =
                    if let subject = scenario.subject {
                        try await LiveWorld.build(
                            scenario, of: subject, server: server, prefix: prefix, application: application,
                            budget: budget, seed: seed, local: configuration.subject)
                    } else {
                        try await deployment(
                            of: scenario, on: server, prefix: prefix, application: application, budget: budget, keeper
                        ).build()
                    }
                return try await drive(scenario, in: cluster, seed: seed, under: supervisor) { run in
                    driven.withLock { $0 = run }
                }
            }
            judge(run, scenario, under: supervisor, into: &result)
        } catch {
            // A cluster that is not taken down in time, since Redis is silent, does not take away what was recorded.
            if error is RunStall, let run = driven.withLock({ $0 }) {
                judge(run, scenario, under: supervisor, into: &result)
            } else {
                result.fail(error, after: supervisor.stall)
                if let record = driven.withLock({ $0 })?.run.record { result.keep(record, scenario) }
            }
        }
        let elapsed = ContinuousClock.now - start
        // The supervisor looks from time to time only.
        if let limit = configuration.timeout, elapsed > limit, supervisor.stall == nil, result.failure == nil {
            let spent = RunStall(waitingFor: "its end", cause: .budgetSpent(limit))
            result.fail(spent.description, as: max(.unknown, result.verdict))
        }
        result.duration = Double(elapsed.nanoseconds) / 1e9
        if let reason = result.skipReason {
            configuration.onProgress(.skipped(scenario: scenario.name, world: .live, reason: reason))
        } else {
            configuration.onProgress(.finished(result))
        }
        return result
    }

    private func deployment(
        of scenario: Scenario, on server: RedisServer, prefix: String, application: String?, budget: RunBudget,
        _ keeper: ManagerKeeper
    ) -> LiveDeployment {
        var deployment = LiveDeployment(scenario, on: server, prefix: prefix, defects: configuration.defects)
        deployment.application = application
        deployment.budget = budget
        deployment.keeper = keeper
        deployment.program = configuration.instanceProgram
        return deployment
    }

    /// A run whose phases are over, which has a record even if it was ended early; which instance died, if one did; and why
    /// the record is worth nothing, if so.
    private typealias DrivenRun = (run: ScenarioRun, death: String?, doubt: String?)

    private func judge(
        _ driven: DrivenRun, _ scenario: Scenario, under supervisor: RunSupervisor, into result: inout ScenarioResult
    ) {
        configuration.onProgress(.checking(scenario: scenario.name))
        result.judge(driven.run.record, scenario)
        if let doubt = driven.doubt, result.verdict != .error { result.fail(doubt, as: .unknown, heading: "in doubt") }
        if let death = driven.death { result.fail(death, as: .error) }
        if let stall = supervisor.stall {
            let reasons = [stall.description] + driven.run.cluster.silences
            result.fail(reasons.joined(separator: "; "), as: max(.unknown, result.verdict))
        }
    }

    /// Drives the phases in a cluster that is ready, and takes it down.
    /// - Parameter onDriven: given the run when nothing is recorded any more, before its traces are removed.
    private func drive(
        _ scenario: Scenario, in cluster: RunningCluster, seed: UInt64, under supervisor: RunSupervisor,
        onDriven: @Sendable (DrivenRun) -> Void
    ) async throws -> DrivenRun {
        let onProgress = configuration.onProgress
        let total = scenario.phases.count
        let count = Atomic<Int>(0)
        var death: String?
        var failure: (any Error)?
        var run = ScenarioRun(scenario, WorkloadPlan(scenario, seed: seed), in: cluster, under: supervisor) { phase in
            let number = count.wrappingAdd(1, ordering: .relaxed).newValue
            onProgress(.phase(scenario: scenario.name, phase: phase, number: number, of: total))
        }
        do {
            try Task.checkCancellation()
            try await run.execute()
        } catch let error as InstanceDeath {
            death = error.description
        } catch  where supervisor.stall != nil {
        } catch let error as AdapterError where !Task.isCancelled {
            death = error.description
        } catch {
            failure = error
        }
        supervisor.enter("the cluster to be taken down")
        let isJudged = failure == nil && death == nil && supervisor.stall == nil
        let doubt = isJudged ? await cluster.doubt() : nil
        await cluster.stopInstances()
        if failure == nil {
            // What was recorded until an instance died is kept and judged.
            do { try cluster.checkIsAlive() } catch { death = death ?? "\(error)" }
        }
        let driven = (run: run, death: supervisor.stall == nil ? death : nil, doubt: doubt)
        onDriven(driven)
        await cluster.removeTraces()
        if let failure { throw failure }
        return driven
    }
}

extension ScenarioResult {
    /// The cache under test does not offer what the scenario requires.
    mutating func skip(for lack: SubjectLacks) {
        skipReason = lack.reason
        fail(lack.reason, as: .unknown, heading: "not run")
    }

    /// - Parameter stall: why the run was ended, if it was; what it throws then is what ending it led to.
    fileprivate mutating func fail(_ error: any Error, after stall: RunStall?) {
        if let stall { return fail(stall.description, as: .unknown) }
        // Processes that were killed for the interruption say so each in its own way.
        if Task.isCancelled || error is CancellationError { return fail("it was interrupted", as: .unknown) }
        switch error {
        case let lack as SubjectLacks: skip(for: lack)
        case let error as WorldError: fail(error.description, as: .unknown)
        case let error as AdapterError: fail(error.description, as: .error)
        // Without Redis nothing can be judged.
        case let error as RedisError: fail("Redis: \(error)", as: .unknown)
        default: fail("\(error)", as: .error)
        }
    }
}
