import ScenarioRunner

/// What came of exploring scenarios, as one JSON document. Fields are added, never renamed.
public struct ExplorationJSONReport: Codable, Sendable {
    public var schema = 1
    public var version: String
    public var verdict: String
    public var exitCode: Int32
    public var seed: UInt64
    public var explorations: [Exploration]

    public struct Exploration: Codable, Sendable {
        public var name: String
        public var file: String
        public var verdict: String
        public var schedules: Int
        public var distinctSchedules: Int
        public var steps: Int
        public var durationSeconds: Double
        public var failure: Failure?
        public var certificate: Certificate?
    }

    /// Of an exhaustive exploration.
    public struct Certificate: Codable, Sendable {
        /// Whether every schedule was visited.
        public var complete: Bool
        public var brokenOff: Int
        public var reduced: Bool
        /// The most explored steps of a schedule.
        public var longest: Int
        public var unexaminedChecks: [String]
        public var scope: Scope
    }

    public struct Scope: Codable, Sendable {
        public var instances: Int
        public var hosts: Int
        public var workersPerInstance: Int
        public var layers: [String]
        public var invalidation: String
        public var keys: [String]
        public var operations: [String]
        public var faults: [String]
        public var defects: [String]
        public var checks: [String]
        public var step: String
        public var notExplored: [String]
        public var inOneOrder: [String]
    }

    public struct Failure: Codable, Sendable {
        public var seed: UInt64
        public var reason: String
        public var story: String
        public var operations: String
        public var operationCount: Int
        public var schedule: String
        public var switches: Int
        public var switchesWhenFound: Int
        public var replay: String
    }

    public init(_ report: ExplorationReport) {
        version = report.version
        verdict = report.verdict.rawValue
        exitCode = report.exitCode.rawValue
        seed = report.seed
        explorations = report.explorations.map { exploration in
            Exploration(
                name: exploration.scenario.name, file: exploration.scenario.file,
                verdict: exploration.verdict.rawValue, schedules: exploration.progress.schedules,
                distinctSchedules: exploration.progress.distinct, steps: exploration.progress.steps,
                durationSeconds: exploration.duration,
                failure: exploration.failure.map { failure in
                    Failure(
                        seed: failure.seed, reason: failure.reason, story: failure.story, operations: failure.plan,
                        operationCount: failure.operations, schedule: "\(failure.schedule)", switches: failure.switches,
                        switchesWhenFound: failure.switchesWhenFound, replay: exploration.replayCommand ?? "")
                },
                certificate: exploration.certificate.map { Certificate($0) })
        }
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }
}

extension ExplorationJSONReport.Certificate {
    init(_ certificate: ScenarioCertificate) {
        self.init(
            complete: certificate.isComplete, brokenOff: certificate.abandoned, reduced: certificate.isReduced,
            longest: certificate.longest, unexaminedChecks: certificate.unexamined,
            scope: ExplorationJSONReport.Scope(certificate.scope))
    }
}

extension ExplorationJSONReport.Scope {
    init(_ scope: CertificateScope) {
        self.init(
            instances: scope.instances, hosts: scope.hosts, workersPerInstance: scope.workersPerInstance,
            layers: scope.layers, invalidation: scope.invalidation, keys: scope.keys, operations: scope.operations,
            faults: scope.faults, defects: scope.defects, checks: scope.checks, step: CertificateScope.step,
            notExplored: CertificateScope.limits, inOneOrder: scope.unexplored)
    }
}
