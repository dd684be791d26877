import BridgeTrial
import Exploration
import Judging
import Reporting
import Scenarios

/// Everything that a command was asked to run, so that what it did not run can be named.
struct RunPlan {
    private(set) var planned: [NotRun] = []
    /// What was left out from the beginning, with the reason.
    private(set) var leftOut: [NotRun] = []
    private let asDeclared: Bool

    /// Scenarios that are not to be run at all, with the reason.
    mutating func leaveOut(_ scenarios: [(DeclaredScenario, reason: String)], seed: UInt64) {
        leftOut += scenarios.map { scenario, reason in
            NotRun(
                name: scenario.name, file: scenario.file, world: scenario.worlds.first ?? .live, seed: seed,
                reason: reason)
        }
    }

    /// - Parameters:
    ///   - variant: the label of the only variant of each scenario; `nil`: all of them.
    ///   - unnamed: what is run only when named, and was not.
    ///   - asDeclared: whether each scenario was asked for in its own worlds only.
    init(
        _ scenarios: [DeclaredScenario], worlds: [World], seeds: [UInt64], variant: String?,
        unnamed: [DeclaredScenario] = [], asDeclared: Bool = false
    ) {
        self.asDeclared = asDeclared
        for scenario in scenarios {
            for seed in seeds {
                for world in worlds { add(scenario, world, seed, variant) }
            }
        }
        let world = worlds.first ?? .live
        leftOut += unnamed.map {
            NotRun(
                name: $0.name, file: $0.file, world: world, seed: seeds.first ?? 0, reason: "it is run only when named")
        }
    }

    /// What is explored: a cache under test on its processes, and everything else in the simulated world.
    init(exploring scenarios: [DeclaredScenario], seeds: [UInt64], variant: String?, unnamed: [DeclaredScenario]) {
        asDeclared = false
        for scenario in scenarios {
            for seed in seeds { add(scenario, scenario.cluster?.subject == nil ? .simulated : .gated, seed, variant) }
        }
        leftOut += unnamed.map {
            NotRun(
                name: $0.name, file: $0.file, world: .simulated, seed: seeds.first ?? 0,
                reason: "it is run only when named")
        }
    }

    private mutating func add(_ scenario: DeclaredScenario, _ world: World, _ seed: UInt64, _ variant: String?) {
        func entry(_ name: String, _ reason: String) -> NotRun {
            NotRun(name: name, file: scenario.file, world: world, seed: seed, reason: reason)
        }
        guard world == .gated || scenario.worlds.contains(world) else {
            if asDeclared { return }
            let why = scenario.cluster.map(\.notSimulatedBecause) ?? "the instances of an event bridge are processes"
            leftOut.append(
                entry(scenario.name, "not in the world \(world.rawValue)" + (why.map { ", because \($0)" } ?? "")))
            return
        }
        guard let cluster = scenario.cluster else {
            // Nothing of an event bridge is drawn.
            planned.append(NotRun(name: scenario.name, file: scenario.file, world: world, seed: 0, reason: ""))
            return
        }
        for one in cluster.variants() where variant == nil || one.label == variant {
            let tenants = world == .live ? one.scenario.tenants().map(\.scenario.name) : []
            let names = tenants.isEmpty ? [one.scenario.name] : tenants
            planned += names.map { entry($0, "") }
            countOfClusters += names.count
        }
    }

    /// How many runs record a history: those of clusters.
    private(set) var countOfClusters = 0

    /// What identifies a run in a plan.
    private struct Key: Hashable {
        let name: String
        let file: String
        let world: World
        let seed: UInt64
    }

    /// What of it is not in the report.
    /// - Parameter reason: why not.
    func notRun(without report: Report, because reason: String, isInterrupted: Bool) -> [NotRun] {
        let runs =
            report.results.map {
                Key(name: $0.name, file: $0.file, world: $0.world, seed: $0.runSeed ?? $0.seed)
            } + report.bridges.map { Key(name: $0.scenario.name, file: $0.scenario.file, world: .live, seed: 0) }
            // What was left out has its reason already.
            + report.notRun.map { Key(name: $0.name, file: $0.file, world: $0.world, seed: $0.seed) }
        return notRun(without: runs, because: reason, isInterrupted: isInterrupted)
    }

    /// What of it was not explored. Nothing but an interruption ends an exploration early.
    func notRun(without report: ExplorationReport) -> [NotRun] {
        let explored = report.explorations.map { exploration in
            let scenario = exploration.variant.scenario
            return Key(name: scenario.name, file: scenario.file, world: exploration.world, seed: report.seed)
        }
        return notRun(without: explored, because: "it was interrupted", isInterrupted: true)
    }

    private func notRun(without runs: [Key], because reason: String, isInterrupted: Bool) -> [NotRun] {
        var done: [Key: Int] = [:]
        for run in runs { done[run, default: 0] += 1 }
        var missing: [NotRun] = []
        for var one in planned {
            let key = Key(name: one.name, file: one.file, world: one.world, seed: one.seed)
            if let count = done[key], count > 0 {
                done[key] = count - 1
            } else {
                one.reason = reason
                one.isInterrupted = isInterrupted
                missing.append(one)
            }
        }
        return missing + leftOut
    }
}
