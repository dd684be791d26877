public import Processes
public import Scenarios

extension RunBudget {
    /// - Parameters:
    ///   - scenario: a variant, with nothing left to vary.
    ///   - limit: replaces the computed one.
    public init(for scenario: Scenario, in world: World = .live, limit: Duration? = nil) {
        self.init(expected: Self.seconds(scenario, in: world), limit: limit)
    }

    /// Seconds that one operation takes of the process, whichever worker does it.
    private static let operation = 0.001
    /// Seconds that a key takes each time that the data is gone through: put into the origin, looked at in a layer.
    private static let key = 0.0001
    /// Seconds to start one instance, and to stop it.
    private static let instance = (task: 0.1, process: 1.0)
    /// Seconds of real time that a heartbeat of an instance takes in virtual time.
    private static let heartbeat = 0.0002
    /// Seconds that a fault takes beyond its own time, with what recovers from it.
    private static let fault = 2.0

    private static func seconds(_ scenario: Scenario, in world: World) -> Double {
        let cluster = scenario.cluster
        let tenants = Double(max(1, cluster.tenants.count))
        let isOfProcesses = world == .live && (cluster.placement == .processes || scenario.subject != nil)
        let starting = Double(cluster.instances) * (isOfProcesses ? instance.process : instance.task)
        let seeding = Double(scenario.keyCount) * key
        let phases = scenario.phases.reduce(0) { $0 + seconds(of: $1.action, scenario, in: world) }
        let faults = scenario.faults.reduce(0) { $0 + seconds(of: $1, scenario) }
        return tenants * (starting + seeding) + tenants * phases + faults
    }

    private static func seconds(of action: Phase.Action, _ scenario: Scenario, in world: World) -> Double {
        switch action {
        case .wait(let duration):
            world == .live
                ? scenario.cluster.actual(duration, in: world) / .seconds(1)
                // In virtual time nobody waits, but every instance renews its lease.
                : heartbeat * Double(scenario.cluster.instances) * 4 * (duration / scenario.cluster.lease)
        case .inspect:
            // The layers of every instance and worker, and the time of two leases to hear everything first.
            Double(scenario.keyCount) * key * Double(scenario.cluster.totalWorkers + 3 * scenario.cluster.instances)
                + 2 * (scenario.cluster.lease / .seconds(1))
        case .mix(let mix):
            max(
                Double(scenario.operationCount(of: action)) * operation,
                world == .live ? mix.pace.map { Double(mix.operationsPerWorker) / $0 } ?? 0 : 0)
        case .sweep, .invalidateTags, .script: Double(scenario.operationCount(of: action)) * operation
        }
    }

    /// One that comes again does so for as long as the phase lasts, which is counted already. While a server, or the
    /// way to it, stands still, each operation may wait for a lease.
    private static func seconds(of declared: Fault, _ scenario: Scenario) -> Double {
        let lease = scenario.cluster.lease / .seconds(1)
        let operations = scenario.phases.filter { declared.phases.contains($0.name) }
            .reduce(0) { $0 + Double(scenario.operationCount(of: $1.action)) }
        let each = operations / Double(scenario.cluster.totalWorkers)
        let seconds = fault + 4 * lease
        switch (declared.action, declared.end) {
        case (.delay(let duration), _): return seconds + each * 8 * (duration / .seconds(1))
        case (_, .after(let duration)): return seconds + duration / .seconds(1)
        case (.pause, .share(let end)), (.partition, .share(let end)):
            return seconds + each * max(0, end - declared.start) * lease
        default: return seconds
        }
    }
}
