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
                verdict: exploration.failure == nil ? "pass" : "violation", schedules: exploration.progress.schedules,
                distinctSchedules: exploration.progress.distinct, steps: exploration.progress.steps,
                durationSeconds: exploration.duration,
                failure: exploration.failure.map { failure in
                    Failure(
                        seed: failure.seed, reason: failure.reason, story: failure.story, operations: failure.plan,
                        operationCount: failure.operations, schedule: "\(failure.schedule)", switches: failure.switches,
                        switchesWhenFound: failure.switchesWhenFound, replay: exploration.replayCommand ?? "")
                })
        }
    }

    /// The document as text, keys sorted.
    public func encoded() throws -> String { try JSONText.encode(self) }
}
