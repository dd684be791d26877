public import ScenarioRunner
public import Scenarios

/// What came of running the scenario of an event bridge.
public struct BridgeRun: Sendable {
    public var scenario: BridgeScenario
    public var verdict: RunVerdict
    /// Seconds, from the start of the server to its end.
    public var duration: Double
    /// What was counted; `nil` if it could not be run.
    public var trial: TrialResult?
    public var measurements: [Measurement]
    public var targets: [TargetOutcome]
    /// Why it could not be run to its end, if so.
    public var failure: String?

    /// Of a trial: held against the targets that the scenario declares.
    public init(_ scenario: BridgeScenario, _ trial: TrialResult, duration: Double) {
        self.scenario = scenario
        self.duration = duration
        self.trial = trial
        measurements = trial.measurements
        let judgement = TargetJudgement(measurements: measurements)
        targets = scenario.targets.map { judgement.judge($0) }
        verdict = Self.verdict(targets, trial)
    }

    /// Of one that could not be run.
    init(_ scenario: BridgeScenario, failure: String, as verdict: RunVerdict, duration: Double) {
        self.scenario = scenario
        self.verdict = verdict
        self.duration = duration
        measurements = []
        targets = []
        self.failure = failure
    }

    /// What must never happen (``Metric/neverOfBridge``) is a violation; how much and how fast is a target, and missed. An
    /// instance that died leaves the rest unknown, since of its part nobody can say anything.
    private static func verdict(_ targets: [TargetOutcome], _ trial: TrialResult) -> RunVerdict {
        let never = Metric.neverOfBridge.map(\.name)
        let verdicts = targets.map { $0.verdict == .missed && never.contains($0.metric) ? .violation : $0.verdict }
        let isWhole = trial.dead.isEmpty && trial.notes.isEmpty
        if isWhole || verdicts.contains(.violation) { return verdicts.max() ?? .unknown }
        return .unknown
    }
}
